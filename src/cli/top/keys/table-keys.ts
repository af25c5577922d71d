import { stepSortKey } from '../model/arrange.ts'
import { isDestination } from '../model/table-snapshot.ts'
import { moveSelection, selectedRow, TABLE_MODE, type View, type WeightChange } from '../model/view.ts'
import type { Key, KeyResult } from './key-result.ts'

/** Seconds from one picture to the next that + and - go through. */
const INTERVALS = [0.5, 1, 2, 5, 10, 30, 60] as const

/** What some keys do. `height` is the number of rows that are shown. */
export interface KeyBinding {
  readonly keys: readonly Key[]
  /** How help shows them; what has none is told with the one before. */
  readonly label: string
  /** What help says of them. */
  readonly purpose: string
  readonly act: (view: View, height: number) => KeyResult
}

/** What keys do while no question is open, in the order of the help page. */
export const KEY_BINDINGS: readonly KeyBinding[] = [
  moveBinding(['up', 'k'], 'Up Down, k j', 'go to another row', () => -1),
  moveBinding(['down', 'j'], '', '', () => 1),
  moveBinding(['pageup', 'ctrl-b'], 'PgUp PgDn', 'a page at once', (height) => -height),
  moveBinding(['pagedown', 'ctrl-f'], '', '', (height) => height),
  moveBinding(['home', 'g'], 'Home End, g G', 'the first row, the last row', () => -Number.MAX_SAFE_INTEGER),
  moveBinding(['end', 'G'], '', '', () => Number.MAX_SAFE_INTEGER),
  sortBinding(['s', '>'], '> <, s', 'sort by the next column, by the one before', 1),
  sortBinding(['<'], '', '', -1),
  {
    ...{ keys: ['r'], label: 'r', purpose: 'reverse the order' },
    act: (view) => {
      const { key: order, isReversed } = view.sorting
      return { view: { ...view, sorting: { key: order, isReversed: !isReversed } } }
    },
  },
  {
    ...{ keys: ['/'], label: '/', purpose: 'show names with a text only; Esc shows all' },
    act: (view) => ({ view: { ...view, mode: { kind: 'filter', before: view.filter } } }),
  },
  { keys: ['escape'], label: '', purpose: '', act: (view) => ({ view: { ...view, filter: '' } }) },
  { keys: ['d'], label: 'd', purpose: 'drain a destination: weight 0, no new connections', act: askDrain },
  { keys: ['u'], label: 'u', purpose: 'undrain: the weight it had before', act: askUndrain },
  { keys: ['w'], label: 'w', purpose: 'give a destination another weight', act: askWeight },
  {
    ...{ keys: [' '], label: 'Space', purpose: 'hold the picture, and go on' },
    act: (view) => ({ view: { ...view, isPaused: !view.isPaused } }),
  },
  {
    ...{ keys: ['+', '='], label: '+ -', purpose: 'more seconds between pictures, fewer' },
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
    ...{ keys: ['ctrl-l'], label: 'Ctrl-L', purpose: 'draw everything anew' },
    act: (view) => ({ view, effect: { kind: 'redraw' } }),
  },
  { keys: ['q'], label: 'q, Ctrl-C', purpose: 'end', act: (view) => ({ view, effect: { kind: 'quit' } }) },
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
  if (row === undefined || !isDestination(row)) return withNotice(view, 'select a destination to drain it')
  if (row.weight === 0) return withNotice(view, `${row.name} has weight 0 already`)
  return askConfirmation(view, { destination: row, weight: 0, verb: 'drain' })
}

function askUndrain(view: View): KeyResult {
  const row = selectedRow(view)
  if (row === undefined || !isDestination(row)) return withNotice(view, 'select a destination to undrain it')
  const weight = view.drained.get(row.id)
  if (row.weight !== 0) return withNotice(view, `${row.name} is not drained: its weight is ${row.weight}`)
  if (weight === undefined) return withNotice(view, `${row.name} was not drained here; w gives it a weight`)
  return askConfirmation(view, { destination: row, weight, verb: 'undrain' })
}

function askWeight(view: View): KeyResult {
  const row = selectedRow(view)
  if (row === undefined || !isDestination(row))
    return withNotice(view, 'select a destination to give it a weight')
  return { view: { ...view, mode: { kind: 'weight', destination: row, text: '' } } }
}

function askConfirmation(view: View, change: WeightChange): KeyResult {
  return { view: { ...view, mode: { kind: 'confirm', change } } }
}

function withNotice(view: View, text: string): KeyResult {
  return { view: { ...view, mode: TABLE_MODE, notice: { text, isError: false } } }
}
