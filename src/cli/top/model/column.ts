import { formatExactCount, formatRate } from '../../io/format-count.ts'
import type { Rates } from './rate-sample.ts'
import { isDestination, type Row, type Traffic } from './table-snapshot.ts'

/** The columns in their order. */
export const COLUMN_NAMES = [
  ...(['method', 'weight', 'active', 'inactive', 'connections'] as const),
  ...(['incomingPackets', 'outgoingPackets', 'incomingBytes', 'outgoingBytes'] as const),
] as const
export type ColumnName = (typeof COLUMN_NAMES)[number]

/** A column to the right of the names. */
export interface Column {
  readonly name: ColumnName
  /** The title. */
  readonly title: string
  /** A heading that spans the titles of neighbouring columns. */
  readonly group?: string
  /** The width in characters. */
  readonly width: number
  /** Text is aligned to the left, numbers to the right. */
  readonly isText?: boolean
  /** The cell of a row; empty if the row has no such value. */
  readonly format: (row: Row) => string
  /** The cell of the total. */
  readonly formatTotal: (total: Traffic) => string
  /** The value to sort by. */
  readonly sortValue: (row: Row) => number | string
}

/** Every column. */
export const COLUMNS: readonly Column[] = [
  {
    ...{ name: 'method', title: 'METHOD', width: 6, isText: true },
    ...{ format: ({ method }) => method, formatTotal: () => '', sortValue: ({ method }) => method },
  },
  {
    ...{ name: 'weight', title: 'WEIGHT', width: 6 },
    format: (row) => (isDestination(row) ? formatExactCount(row.weight) : ''),
    formatTotal: () => '',
    sortValue: (row) => (isDestination(row) ? row.weight : 0),
  },
  countColumn('active', 'ACTIVE', 6),
  countColumn('inactive', 'INACTIVE', 8),
  rateColumn('connections', 'CONN/S', 6),
  { ...rateColumn('incomingPackets', 'IN', 5), group: 'PACKETS/S' },
  { ...rateColumn('outgoingPackets', 'OUT', 5), group: 'PACKETS/S' },
  { ...rateColumn('incomingBytes', 'IN', 5), group: 'BYTES/S' },
  { ...rateColumn('outgoingBytes', 'OUT', 5), group: 'BYTES/S' },
]

function countColumn(name: 'active' | 'inactive', title: string, width: number): Column {
  const print = (figures: Traffic) => formatExactCount(figures[name])
  return { name, title, width, format: print, formatTotal: print, sortValue: (row) => row[name] }
}

function rateColumn(name: keyof Rates, title: string, width: number): Column {
  const print = ({ rates }: Traffic) => formatRate(rates[name])
  return { name, title, width, format: print, formatTotal: print, sortValue: ({ rates }) => rates[name] }
}
