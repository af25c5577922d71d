import { MAXIMUM } from '../../../ipvs/model/destination.ts'
import { type Mode, TABLE_MODE, type View } from '../model/view.ts'
import type { Key, KeyResult } from './key-result.ts'

type Question<Kind extends Mode['kind']> = Extract<Mode, { kind: Kind }>

/** While the user types a filter, the rows are filtered at once. Enter keeps the filter, Esc restores the previous one. */
export function handleFilterKey(view: View, key: Key, { before }: Question<'filter'>): KeyResult {
  if (key === 'escape') return { view: { ...view, filter: before, mode: TABLE_MODE } }
  if (key === 'return') return { view: { ...view, mode: TABLE_MODE } }
  return { view: { ...view, filter: editText(view.filter, key) } }
}

/** While the user types a weight, only digits count. */
export function handleWeightKey(view: View, key: Key, mode: Question<'weight'>): KeyResult {
  const { destination, text } = mode
  if (key === 'escape') return cancel(view)
  if (key !== 'return') {
    const typed = editText(text, /^\D$/.test(key) ? '' : key)
    return { view: { ...view, mode: { ...mode, text: typed } } }
  }
  const weight = Number(text)
  if (text === '') return cancel(view)
  if (weight > MAXIMUM) return closeWithNotice(view, `the maximum weight is ${MAXIMUM}; nothing changed`)
  if (weight === destination.weight)
    return closeWithNotice(view, `${destination.name} already has weight ${weight}`)
  const kind = weight === 0 ? 'drain' : 'set'
  return { view: { ...view, mode: { kind: 'confirm', change: { destination, weight, kind } } } }
}

/** Only y confirms. */
export function handleConfirmKey(view: View, key: Key, { change }: Question<'confirm'>): KeyResult {
  if (key !== 'y' && key !== 'Y') return cancel(view)
  return { view: { ...view, mode: TABLE_MODE }, effect: { kind: 'change', change } }
}

function editText(text: string, key: Key): string {
  if (key === 'backspace') return [...text].slice(0, -1).join('')
  if (key === 'ctrl-u') return ''
  return [...key].length === 1 ? text + key : text
}

function cancel(view: View): KeyResult {
  return closeWithNotice(view, 'cancelled')
}

function closeWithNotice(view: View, text: string): KeyResult {
  return { view: { ...view, mode: TABLE_MODE, notice: { text, isError: false } } }
}
