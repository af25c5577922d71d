import { MAXIMUM } from '../../../ipvs/model/destination.ts'
import { type Mode, TABLE_MODE, type View } from '../model/view.ts'
import type { Key, KeyResult } from './key-result.ts'

type Question<Kind extends Mode['kind']> = Extract<Mode, { kind: Kind }>

/** A filter is typed: what it lets through is shown at once. Enter keeps it, Esc brings the one before back. */
export function handleFilterKey(view: View, key: Key, { before }: Question<'filter'>): KeyResult {
  if (key === 'escape') return { view: { ...view, filter: before, mode: TABLE_MODE } }
  if (key === 'return') return { view: { ...view, mode: TABLE_MODE } }
  return { view: { ...view, filter: editText(view.filter, key) } }
}

/** A weight is typed: digits and nothing else. */
export function handleWeightKey(view: View, key: Key, mode: Question<'weight'>): KeyResult {
  const { destination, text } = mode
  if (key === 'escape') return cancel(view)
  if (key !== 'return') {
    const typed = editText(text, /^\D$/.test(key) ? '' : key)
    return { view: { ...view, mode: { ...mode, text: typed } } }
  }
  const weight = Number(text)
  if (text === '') return cancel(view)
  if (weight > MAXIMUM) return closeWithNotice(view, `a weight is at most ${MAXIMUM}: nothing was changed`)
  if (weight === destination.weight)
    return closeWithNotice(view, `${destination.name} has weight ${weight} already`)
  const verb = weight === 0 ? 'drain' : 'weigh'
  return { view: { ...view, mode: { kind: 'confirm', change: { destination, weight, verb } } } }
}

/** It was asked whether to go on: only y does. */
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
  return closeWithNotice(view, 'nothing was changed')
}

function closeWithNotice(view: View, text: string): KeyResult {
  return { view: { ...view, mode: TABLE_MODE, notice: { text, isError: false } } }
}
