import { arrangeRows, filterServices, type Sorting } from './arrange.ts'
import {
  type DestinationRow,
  EMPTY_SNAPSHOT,
  type Row,
  type ServiceRow,
  type TableSnapshot,
} from './table-snapshot.ts'

/** A weight change that the user has requested. */
export interface WeightChange {
  /** The destination when it was selected. */
  readonly destination: DestinationRow
  readonly weight: number
  /** The operation. */
  readonly kind: 'drain' | 'set' | 'undrain'
}

/** The current function of the keys. */
export type Mode =
  | { readonly kind: 'table' }
  | { readonly kind: 'help' }
  /** The user types a filter; `before` is restored on cancel. */
  | { readonly kind: 'filter'; readonly before: string }
  /** The user types a weight. */
  | { readonly kind: 'weight'; readonly destination: DestinationRow; readonly text: string }
  /** The user is asked to confirm a change. */
  | { readonly kind: 'confirm'; readonly change: WeightChange }

/** A message that is shown until the next key. */
export interface Notice {
  readonly text: string
  readonly isError: boolean
}

/** The whole state of the screen. */
export interface View {
  /** The table. */
  readonly snapshot: TableSnapshot
  /** The wall-clock time of the snapshot. */
  readonly time: string
  /** The network namespace, unless it is that of the process. */
  readonly netns: string | undefined
  /** Seconds between updates. */
  readonly interval: number
  /** Whether updates are paused. */
  readonly isPaused: boolean
  readonly sorting: Sorting
  /** The text that the names on the screen must contain. */
  readonly filter: string
  /** The selected row: its ID, and its position in case that row disappears. */
  readonly selected: { readonly id: string; readonly index: number }
  /** The row at the top. */
  readonly firstRow: number
  readonly mode: Mode
  readonly notice: Notice | undefined
  /** The previous weights of destinations that were drained here, by row ID. */
  readonly drained: ReadonlyMap<string, number>
}

export const TABLE_MODE: Mode = { kind: 'table' }

/** Creates the view before the first read. */
export function createView(interval: number, netns: string | undefined): View {
  return {
    ...{ snapshot: EMPTY_SNAPSHOT, time: '', netns, interval, isPaused: false },
    ...{ sorting: { key: 'name', isReversed: false }, filter: '' },
    ...{ selected: { id: '', index: 0 }, firstRow: 0 },
    ...{ mode: TABLE_MODE, notice: undefined, drained: new Map() },
  }
}

/** The services that match the filter. */
export function visibleServices({ snapshot, filter }: View): readonly ServiceRow[] {
  return filterServices(snapshot.services, filter)
}

/** The rows from top to bottom. */
export function visibleRows(view: View): readonly Row[] {
  return arrangeRows(visibleServices(view), view.sorting)
}

/** The selected row. */
export function selectedRow(view: View): Row | undefined {
  return visibleRows(view).find(({ id }) => id === view.selected.id)
}

/** Moves the selection by a number of rows. */
export function moveSelection(view: View, step: number): View {
  const rows = visibleRows(view)
  const index = clamp(findSelectedIndex(view, rows) + step, rows.length)
  return { ...view, selected: { id: rows[index]?.id ?? '', index } }
}

/**
 * Adjusts selection and scrolling to the rows. The selection follows its row, or keeps its position if that row is gone, and
 * is always within the `height` rows that are shown.
 */
export function clampSelection(view: View, height: number): View {
  const rows = visibleRows(view)
  const index = clamp(findSelectedIndex(view, rows), rows.length)
  const lastFirst = Math.max(0, rows.length - height)
  const first = Math.min(Math.max(view.firstRow, index - height + 1), index, lastFirst)
  return { ...view, selected: { id: rows[index]?.id ?? '', index }, firstRow: Math.max(0, first) }
}

/** Records a change that was made, and the previous weight of a drained destination. */
export function recordChange(view: View, { destination, weight, kind }: WeightChange): View {
  const { id, name, service, weight: before } = destination
  const drained = new Map(view.drained)
  if (kind === 'drain') drained.set(id, before)
  else drained.delete(id)
  const text = `weight of ${name} of ${service} changed from ${before} to ${weight}`
  return { ...view, drained, notice: { text, isError: false } }
}

function findSelectedIndex({ selected }: View, rows: readonly Row[]): number {
  const index = rows.findIndex(({ id }) => id === selected.id)
  return index === -1 ? selected.index : index
}

function clamp(index: number, length: number): number {
  return Math.max(0, Math.min(index, length - 1))
}
