import { stepSortKey } from '../model/arrange.ts'
import { isDestination } from '../model/table-snapshot.ts'
import { moveSelection, selectedRow, TABLE_MODE, type View, type WeightChange } from '../model/view.ts'
import type { Key, KeyResult } from './key-result.ts'

/** The intervals that + and - step through, in seconds. */
const INTERVALS = [0.5, 1, 2, 5, 10, 30, 60] as const

/** An action and its keys. `height` is the number of rows that are shown. */
export interface KeyBinding {
  readonly keys: readonly Key[]
  /** The keys on the help page; empty if the previous binding describes this one too. */
  readonly label: string
  /** The description on the help page. */
  readonly purpose: string
  readonly act: (view: View, height: number) => KeyResult
}

/** The bindings while no question is open, in the order of the help page. */
export const KEY_BINDINGS: readonly KeyBinding[] = [
  moveBinding(['up', 'k'], 'Up Down, k j', 'select another row', () => -1),
  moveBinding(['down', 'j'], '', '', () => 1),
  moveBinding(['pageup', 'ctrl-b'], 'PgUp PgDn', 'move by a page', (height) => -height),
  moveBinding(['pagedown', 'ctrl-f'], '', '', (height) => height),
  moveBinding(['home', 'g'], 'Home End, g G', 'first row, last row', () => -Number.MAX_SAFE_INTEGER),
  moveBinding(['end', 'G'], '', '', () => Number.MAX_SAFE_INTEGER),
  sortBinding(['s', '>'], '> <, s', 'sort by the next or previous column', 1),
  sortBinding(['<'], '', '', -1),
  {
    ...{ keys: ['r'], label: 'r', purpose: 'reverse the order' },
    act: (view) => {
      const { key: order, isReversed } = view.sorting
      return { view: { ...view, sorting: { key: order, isReversed: !isReversed } } }
    },
  },
  {
    ...{ keys: ['/'], label: '/', purpose: 'filter by name; Esc clears the filter' },
    act: (view) => ({ view: { ...view, mode: { kind: 'filter', before: view.filter } } }),
  },
  { keys: ['escape'], label: '', purpose: '', act: (view) => ({ view: { ...view, filter: '' } }) },
  { keys: ['d'], label: 'd', purpose: 'drain a destination: weight 0, no new connections', act: askDrain },
  { keys: ['u'], label: 'u', purpose: 'undrain: restore the previous weight', act: askUndrain },
  { keys: ['w'], label: 'w', purpose: 'set the weight of a destination', act: askWeight },
  {
    ...{ keys: [' '], label: 'Space', purpose: 'pause / resume' },
    act: (view) => ({ view: { ...view, isPaused: !view.isPaused } }),
  },
  {
    ...{ keys: ['+', '='], label: '+ -', purpose: 'update less / more often' },
    act: (view) => changeInterval(view, INTERVALS.find((each) => each > view.interval) ?? view.interval),
  },
  {
    ...{ keys: ['-'], label: '', purpose: '' },
    act: (view) => changeInterval(view, INTERVALS.findLast((each) => each < view.interval) ?? view.interval),
  },
  {
    ...{ keys: ['?', 'h'], label: '?, h', purpose: 'this page' },
    act: (view) => ({ view: { ...view, mode: { kind: 'help' } } }),
  },
  {
    ...{ keys: ['ctrl-l'], label: 'Ctrl-L', purpose: 'redraw the screen' },
    act: (view) => ({ view, effect: { kind: 'redraw' } }),
  },
  { keys: ['q'], label: 'q, Ctrl-C', purpose: 'quit', act: (view) => ({ view, effect: { kind: 'quit' } }) },
]

function moveBinding(
  keys: readonly Key[],
  label: string,
  purpose: string,
  step: (height: number) => number,
): KeyBinding {
  return { keys, label, purpose, act: (view, height) => ({ view: moveSelection(view, step(height)) }) }
}

function sortBinding(keys: readonly Key[], label: string, purpose: string, step: number): KeyBinding {
  const act = (view: View): KeyResult => {
    const order = stepSortKey(view.sorting.key, step)
    return { view: { ...view, sorting: { key: order, isReversed: false } } }
  }
  return { keys, label, purpose, act }
}

function changeInterval(view: View, interval: number): KeyResult {
  return { view: { ...view, interval } }
}

function askDrain(view: View): KeyResult {
  const row = selectedRow(view)
  if (row === undefined || !isDestination(row)) return withNotice(view, 'select a destination to drain')
  if (row.weight === 0) return withNotice(view, `${row.name} already has weight 0`)
  return askConfirmation(view, { destination: row, weight: 0, kind: 'drain' })
}

function askUndrain(view: View): KeyResult {
  const row = selectedRow(view)
  if (row === undefined || !isDestination(row)) return withNotice(view, 'select a destination to undrain')
  const weight = view.drained.get(row.id)
  if (row.weight !== 0) return withNotice(view, `${row.name} is not drained; its weight is ${row.weight}`)
  if (weight === undefined)
    return withNotice(view, `${row.name} was not drained here; use w to set its weight`)
  return askConfirmation(view, { destination: row, weight, kind: 'undrain' })
}

function askWeight(view: View): KeyResult {
  const row = selectedRow(view)
  if (row === undefined || !isDestination(row))
    return withNotice(view, 'select a destination to set its weight')
  return { view: { ...view, mode: { kind: 'weight', destination: row, text: '' } } }
}

function askConfirmation(view: View, change: WeightChange): KeyResult {
  return { view: { ...view, mode: { kind: 'confirm', change } } }
}

function withNotice(view: View, text: string): KeyResult {
  return { view: { ...view, mode: TABLE_MODE, notice: { text, isError: false } } }
}
