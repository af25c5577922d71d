import type { Key, Step } from './key-result.ts'
import { answer, typeFilter, typeWeight } from './question-keys.ts'
import { BINDINGS } from './table-keys.ts'
import { settle, TABLE, type View } from '../model/view.ts'

/** Names of keys as they come from `node:readline`. */
export interface KeyEvent {
  readonly name?: string | undefined
  readonly ctrl?: boolean | undefined
  readonly meta?: boolean | undefined
}

const BY_KEY = new Map(BINDINGS.flatMap((binding) => binding.keys.map((key) => [key, binding] as const)))

/** The key that was pressed: its name, or the character that it stands for; nothing for one that there is no use for. */
export function keyOf(text: string | undefined, { name = '', ctrl = false, meta = false }: KeyEvent): Key {
  if (ctrl) return `ctrl-${name}`
  if (name === 'enter') return 'return'
  if (NAMED.has(name)) return name
  const isPrinted = text !== undefined && [...text].length === 1 && /\P{Control}/u.test(text)
  return isPrinted && !meta ? text : ''
}

const NAMED: ReadonlySet<string> = new Set([
  ...['up', 'down', 'pageup', 'pagedown', 'home', 'end'],
  ...['return', 'escape', 'backspace'],
])

/** What comes of a key; `height` is the number of rows that are shown. Nothing here asks the kernel. */
export function press(view: View, key: Key, height: number): Step {
  if (key === 'ctrl-c') return { view, effect: { kind: 'interrupt' } }
  if (key === 'ctrl-z') return { view, effect: { kind: 'suspend' } }
  if (key === '') return { view }
  const step = act({ ...view, notice: undefined }, key, height)
  return { ...step, view: settle(step.view, height) }
}

function act(view: View, key: Key, height: number): Step {
  const { mode } = view
  switch (mode.kind) {
    case 'help':
      return { view: { ...view, mode: TABLE } }
    case 'filter':
      return typeFilter(view, key, mode)
    case 'weight':
      return typeWeight(view, key, mode)
    case 'confirm':
      return answer(view, key, mode)
    case 'table':
      return BY_KEY.get(key)?.act(view, height) ?? { view }
  }
}
