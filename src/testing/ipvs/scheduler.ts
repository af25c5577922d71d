import type { DestinationRecord } from './destination-record.ts'
import type { InetAddress } from './inet-address.ts'
import type { ServiceRecord } from './service-record.ts'

/** What a scheduler looks at of the first packet of a connection. */
export interface Packet {
  readonly source: InetAddress
  /** 0 for what has no ports. */
  readonly sourcePort: number
  readonly destination: InetAddress
  /** Seconds on the kernel's clock. */
  readonly now: number
}

/** A scheduler at work for one service, with what it remembers. */
export interface SchedulerState {
  /** Chooses a destination; undefined when none will do. */
  schedule(packet: Packet): DestinationRecord | undefined
  /** A destination came or was changed. */
  changed?(): void
  /** A destination went; `previous` is the one that stood before it, undefined for the first. */
  removed?(destination: DestinationRecord, previous: DestinationRecord | undefined): void
}

/** Sets a scheduler to work for a service. */
export type SchedulerFactory = (service: ServiceRecord) => SchedulerState

/** Whether a destination takes connections at all. */
export function isAvailable({ weight, overloaded }: DestinationRecord): boolean {
  return weight > 0 && !overloaded
}

/** Load in which an active connection counts as much as 256 others (ip_vs_dest_conn_overhead). */
export function overhead({ activeConnections, inactiveConnections }: DestinationRecord): number {
  return activeConnections * 256 + inactiveConnections
}

/** The destination with the least load for its weight; the first of equals. */
export function leastLoaded(
  destinations: readonly DestinationRecord[],
  load: (destination: DestinationRecord) => number,
): DestinationRecord | undefined {
  let least: DestinationRecord | undefined
  for (const destination of destinations) {
    if (!isAvailable(destination)) continue
    // Without fractions: the one load times the other's weight.
    if (least === undefined || load(least) * destination.weight > load(destination) * least.weight) {
      least = destination
    }
  }
  return least
}
