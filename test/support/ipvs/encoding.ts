import type { Destination } from '../../../src/ipvs/model/destination.ts'
import { readDestination } from '../../../src/ipvs/model/destination-message.ts'
import { readService, type ServiceHeader } from '../../../src/ipvs/model/service.ts'
import type { Statistics } from '../../../src/ipvs/model/statistics.ts'
import { DESTINATION, SERVICE } from '../../../src/ipvs/protocol/attributes.ts'
import type { Family } from '../../../src/netlink/wire/address.ts'
import { AttributeSet, type AttributeTable, type Fields } from '../../../src/netlink/wire/attributes.ts'
import { WireWriter } from '../../../src/netlink/wire/wire.ts'

/** Reads the attributes that a function writes. */
export function written<F extends Fields>(
  table: AttributeTable<F>,
  write: (writer: WireWriter) => void,
): AttributeSet<F> {
  const writer = new WireWriter()
  write(writer)
  return new AttributeSet(table).readStrictly(writer.view, 0, writer.length)
}

export function serviceWritten(write: (writer: WireWriter) => void): ServiceHeader {
  return readService(written(SERVICE, write))
}

export function destinationWritten(write: (writer: WireWriter) => void, serviceFamily: Family): Destination {
  return readDestination(written(DESTINATION, write), serviceFamily)
}

/** Counters without traffic. */
export const NO_TRAFFIC: Statistics = {
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

/** The fields that only a destination that was read has, without traffic. */
export const IDLE = {
  activeConnections: 0,
  inactiveConnections: 0,
  persistentConnections: 0,
  statistics: NO_TRAFFIC,
}

/** The properties of an error about an argument. */
export const refusal = (name: 'TypeError' | 'RangeError', field: string) => ({ name, field })
