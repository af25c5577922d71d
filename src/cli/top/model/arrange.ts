import { COLUMN_NAMES, COLUMNS, type ColumnName } from './column.ts'
import type { Row, ServiceRow } from './table-snapshot.ts'

/** What rows can be sorted by, in the order in which keys go through it, with the words for it. */
export const SORT_LABELS = {
  name: 'name',
  method: 'method',
  weight: 'weight',
  active: 'active connections',
  inactive: 'inactive connections',
  connections: 'connections per second',
  incomingPackets: 'packets in',
  outgoingPackets: 'packets out',
  incomingBytes: 'bytes in',
  outgoingBytes: 'bytes out',
} as const satisfies Record<'name' | ColumnName, string>
export type SortKey = keyof typeof SORT_LABELS

/** How rows are sorted. */
export interface Sorting {
  readonly key: SortKey
  /** Names go upwards and figures downwards, unless they are reversed. */
  readonly isReversed: boolean
}

const SORT_KEYS: readonly SortKey[] = ['name', ...COLUMN_NAMES]

/** The order that comes so many places after this one, all round. */
export function stepSortKey(order: SortKey, step: number): SortKey {
  return SORT_KEYS[(SORT_KEYS.indexOf(order) + step + SORT_KEYS.length) % SORT_KEYS.length]!
}

/** A sorting in words. */
export function describeSorting({ key: order, isReversed }: Sorting): string {
  const reversal = isAscendingByDefault(order) ? ', backwards' : ', lowest first'
  return `by ${SORT_LABELS[order]}${isReversed ? reversal : ''}`
}

/** What a filter lets through: services of that name with all of their destinations, and destinations of that name. */
export function filterServices(services: readonly ServiceRow[], filter: string): readonly ServiceRow[] {
  const wanted = filter.toLowerCase()
  if (wanted === '') return services
  return services.flatMap((service) => {
    if (service.name.toLowerCase().includes(wanted)) return [service]
    const destinations = service.destinations.filter(({ name }) => name.toLowerCase().includes(wanted))
    return destinations.length === 0 ? [] : [{ ...service, destinations }]
  })
}

/** Rows as they stand below each other: services in their order, below each its destinations in theirs. */
export function arrangeRows(services: readonly ServiceRow[], sorting: Sorting): readonly Row[] {
  return sortRows(services, sorting).flatMap((service): Row[] => [
    service,
    ...sortRows(service.destinations, sorting),
  ])
}

/** Rows come sorted by name, and stay so where nothing else tells them apart. */
function sortRows<T extends Row>(rows: readonly T[], { key: order, isReversed }: Sorting): readonly T[] {
  if (order === 'name') return isReversed ? rows.toReversed() : rows
  const { sortValue: value } = COLUMNS.find(({ name }) => name === order)!
  const sign = isAscendingByDefault(order) === isReversed ? -1 : 1
  return rows.toSorted((one, other) => {
    const [first, second] = [value(one), value(other)]
    return sign * (first < second ? -1 : first > second ? 1 : 0)
  })
}

function isAscendingByDefault(order: SortKey): boolean {
  return order === 'name' || order === 'method'
}
