import { type Family, familyNumber, putAddress } from '../../netlink/wire/address.ts'
import type { AttributeSet } from '../../netlink/wire/attributes.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'
import { DESTINATION } from '../protocol/attributes.ts'
import { IP_VS_CONN_F_FWD_MASK } from '../protocol/uapi.ts'
import {
  type CheckedDestinationKey,
  checkDestinationSettings,
  type Destination,
  type DestinationLimits,
  FORWARDING_ENUM,
  type Forwarding,
} from './destination.ts'
import { readAddressField, readFamily } from './service-key.ts'
import { readStatistics } from './statistics.ts'
import { PLAIN_TUNNEL, readTunnel, type TunnelNumbers } from './tunnel.ts'

const { fields } = DESTINATION

/** Writes what identifies a destination. */
export function writeDestinationKey(
  writer: WireWriter,
  { address, port, family }: CheckedDestinationKey,
  serviceFamily: Family,
): void {
  const at = writer.payload(fields.address.type, 16)
  putAddress(writer, at, address, family)
  writer.u16be(fields.port, port)
  writeFamily(writer, family, serviceFamily)
}

/** An absent family is the service's (ip_vs_genl_set_cmd). */
function writeFamily(writer: WireWriter, family: Family, serviceFamily: Family): void {
  if (family !== serviceFamily) writer.u16(fields.family, familyNumber(family))
}

/** Checks and writes a whole destination (what NEW_DEST and SET_DEST need): the block, and what is rare behind it. */
export function writeDestination(
  writer: WireWriter,
  { address, port, family }: CheckedDestinationKey,
  settings: DestinationLimits & Forwarding,
  serviceFamily: Family,
): void {
  const { method, weight, upperThreshold, lowerThreshold, tunnel } = checkDestinationSettings(
    settings,
    family,
    serviceFamily,
  )
  const at = writer.payload(fields.address.type, 16)
  putAddress(writer, at, address, family)
  writer.u16be(fields.port, port)
  writer.u32(fields.forwarding, method)
  writer.i32(fields.weight, weight)
  writer.u32(fields.upperThreshold, upperThreshold)
  writer.u32(fields.lowerThreshold, lowerThreshold)
  writeFamily(writer, family, serviceFamily)
  if (tunnel !== PLAIN_TUNNEL) writeTunnel(writer, tunnel)
}

/** Left out where it is plain: that is what the kernel takes it for then, whatever it was (ip_vs_genl_parse_dest). */
function writeTunnel(writer: WireWriter, { type, port, checksum }: TunnelNumbers): void {
  writer.u8(fields.tunnelType, type)
  writer.u16be(fields.tunnelPort, port)
  writer.u16(fields.tunnelFlags, checksum)
}

/** Reads a destination out of a reply, or out of a request. `serviceFamily` counts where it names none. */
export function readDestination(
  destination: AttributeSet<typeof fields>,
  serviceFamily: Family,
): Destination {
  const number = destination.u16(fields.family)
  const family = number === undefined || number === 0 ? serviceFamily : readFamily(number)
  const forwarding = FORWARDING_ENUM.nameOf(
    destination.requireValue(fields.forwarding, destination.u32(fields.forwarding)) & IP_VS_CONN_F_FWD_MASK,
  )
  return {
    address: readAddressField(destination, fields.address, family),
    port: destination.requireValue(fields.port, destination.u16be(fields.port)),
    family,
    forwarding,
    weight: destination.requireValue(fields.weight, destination.i32(fields.weight)),
    upperThreshold: destination.u32(fields.upperThreshold) ?? 0,
    lowerThreshold: destination.u32(fields.lowerThreshold) ?? 0,
    tunnel:
      forwarding === 'tun'
        ? readTunnel({
            type: destination.get(fields.tunnelType) ?? 0,
            port: destination.get(fields.tunnelPort) ?? 0,
            checksum: destination.get(fields.tunnelFlags) ?? 0,
          })
        : null,
    activeConnections: destination.u32(fields.activeConnections) ?? 0,
    inactiveConnections: destination.u32(fields.inactiveConnections) ?? 0,
    persistentConnections: destination.u32(fields.persistentConnections) ?? 0,
    statistics: readStatistics(destination, fields.statistics, fields.statistics64),
  } as Destination
}
