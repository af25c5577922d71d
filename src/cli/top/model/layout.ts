import { COLUMNS, type Column, type ColumnName } from './column.ts'

/** The columns that fit, and the width of the names. */
export interface ColumnLayout {
  readonly nameWidth: number
  readonly columns: readonly Column[]
}

/** Spaces between columns. */
export const COLUMN_GAP = 2
/** The width to which names are shortened before a column is dropped. It fits an IPv4 service with its port. */
const ENOUGH_FOR_NAMES = 27

/** The columns to drop on a narrow screen, in this order; both directions of a rate together. */
const DROPPED_WHEN_NARROW: readonly (readonly ColumnName[])[] = [
  ['inactive'],
  ['method'],
  ['incomingPackets', 'outgoingPackets'],
  ['active'],
  ['incomingBytes', 'outgoingBytes'],
  ['weight'],
]

/** Lays out a line. Names get the needed width, or the preferred width if no column must be dropped for it. */
export function computeLayout(width: number, needed: number, preferred: number): ColumnLayout {
  let columns = COLUMNS
  for (const names of DROPPED_WHEN_NARROW) {
    if (remainingWidth(columns, width) >= Math.min(needed, ENOUGH_FOR_NAMES)) break
    columns = columns.filter(({ name }) => !names.includes(name))
  }
  return {
    nameWidth: Math.max(0, Math.min(Math.max(needed, preferred), remainingWidth(columns, width))),
    columns,
  }
}

function remainingWidth(columns: readonly Column[], width: number): number {
  return width - columns.reduce((sum, column) => sum + column.width + COLUMN_GAP, 0)
}
