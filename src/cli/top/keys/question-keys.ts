import { MAXIMUM } from '../../../ipvs/model/destination.ts'
import type { Key, Step } from './key-result.ts'
import { type Mode, TABLE, type View } from '../model/view.ts'

type Question<Kind extends Mode['kind']> = Extract<Mode, { kind: Kind }>

/** A filter is typed: what it lets through is shown at once. Enter keeps it, Esc brings the one before back. */
export function typeFilter(view: View, key: Key, { before }: Question<'filter'>): Step {
  if (key === 'escape') return { view: { ...view, filter: before, mode: TABLE } }
  if (key === 'return') return { view: { ...view, mode: TABLE } }
  return { view: { ...view, filter: edit(view.filter, key) } }
}

/** A weight is typed: digits and nothing else. */
export function typeWeight(view: View, key: Key, mode: Question<'weight'>): Step {
  const { destination, text } = mode
  if (key === 'escape') return giveUp(view)
  if (key !== 'return') {
    const typed = edit(text, /^\D$/.test(key) ? '' : key)
    return { view: { ...view, mode: { ...mode, text: typed } } }
  }
  const weight = Number(text)
  if (text === '') return giveUp(view)
  if (weight > MAXIMUM) return tell(view, `a weight is at most ${MAXIMUM}: nothing was changed`)
  if (weight === destination.weight) return tell(view, `${destination.name} has weight ${weight} already`)
  const verb = weight === 0 ? 'drain' : 'weigh'
  return { view: { ...view, mode: { kind: 'confirm', change: { destination, weight, verb } } } }
}

/** It was asked whether to go on: only y does. */
export function answer(view: View, key: Key, { change }: Question<'confirm'>): Step {
  if (key !== 'y' && key !== 'Y') return giveUp(view)
  return { view: { ...view, mode: TABLE }, effect: { kind: 'change', change } }
}

function edit(text: string, key: Key): string {
  if (key === 'backspace') return [...text].slice(0, -1).join('')
  if (key === 'ctrl-u') return ''
  return [...key].length === 1 ? text + key : text
}

function giveUp(view: View): Step {
  return tell(view, 'nothing was changed')
}

function tell(view: View, text: string): Step {
  return { view: { ...view, mode: TABLE, notice: { text, isAlarm: false } } }
}
