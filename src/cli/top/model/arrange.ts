import { COLUMN_NAMES, COLUMNS, type ColumnName } from './column.ts'
import type { Row, ServiceRow } from './table-snapshot.ts'

/** What rows can be sorted by, in the order in which keys go through it, with the words for it. */
export const ORDERS = {
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
export type Order = keyof typeof ORDERS

/** How rows are sorted. */
export interface Sorting {
  readonly order: Order
  /** Names go upwards and figures downwards, unless they are reversed. */
  readonly isReversed: boolean
}

const ALL: readonly Order[] = ['name', ...COLUMN_NAMES]

/** The order that comes so many places after this one, all round. */
export function stepOrder(order: Order, step: number): Order {
  return ALL[(ALL.indexOf(order) + step + ALL.length) % ALL.length]!
}

/** A sorting in words. */
export function describeSorting({ order, isReversed }: Sorting): string {
  const reversal = isUsuallyUpwards(order) ? ', backwards' : ', lowest first'
  return `by ${ORDERS[order]}${isReversed ? reversal : ''}`
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
export function arrange(services: readonly ServiceRow[], sorting: Sorting): readonly Row[] {
  return sort(services, sorting).flatMap((service): Row[] => [
    service,
    ...sort(service.destinations, sorting),
  ])
}

/** Rows come sorted by name, and stay so where nothing else tells them apart. */
function sort<T extends Row>(rows: readonly T[], { order, isReversed }: Sorting): readonly T[] {
  if (order === 'name') return isReversed ? rows.toReversed() : rows
  const { value } = COLUMNS.find(({ name }) => name === order)!
  const sign = isUsuallyUpwards(order) === isReversed ? -1 : 1
  return rows.toSorted((one, other) => {
    const [first, second] = [value(one), value(other)]
    return sign * (first < second ? -1 : first > second ? 1 : 0)
  })
}

function isUsuallyUpwards(order: Order): boolean {
  return order === 'name' || order === 'method'
}
