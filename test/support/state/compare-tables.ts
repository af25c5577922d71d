/** Comparisons of tables that are independent of the planner. */

import { isDeepStrictEqual } from 'node:util'
import { formatService } from '../../../src/ipvs/model/service-key.ts'
import { toDesiredState } from '../../../src/state/document/format-state.ts'
import type { CurrentTable } from '../../../src/state/model/table.ts'

/** A table as data, independent of the order in which destinations were added. */
export function sortedTable(table: CurrentTable): unknown {
  const { services = [], timeouts, daemons = [] } = toDesiredState(table)
  const byText = (one: unknown, other: unknown) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)
  return {
    services: services.map((service) => ({
      ...service,
      destinations: [...(service.destinations ?? [])].sort(byText),
    })),
    timeouts,
    daemons: [...daemons].sort(byText),
  }
}

/** The fewest commands that lead from one table to another. */
export function countDifferences(from: CurrentTable, to: CurrentTable): number {
  const { timeouts, daemons } = from
  const before = new Map(from.services.map((service) => [formatService(service), service]))
  let count = isDeepStrictEqual(timeouts, to.timeouts) ? 0 : 1
  for (const { destinations, ...service } of to.services) {
    const old = before.get(formatService(service))
    before.delete(formatService(service))
    if (old === undefined) {
      count += 1 + destinations.length
      continue
    }
    const { destinations: oldDestinations, ...oldService } = old
    if (!isDeepStrictEqual(oldService, service)) count++
    count += countInLists(oldDestinations, destinations, ({ address, port }) => `${address} ${port}`, 1)
  }
  // A daemon that differs is stopped and started.
  return count + before.size + countInLists(daemons, to.daemons, ({ role }) => String(role), 2)
}

function countInLists<T>(
  from: readonly T[],
  to: readonly T[],
  keyOf: (entry: T) => string,
  change: number,
): number {
  const before = new Map(from.map((entry) => [keyOf(entry), entry]))
  let count = 0
  for (const entry of to) {
    const old = before.get(keyOf(entry))
    before.delete(keyOf(entry))
    if (old === undefined) count++
    else if (!isDeepStrictEqual(old, entry)) count += change
  }
  return count + before.size
}
