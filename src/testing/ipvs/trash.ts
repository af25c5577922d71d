import type { VirtualClock } from '../time/clock.ts'
import type { DestinationRecord } from './destination-record.ts'
import { endpointKey, type InetAddress, isSameAddress } from './inet-address.ts'
import type { ServiceRecord } from './service-record.ts'

/** Seconds that an unused removed destination is kept (IP_VS_DEST_TRASH_PERIOD). */
const PERIOD = 120

/** A removed destination. */
interface TrashEntry {
  readonly destination: DestinationRecord
  /** The time of the first sweep that found it unused. */
  idleSince: number | undefined
}

/**
 * The removed destinations of a network namespace. The kernel keeps them for their connections, and restores them with counters
 * and connections when they are added again (ip_vs_trash_get_dest). A sweep every minute stamps the unused ones, and discards
 * those that were stamped two minutes ago (ip_vs_dest_trash_expire).
 */
export class Trash {
  readonly #clock: VirtualClock
  /** By address and port, the newest last: several services may have had the same destination. */
  readonly #entries = new Map<string, TrashEntry[]>()
  #count = 0
  #cancelSweep: (() => void) | undefined

  constructor(clock: VirtualClock) {
    this.#clock = clock
  }

  /** The removed destinations, in no order. */
  get destinations(): DestinationRecord[] {
    return [...this.#entries.values()].flat().map(({ destination }) => destination)
  }

  add(destination: DestinationRecord): void {
    const key = destinationKey(destination.family, destination.address, destination.port)
    const kept = this.#entries.get(key)
    const entry = { destination, idleSince: undefined }
    if (kept === undefined) this.#entries.set(key, [entry])
    else kept.push(entry)
    if (this.#count++ === 0) this.#scheduleSweep()
  }

  /** Discards every destination. */
  empty(): void {
    this.#entries.clear()
    this.#count = 0
    this.#cancelSweep?.()
  }

  /** Removes and returns a destination of the service, or of a service with the same key. */
  take(
    service: ServiceRecord,
    family: number,
    address: InetAddress,
    port: number,
  ): DestinationRecord | undefined {
    if (this.#count === 0) return undefined
    const key = destinationKey(family, address, port)
    const kept = this.#entries.get(key)
    const index = kept?.findLastIndex(({ destination }) => belongedTo(service, destination.owner)) ?? -1
    if (kept === undefined || index === -1) return undefined
    const [entry] = kept.splice(index, 1)
    if (kept.length === 0) this.#entries.delete(key)
    this.#count--
    return entry!.destination
  }

  #scheduleSweep(): void {
    this.#cancelSweep?.()
    this.#cancelSweep = this.#clock.after(PERIOD / 2, () => {
      for (const [key, kept] of this.#entries) {
        const left = kept.filter((entry) => !this.#isOver(entry))
        this.#count -= kept.length - left.length
        if (left.length === 0) this.#entries.delete(key)
        else this.#entries.set(key, left)
      }
      if (this.#count > 0) this.#scheduleSweep()
    })
  }

  #isOver(entry: TrashEntry): boolean {
    const { activeConnections, inactiveConnections, persistentConnections } = entry.destination
    if (activeConnections + inactiveConnections + persistentConnections > 0) return false
    const { now } = this.#clock
    entry.idleSince ??= now
    return now >= entry.idleSince + PERIOD
  }
}

function destinationKey(family: number, address: InetAddress, port: number): string {
  return `${family}/${endpointKey(family, address, port)}`
}

/** Whether the destination's service had the same key; the kernel does not compare the family itself. */
function belongedTo(service: ServiceRecord, owner: ServiceRecord): boolean {
  if (owner === service) return true
  if (owner.fwmark !== service.fwmark || owner.protocol !== service.protocol) return false
  if (service.fwmark !== 0) return true
  return isSameAddress(service.family, owner.address, service.address) && owner.port === service.port
}
