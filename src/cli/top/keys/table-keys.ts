import { stepOrder } from '../model/arrange.ts'
import type { Key, Step } from './key-result.ts'
import { isDestination } from '../model/table-snapshot.ts'
import { moveSelection, selectedRow, TABLE, type View, type WeightChange } from '../model/view.ts'

/** Seconds from one picture to the next that + and - go through. */
const INTERVALS = [0.5, 1, 2, 5, 10, 30, 60] as const

/** What some keys do. `height` is the number of rows that are shown. */
export interface Binding {
  readonly keys: readonly Key[]
  /** How help shows them; what has none is told with the one before. */
  readonly label: string
  /** What help says of them. */
  readonly purpose: string
  readonly act: (view: View, height: number) => Step
}

/** What keys do while no question is open, in the order of the help page. */
export const BINDINGS: readonly Binding[] = [
  moving(['up', 'k'], 'Up Down, k j', 'go to another row', () => -1),
  moving(['down', 'j'], '', '', () => 1),
  moving(['pageup', 'ctrl-b'], 'PgUp PgDn', 'a page at once', (height) => -height),
  moving(['pagedown', 'ctrl-f'], '', '', (height) => height),
  moving(['home', 'g'], 'Home End, g G', 'the first row, the last row', () => -Number.MAX_SAFE_INTEGER),
  moving(['end', 'G'], '', '', () => Number.MAX_SAFE_INTEGER),
  sorting(['s', '>'], '> <, s', 'sort by the next column, by the one before', 1),
  sorting(['<'], '', '', -1),
  {
    ...{ keys: ['r'], label: 'r', purpose: 'reverse the order' },
    act: (view) => {
      const { order, isReversed } = view.sorting
      return { view: { ...view, sorting: { order, isReversed: !isReversed } } }
    },
  },
  {
    ...{ keys: ['/'], label: '/', purpose: 'show names with a text only; Esc shows all' },
    act: (view) => ({ view: { ...view, mode: { kind: 'filter', before: view.filter } } }),
  },
  { keys: ['escape'], label: '', purpose: '', act: (view) => ({ view: { ...view, filter: '' } }) },
  { keys: ['d'], label: 'd', purpose: 'drain a destination: weight 0, no new connections', act: drain },
  { keys: ['u'], label: 'u', purpose: 'undrain: the weight it had before', act: undrain },
  { keys: ['w'], label: 'w', purpose: 'give a destination another weight', act: weigh },
  {
    ...{ keys: [' '], label: 'Space', purpose: 'hold the picture, and go on' },
    act: (view) => ({ view: { ...view, isPaused: !view.isPaused } }),
  },
  {
    ...{ keys: ['+', '='], label: '+ -', purpose: 'more seconds between pictures, fewer' },
    act: (view) => pace(view, INTERVALS.find((each) => each > view.interval) ?? view.interval),
  },
  {
    ...{ keys: ['-'], label: '', purpose: '' },
    act: (view) => pace(view, INTERVALS.findLast((each) => each < view.interval) ?? view.interval),
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

function moving(
  keys: readonly Key[],
  label: string,
  purpose: string,
  step: (height: number) => number,
): Binding {
  return { keys, label, purpose, act: (view, height) => ({ view: moveSelection(view, step(height)) }) }
}

function sorting(keys: readonly Key[], label: string, purpose: string, step: number): Binding {
  const act = (view: View): Step => {
    const order = stepOrder(view.sorting.order, step)
    return { view: { ...view, sorting: { order, isReversed: false } } }
  }
  return { keys, label, purpose, act }
}

function pace(view: View, interval: number): Step {
  return { view: { ...view, interval } }
}

function drain(view: View): Step {
  const row = selectedRow(view)
  if (row === undefined || !isDestination(row)) return notify(view, 'select a destination to drain it')
  if (row.weight === 0) return notify(view, `${row.name} has weight 0 already`)
  return ask(view, { destination: row, weight: 0, verb: 'drain' })
}

function undrain(view: View): Step {
  const row = selectedRow(view)
  if (row === undefined || !isDestination(row)) return notify(view, 'select a destination to undrain it')
  const weight = view.drained.get(row.id)
  if (row.weight !== 0) return notify(view, `${row.name} is not drained: its weight is ${row.weight}`)
  if (weight === undefined) return notify(view, `${row.name} was not drained here; w gives it a weight`)
  return ask(view, { destination: row, weight, verb: 'undrain' })
}

function weigh(view: View): Step {
  const row = selectedRow(view)
  if (row === undefined || !isDestination(row))
    return notify(view, 'select a destination to give it a weight')
  return { view: { ...view, mode: { kind: 'weight', destination: row, text: '' } } }
}

function ask(view: View, change: WeightChange): Step {
  return { view: { ...view, mode: { kind: 'confirm', change } } }
}

function notify(view: View, text: string): Step {
  return { view: { ...view, mode: TABLE, notice: { text, isAlarm: false } } }
}
