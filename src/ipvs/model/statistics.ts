import { AttributeSet, type NestField } from '../../netlink/wire/attributes.ts'
import { STATISTICS_32, STATISTICS_64 } from '../protocol/attributes.ts'

/**
 * Counters of a virtual service, a destination or all services. The kernel samples them every two seconds, so they lag behind
 * the traffic (ip_vs_est.c). Totals beyond 2^53 are rounded. On kernels before 4.1 the totals of connections and packets wrap
 * at 2^32.
 */
export interface Statistics {
  /** Connections scheduled; ipvsadm `Conns`. */
  readonly connections: number
  /** Packets from clients; `InPkts`. */
  readonly incomingPackets: number
  /** Packets to clients through this host; none with `dr` and `tun`. `OutPkts`. */
  readonly outgoingPackets: number
  /** Bytes from clients, including IP headers; `InBytes`. */
  readonly incomingBytes: number
  /** Bytes to clients; `OutBytes`. */
  readonly outgoingBytes: number
  /** Connections per second. Like all rates, a moving average over some ten seconds; `CPS`. */
  readonly connectionsPerSecond: number
  /** `InPPS`. */
  readonly incomingPacketsPerSecond: number
  /** `OutPPS`. */
  readonly outgoingPacketsPerSecond: number
  /** Bytes, not bits, per second; `InBPS`. */
  readonly incomingBytesPerSecond: number
  /** `OutBPS`. */
  readonly outgoingBytesPerSecond: number
}

const set32 = new AttributeSet(STATISTICS_32)
const set64 = new AttributeSet(STATISTICS_64)

/** Reads the 64-bit counters if the kernel has them, else the 32-bit ones. */
export function readStatistics(
  record: Pick<AttributeSet<never>, 'nest'>,
  field32: NestField<(typeof STATISTICS_32)['fields']>,
  field64: NestField<(typeof STATISTICS_64)['fields']>,
): Statistics {
  const wide = record.nest(field64, set64)
  if (wide !== undefined) return wideStatistics(wide)
  const narrow = record.nest(field32, set32)
  return narrow === undefined ? { ...NO_STATISTICS } : narrowStatistics(narrow)
}

function wideStatistics(set: AttributeSet<(typeof STATISTICS_64)['fields']>): Statistics {
  const { fields } = STATISTICS_64
  return {
    connections: set.u64(fields.connections) ?? 0,
    incomingPackets: set.u64(fields.incomingPackets) ?? 0,
    outgoingPackets: set.u64(fields.outgoingPackets) ?? 0,
    incomingBytes: set.u64(fields.incomingBytes) ?? 0,
    outgoingBytes: set.u64(fields.outgoingBytes) ?? 0,
    connectionsPerSecond: set.u64(fields.connectionsPerSecond) ?? 0,
    incomingPacketsPerSecond: set.u64(fields.incomingPacketsPerSecond) ?? 0,
    outgoingPacketsPerSecond: set.u64(fields.outgoingPacketsPerSecond) ?? 0,
    incomingBytesPerSecond: set.u64(fields.incomingBytesPerSecond) ?? 0,
    outgoingBytesPerSecond: set.u64(fields.outgoingBytesPerSecond) ?? 0,
  }
}

function narrowStatistics(set: AttributeSet<(typeof STATISTICS_32)['fields']>): Statistics {
  const { fields } = STATISTICS_32
  return {
    connections: set.get(fields.connections) ?? 0,
    incomingPackets: set.get(fields.incomingPackets) ?? 0,
    outgoingPackets: set.get(fields.outgoingPackets) ?? 0,
    incomingBytes: set.get(fields.incomingBytes) ?? 0,
    outgoingBytes: set.get(fields.outgoingBytes) ?? 0,
    connectionsPerSecond: set.get(fields.connectionsPerSecond) ?? 0,
    incomingPacketsPerSecond: set.get(fields.incomingPacketsPerSecond) ?? 0,
    outgoingPacketsPerSecond: set.get(fields.outgoingPacketsPerSecond) ?? 0,
    incomingBytesPerSecond: set.get(fields.incomingBytesPerSecond) ?? 0,
    outgoingBytesPerSecond: set.get(fields.outgoingBytesPerSecond) ?? 0,
  }
}

const NO_STATISTICS: Statistics = {
  connections: 0,
  incomingPackets: 0,
  outgoingPackets: 0,
  incomingBytes: 0,
  outgoingBytes: 0,
  connectionsPerSecond: 0,
  incomingPacketsPerSecond: 0,
  outgoingPacketsPerSecond: 0,
  incomingBytesPerSecond: 0,
  outgoingBytesPerSecond: 0,
}
