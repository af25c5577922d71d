import type { DestinationRecord } from '../ipvs/destination-record.ts'
import { leastLoaded, overhead, type Packet, type SchedulerState } from '../ipvs/scheduler.ts'
import type { ServiceRecord } from '../ipvs/service-record.ts'

/** Seconds after which an entry expires (lblc_expiration, lblcr_expiration). */
const EXPIRATION = 24 * 60 * 60

/** Whether a destination has more active connections than its weight while another has less than half of its weight. */
function isOverloaded({ activeConnections, weight }: DestinationRecord, service: ServiceRecord): boolean {
  if (activeConnections <= weight) return false
  return service.destinations.some((other) => other.activeConnections * 2 < other.weight)
}

function isThere(service: ServiceRecord, { family, address, port }: DestinationRecord): boolean {
  return service.find(family, address, port) !== undefined
}

/** `lblc`: connections to an address stay with one destination, even above its thresholds (ip_vs_lblc.c). */
export class Locality implements SchedulerState {
  readonly #service: ServiceRecord
  readonly #chosen = new Map<string, { destination: DestinationRecord; used: number }>()

  constructor(service: ServiceRecord) {
    this.#service = service
  }

  schedule({ destination: address, now }: Packet): DestinationRecord | undefined {
    const service = this.#service
    const known = this.#chosen.get(address.join())
    if (known !== undefined && now < known.used + EXPIRATION) {
      known.used = now
      const { destination } = known
      const usable = isThere(service, destination) && destination.weight > 0
      if (usable && !isOverloaded(destination, service)) return destination
    }
    const destination = leastLoaded(service.destinations, overhead)
    if (destination !== undefined) this.#chosen.set(address.join(), { destination, used: now })
    return destination
  }
}

/** `lblcr`: an address has a set of destinations, which grows when it is overloaded (ip_vs_lblcr.c). */
export class ReplicatedLocality implements SchedulerState {
  readonly #service: ServiceRecord
  /** The newest first. */
  readonly #sets = new Map<string, { members: DestinationRecord[]; modified: number }>()

  constructor(service: ServiceRecord) {
    this.#service = service
  }

  schedule({ destination: address, now }: Packet): DestinationRecord | undefined {
    const service = this.#service
    const set = this.#sets.get(address.join())
    const known = set?.members.filter((member) => isThere(service, member)) ?? []
    const least = leastLoaded(known, overhead)
    if (set !== undefined && set.members.length > 1 && now > set.modified + EXPIRATION) {
      const most = mostLoaded(set.members)
      set.members = set.members.filter((member) => member !== most)
      set.modified = now
    }
    if (least !== undefined && !isOverloaded(least, service)) return least
    const destination = leastLoaded(service.destinations, overhead)
    if (destination === undefined) return undefined
    if (set === undefined) {
      this.#sets.set(address.join(), { members: [destination], modified: now })
    } else if (!set.members.includes(destination)) {
      set.members.unshift(destination)
      set.modified = now
    }
    return destination
  }
}

function mostLoaded(members: readonly DestinationRecord[]): DestinationRecord | undefined {
  return members
    .filter(({ weight }) => weight > 0)
    .reduce<DestinationRecord | undefined>(
      (most, one) =>
        most === undefined || overhead(most) * one.weight < overhead(one) * most.weight ? one : most,
      undefined,
    )
}
