import { attributeTable, nest } from '../../netlink/wire/attributes.ts'
import { bytes, i32, pad, text, u8, u16, u16be, u32, u64 } from '../../netlink/wire/codecs.ts'

/**
 * The attributes of the IPVS family. The client and the simulated kernel use these tables to write, read and print requests and
 * replies.
 */

/** Counters in 32 bits (IPVS_SVC_ATTR_STATS, IPVS_DEST_ATTR_STATS); rates are per second. */
export const STATISTICS_32 = attributeTable('statistics', {
  connections: [1, u32],
  incomingPackets: [2, u32],
  outgoingPackets: [3, u32],
  incomingBytes: [4, u64],
  outgoingBytes: [5, u64],
  connectionsPerSecond: [6, u32],
  incomingPacketsPerSecond: [7, u32],
  outgoingPacketsPerSecond: [8, u32],
  incomingBytesPerSecond: [9, u32],
  outgoingBytesPerSecond: [10, u32],
  pad: [11, pad],
})

/** The same in 64 bits (IPVS_SVC_ATTR_STATS64, IPVS_DEST_ATTR_STATS64), since Linux 4.1. */
export const STATISTICS_64 = attributeTable('statistics64', {
  connections: [1, u64],
  incomingPackets: [2, u64],
  outgoingPackets: [3, u64],
  incomingBytes: [4, u64],
  outgoingBytes: [5, u64],
  connectionsPerSecond: [6, u64],
  incomingPacketsPerSecond: [7, u64],
  outgoingPacketsPerSecond: [8, u64],
  incomingBytesPerSecond: [9, u64],
  outgoingBytesPerSecond: [10, u64],
  pad: [11, pad],
})

/** A virtual service (IPVS_SVC_ATTR_*). */
export const SERVICE = attributeTable('service', {
  family: [1, u16],
  protocol: [2, u16],
  address: [3, bytes],
  port: [4, u16be],
  fwmark: [5, u32],
  scheduler: [6, text],
  /** Two 32-bit words: the flags, and the mask of the valid ones (struct ip_vs_flags). */
  flags: [7, bytes],
  timeout: [8, u32],
  /** IPv4: a mask in network order; IPv6: a prefix length in host order. */
  netmask: [9, bytes],
  statistics: [10, nest(STATISTICS_32)],
  persistenceEngine: [11, text],
  statistics64: [12, nest(STATISTICS_64)],
})

/** A destination (IPVS_DEST_ATTR_*). */
export const DESTINATION = attributeTable('destination', {
  address: [1, bytes],
  port: [2, u16be],
  forwarding: [3, u32],
  weight: [4, i32],
  upperThreshold: [5, u32],
  lowerThreshold: [6, u32],
  activeConnections: [7, u32],
  inactiveConnections: [8, u32],
  persistentConnections: [9, u32],
  statistics: [10, nest(STATISTICS_32)],
  family: [11, u16],
  statistics64: [12, nest(STATISTICS_64)],
  tunnelType: [13, u8],
  tunnelPort: [14, u16be],
  tunnelFlags: [15, u16],
})

/** A synchronisation daemon (IPVS_DAEMON_ATTR_*). */
export const DAEMON = attributeTable('daemon', {
  state: [1, u32],
  interface: [2, text],
  syncId: [3, u32],
  maximumLength: [4, u16],
  group: [5, bytes],
  group6: [6, bytes],
  /** In host order, unlike every other port here. */
  port: [7, u16],
  ttl: [8, u8],
})

/** The top level of a request or reply (IPVS_CMD_ATTR_*). */
export const COMMAND = attributeTable('command', {
  service: [1, nest(SERVICE)],
  destination: [2, nest(DESTINATION)],
  daemon: [3, nest(DAEMON)],
  tcpTimeout: [4, u32],
  tcpFinTimeout: [5, u32],
  udpTimeout: [6, u32],
})

/** The top level of the reply to GET_INFO (IPVS_INFO_ATTR_*). */
export const INFO = attributeTable('info', {
  version: [1, u32],
  connectionTableSize: [2, u32],
})
