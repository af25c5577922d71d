import { clampSelection, TABLE_MODE, type View } from '../model/view.ts'
import type { Key, KeyResult } from './key-result.ts'
import { handleConfirmKey, handleFilterKey, handleWeightKey } from './question-keys.ts'
import { KEY_BINDINGS } from './table-keys.ts'

/** A key event of `node:readline`. */
export interface KeyEvent {
  readonly name?: string | undefined
  readonly ctrl?: boolean | undefined
  readonly meta?: boolean | undefined
}

const BINDING_BY_KEY = new Map(
  KEY_BINDINGS.flatMap((binding) => binding.keys.map((key) => [key, binding] as const)),
)

/** Converts a key event into a key: its name or character, or an empty string for a key without a function. */
export function toKey(text: string | undefined, { name = '', ctrl = false, meta = false }: KeyEvent): Key {
  if (ctrl) return `ctrl-${name}`
  if (name === 'enter') return 'return'
  if (NAMED_KEYS.has(name)) return name
  const isPrinted = text !== undefined && [...text].length === 1 && /\P{Control}/u.test(text)
  return isPrinted && !meta ? text : ''
}

const NAMED_KEYS: ReadonlySet<string> = new Set([
  ...['up', 'down', 'pageup', 'pagedown', 'home', 'end'],
  ...['return', 'escape', 'backspace'],
])

/** Computes the result of a key without side effects; `height` is the number of rows that are shown. */
export function handleKey(view: View, key: Key, height: number): KeyResult {
  if (key === 'ctrl-c') return { view, effect: { kind: 'interrupt' } }
  if (key === 'ctrl-z') return { view, effect: { kind: 'suspend' } }
  if (key === '') return { view }
  const step = dispatch({ ...view, notice: undefined }, key, height)
  return { ...step, view: clampSelection(step.view, height) }
}

function dispatch(view: View, key: Key, height: number): KeyResult {
  const { mode } = view
  switch (mode.kind) {
    case 'help':
      return { view: { ...view, mode: TABLE_MODE } }
    case 'filter':
      return handleFilterKey(view, key, mode)
    case 'weight':
      return handleWeightKey(view, key, mode)
    case 'confirm':
      return handleConfirmKey(view, key, mode)
    case 'table':
      return BINDING_BY_KEY.get(key)?.act(view, height) ?? { view }
  }
}
