import { COLUMNS, type Column, type ColumnName } from './column.ts'

/** Which columns there is room for, and how wide names are. */
export interface ColumnLayout {
  readonly nameWidth: number
  readonly columns: readonly Column[]
}

/** Between columns. */
export const COLUMN_GAP = 2
/** Names may be cut down to this before a column is left out: an IPv4 service with its port is not cut. */
const ENOUGH_FOR_NAMES = 27

/** What is left out where the screen is narrow, one after another; the two ways of a figure go together. */
const DROPPED_WHEN_NARROW: readonly (readonly ColumnName[])[] = [
  ['inactive'],
  ['method'],
  ['incomingPackets', 'outgoingPackets'],
  ['active'],
  ['incomingBytes', 'outgoingBytes'],
  ['weight'],
]

/**
 * Lays out a line of so many characters. Names are as wide as is needed, and as is wished where there is room for that
 * without leaving anything out.
 */
export function computeLayout(width: number, needed: number, wished: number): ColumnLayout {
  let columns = COLUMNS
  for (const names of DROPPED_WHEN_NARROW) {
    if (remainingWidth(columns, width) >= Math.min(needed, ENOUGH_FOR_NAMES)) break
    columns = columns.filter(({ name }) => !names.includes(name))
  }
  return {
    nameWidth: Math.max(0, Math.min(Math.max(needed, wished), remainingWidth(columns, width))),
    columns,
  }
}

function remainingWidth(columns: readonly Column[], width: number): number {
  return width - columns.reduce((sum, column) => sum + column.width + COLUMN_GAP, 0)
}
