import { arrangeRows, filterServices, type Sorting } from './arrange.ts'
import {
  type DestinationRow,
  EMPTY_SNAPSHOT,
  type Row,
  type ServiceRow,
  type TableSnapshot,
} from './table-snapshot.ts'

/** A change of weight that somebody has in mind. */
export interface WeightChange {
  /** As it was when it was pointed at. */
  readonly destination: DestinationRow
  readonly weight: number
  /** The word for it. */
  readonly verb: 'drain' | 'weigh' | 'undrain'
}

/** What keys are for at the moment. */
export type Mode =
  | { readonly kind: 'table' }
  | { readonly kind: 'help' }
  /** A filter is typed; `before` comes back when it is given up. */
  | { readonly kind: 'filter'; readonly before: string }
  /** A weight is typed. */
  | { readonly kind: 'weight'; readonly destination: DestinationRow; readonly text: string }
  /** It is asked whether to go on. */
  | { readonly kind: 'confirm'; readonly change: WeightChange }

/** One line for the user, until the next key. */
export interface Notice {
  readonly text: string
  readonly isError: boolean
}

/** All that the screen shows follows from this. */
export interface View {
  /** The table. */
  readonly snapshot: TableSnapshot
  /** When it was read, as a clock shows it. */
  readonly time: string
  /** The network namespace, where it is not the process's own. */
  readonly netns: string | undefined
  /** Seconds from one picture to the next. */
  readonly interval: number
  /** Whether the picture stands still. */
  readonly isPaused: boolean
  readonly sorting: Sorting
  /** Part of the names to be shown. */
  readonly filter: string
  /** The row that keys act on: its identity, and its place in case that is gone. */
  readonly selected: { readonly id: string; readonly index: number }
  /** The row at the top. */
  readonly firstRow: number
  readonly mode: Mode
  readonly notice: Notice | undefined
  /** Weights that destinations had before they were drained here, by identity. */
  readonly drained: ReadonlyMap<string, number>
}

export const TABLE_MODE: Mode = { kind: 'table' }

/** What is shown before anything was read. */
export function createView(interval: number, netns: string | undefined): View {
  return {
    ...{ snapshot: EMPTY_SNAPSHOT, time: '', netns, interval, isPaused: false },
    ...{ sorting: { key: 'name', isReversed: false }, filter: '' },
    ...{ selected: { id: '', index: 0 }, firstRow: 0 },
    ...{ mode: TABLE_MODE, notice: undefined, drained: new Map() },
  }
}

/** The services that the filter lets through. */
export function visibleServices({ snapshot: reading, filter }: View): readonly ServiceRow[] {
  return filterServices(reading.services, filter)
}

/** The rows, in their order. */
export function visibleRows(view: View): readonly Row[] {
  return arrangeRows(visibleServices(view), view.sorting)
}

/** The row that is selected. */
export function selectedRow(view: View): Row | undefined {
  return visibleRows(view).find(({ id }) => id === view.selected.id)
}

/** Selects the row so many places further on. */
export function moveSelection(view: View, step: number): View {
  const rows = visibleRows(view)
  const index = clamp(findSelectedIndex(view, rows) + step, rows.length)
  return { ...view, selected: { id: rows[index]?.id ?? '', index } }
}

/**
 * Brings selection and scrolling into line with the rows: the selection stays with its row, or where that is gone at its
 * place; it is always among the rows shown, of which there are so many.
 */
export function clampSelection(view: View, height: number): View {
  const rows = visibleRows(view)
  const index = clamp(findSelectedIndex(view, rows), rows.length)
  const lastFirst = Math.max(0, rows.length - height)
  const first = Math.min(Math.max(view.firstRow, index - height + 1), index, lastFirst)
  return { ...view, selected: { id: rows[index]?.id ?? '', index }, firstRow: Math.max(0, first) }
}

/** Tells of a change that was made, and keeps the weight that was taken away. */
export function recordChange(view: View, { destination, weight, verb }: WeightChange): View {
  const { id, name, service, weight: before } = destination
  const drained = new Map(view.drained)
  if (verb === 'drain') drained.set(id, before)
  else drained.delete(id)
  const text = `${name} of ${service} has weight ${weight} now, it had ${before}`
  return { ...view, drained, notice: { text, isError: false } }
}

function findSelectedIndex({ selected }: View, rows: readonly Row[]): number {
  const index = rows.findIndex(({ id }) => id === selected.id)
  return index === -1 ? selected.index : index
}

function clamp(index: number, length: number): number {
  return Math.max(0, Math.min(index, length - 1))
}
