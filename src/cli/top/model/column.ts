import { printFigure } from '../../io/format-count.ts'
import { type Figures, isDestination, type Row } from './table-snapshot.ts'
import type { Rates } from './rate-sample.ts'

/** The columns that figures are shown in, in their order. */
export const COLUMN_NAMES = [
  ...(['method', 'weight', 'active', 'inactive', 'connections'] as const),
  ...(['incomingPackets', 'outgoingPackets', 'incomingBytes', 'outgoingBytes'] as const),
] as const
export type ColumnName = (typeof COLUMN_NAMES)[number]

/** A column right of the names. */
export interface Column {
  readonly name: ColumnName
  /** What stands above it. */
  readonly title: string
  /** What stands above its title, together with that of its neighbour. */
  readonly group?: string
  /** Characters that it takes. */
  readonly width: number
  /** Words stand to the left, figures to the right. */
  readonly isText?: boolean
  /** What it says of a row; nothing where the row has no such thing. */
  readonly print: (row: Row) => string
  /** What it says of all services together. */
  readonly printTotal: (total: Figures) => string
  /** What rows are sorted by; words by name. */
  readonly value: (row: Row) => number | string
}

/** Every column. */
export const COLUMNS: readonly Column[] = [
  {
    ...{ name: 'method', title: 'METHOD', width: 6, isText: true },
    ...{ print: ({ method }) => method, printTotal: () => '', value: ({ method }) => method },
  },
  {
    ...{ name: 'weight', title: 'WEIGHT', width: 6 },
    print: (row) => (isDestination(row) ? printCount(row.weight) : ''),
    printTotal: () => '',
    value: (row) => (isDestination(row) ? row.weight : 0),
  },
  count('active', 'ACTIVE', 6),
  count('inactive', 'INACTIVE', 8),
  rate('connections', 'CONN/S', 6),
  { ...rate('incomingPackets', 'IN', 5), group: 'PACKETS/S' },
  { ...rate('outgoingPackets', 'OUT', 5), group: 'PACKETS/S' },
  { ...rate('incomingBytes', 'IN', 5), group: 'BYTES/S' },
  { ...rate('outgoingBytes', 'OUT', 5), group: 'BYTES/S' },
]

function count(name: 'active' | 'inactive', title: string, width: number): Column {
  const print = (figures: Figures) => printCount(figures[name])
  return { name, title, width, print, printTotal: print, value: (row) => row[name] }
}

function rate(name: keyof Rates, title: string, width: number): Column {
  const print = ({ rates }: Figures) => printRate(rates[name])
  return { name, title, width, print, printTotal: print, value: ({ rates }) => rates[name] }
}

/** A number of things: exact as long as it fits. */
function printCount(value: number): string {
  return value < 1_000_000 ? String(value) : printFigure(value)
}

/** A rate. Half a connection per second is something else than none. */
export function printRate(value: number): string {
  return value > 0 && value < 9.95 && !Number.isInteger(value)
    ? value.toFixed(1)
    : printFigure(Math.round(value))
}
