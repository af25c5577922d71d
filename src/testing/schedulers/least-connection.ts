import type { DestinationRecord } from '../ipvs/destination-record.ts'
import { isAvailable, leastLoaded, overhead, type SchedulerFactory } from '../ipvs/scheduler.ts'

/** The load after the next connection. */
const expected = ({ activeConnections }: DestinationRecord) => activeConnections + 1

/** `lc`: the fewest connections, regardless of weights (ip_vs_lc.c). */
export const leastConnection: SchedulerFactory = (service) => ({
  schedule() {
    const usable = service.destinations.filter(isAvailable)
    const loads = usable.map(overhead)
    return usable[loads.indexOf(Math.min(...loads))]
  },
})

/** `wlc`: the fewest connections relative to the weight (ip_vs_wlc.c). */
export const weightedLeastConnection: SchedulerFactory = (service) => ({
  schedule: () => leastLoaded(service.destinations, overhead),
})

/** `sed`: the shortest expected delay, from active connections alone (ip_vs_sed.c). */
export const shortestExpectedDelay: SchedulerFactory = (service) => ({
  schedule: () => leastLoaded(service.destinations, expected),
})

/** `nq`: the first idle destination, otherwise as `sed` (ip_vs_nq.c). */
export const neverQueue: SchedulerFactory = (service) => ({
  schedule() {
    const usable = service.destinations.filter(isAvailable)
    return usable.find(({ activeConnections }) => activeConnections === 0) ?? leastLoaded(usable, expected)
  },
})

/** `fo`: always the highest weight; the first of equals (ip_vs_fo.c). */
export const failover: SchedulerFactory = (service) => ({
  schedule: () => highest(service.destinations.filter(isAvailable)),
})

/** `ovf`: the highest weight among the destinations with no more active connections than their weight (ip_vs_ovf.c). */
export const overflow: SchedulerFactory = (service) => ({
  schedule: () =>
    highest(service.destinations.filter((one) => isAvailable(one) && one.activeConnections <= one.weight)),
})

function highest(destinations: readonly DestinationRecord[]): DestinationRecord | undefined {
  return destinations.reduce<DestinationRecord | undefined>(
    (best, one) => (best === undefined || one.weight > best.weight ? one : best),
    undefined,
  )
}
