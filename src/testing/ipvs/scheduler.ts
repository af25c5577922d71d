import type { DestinationRecord } from './destination-record.ts'
import type { InetAddress } from './inet-address.ts'
import type { ServiceRecord } from './service-record.ts'

/** The fields of a connection's first packet that schedulers use. */
export interface Packet {
  readonly source: InetAddress
  /** 0 for protocols without ports. */
  readonly sourcePort: number
  readonly destination: InetAddress
  /** Seconds on the kernel's clock. */
  readonly now: number
}

/** A scheduler with the state that it keeps for one service (sched_data). */
export interface SchedulerState {
  /** Chooses a destination; undefined when none is available. */
  schedule(packet: Packet): DestinationRecord | undefined
  /** Called after a destination was added or changed. */
  changed?(): void
  /** Called after a destination was removed; `previous` preceded it, undefined for the first. */
  removed?(destination: DestinationRecord, previous: DestinationRecord | undefined): void
}

/** Creates a scheduler for a service. */
export type SchedulerFactory = (service: ServiceRecord) => SchedulerState

/** Whether a destination accepts new connections. */
export function isAvailable({ weight, overloaded }: DestinationRecord): boolean {
  return weight > 0 && !overloaded
}

/** Load, in which an active connection counts as much as 256 inactive ones (ip_vs_dest_conn_overhead). */
export function overhead({ activeConnections, inactiveConnections }: DestinationRecord): number {
  return activeConnections * 256 + inactiveConnections
}

/** The destination with the least load relative to its weight; the first of equals. */
export function leastLoaded(
  destinations: readonly DestinationRecord[],
  load: (destination: DestinationRecord) => number,
): DestinationRecord | undefined {
  let least: DestinationRecord | undefined
  for (const destination of destinations) {
    if (!isAvailable(destination)) continue
    // Compares without fractions: one load times the other weight.
    if (least === undefined || load(least) * destination.weight > load(destination) * least.weight) {
      least = destination
    }
  }
  return least
}
