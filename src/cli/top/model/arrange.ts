import { COLUMN_NAMES, COLUMNS, type ColumnName } from './column.ts'
import type { Row, ServiceRow } from './table-snapshot.ts'

/** The sort keys with their labels, in the order in which the keyboard steps through them. */
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
  /** By default text is ascending and numbers are descending. */
  readonly isReversed: boolean
}

const SORT_KEYS: readonly SortKey[] = ['name', ...COLUMN_NAMES]

/** The sort key at a distance from this one, cyclically. */
export function stepSortKey(order: SortKey, step: number): SortKey {
  return SORT_KEYS[(SORT_KEYS.indexOf(order) + step + SORT_KEYS.length) % SORT_KEYS.length]!
}

/** Describes a sorting for the header. */
export function describeSorting({ key: order, isReversed }: Sorting): string {
  const reversal = isAscendingByDefault(order) ? ', descending' : ', lowest first'
  return `by ${SORT_LABELS[order]}${isReversed ? reversal : ''}`
}

/** Filters by name. A matching service keeps all its destinations; other services keep their matching destinations. */
export function filterServices(services: readonly ServiceRow[], filter: string): readonly ServiceRow[] {
  const text = filter.toLowerCase()
  if (text === '') return services
  return services.flatMap((service) => {
    if (service.name.toLowerCase().includes(text)) return [service]
    const destinations = service.destinations.filter(({ name }) => name.toLowerCase().includes(text))
    return destinations.length === 0 ? [] : [{ ...service, destinations }]
  })
}

/** Lists the rows from top to bottom: sorted services, each followed by its sorted destinations. */
export function arrangeRows(services: readonly ServiceRow[], sorting: Sorting): readonly Row[] {
  return sortRows(services, sorting).flatMap((service): Row[] => [
    service,
    ...sortRows(service.destinations, sorting),
  ])
}

/** Sorts stably: the rows arrive sorted by name, which breaks ties. */
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
