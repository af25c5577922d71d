import { ArgumentRangeError, ArgumentTypeError } from '../errors.ts'
import { FAMILY_NUMBER, type Family, parseIPv4, writeAddress } from '../netlink/address.ts'
import { attributeBlock } from '../netlink/attribute-block.ts'
import type { AttributeSet } from '../netlink/attributes.ts'
import { byNumber, checkInteger, checkWord, wordFor } from '../netlink/check.ts'
import { LITTLE_ENDIAN, WireWriter } from '../netlink/wire.ts'
import { COMMAND, DESTINATION } from './attributes.ts'
import {
  type CheckedDestinationKey,
  type Destination,
  type DestinationLimits,
  FORWARDING_METHODS,
  type Forwarding,
  MAXIMUM,
} from './destination.ts'
import { readAddressField, readFamily } from './service-key.ts'
import { readStatistics } from './statistics.ts'
import { checkTunnel, readTunnel, type Tunnel } from './tunnel.ts'
import { IP_VS_CONN_F_FWD_MASK } from './uapi.ts'

const { fields } = DESTINATION
const FORWARDING_WORDS = byNumber(FORWARDING_METHODS)

const KEY = { address: new Uint8Array(16), port: 0, family: 0 }
const KEY_BLOCK = attributeBlock(DESTINATION, KEY)
const BLOCK = attributeBlock(DESTINATION, {
  ...KEY,
  ...{ forwarding: 0, weight: 0, upperThreshold: 0, lowerThreshold: 0 },
  ...{ tunnelType: 0, tunnelPort: 0, tunnelFlags: 0 },
})

/** The block within its attribute, to be appended to that of a service. */
export const DESTINATION_FRAME = nested(BLOCK.bytes)

function nested(bytes: Uint8Array): Uint8Array {
  const writer = new WireWriter()
  const nest = writer.beginNest(COMMAND.fields.destination.type)
  writer.append(bytes)
  writer.endNest(nest)
  return writer.bytes.slice(0, writer.length)
}

/** Where the block begins in the frame. */
export const DESTINATION_BLOCK = DESTINATION_FRAME.length - BLOCK.bytes.length

/** Writes what identifies a destination. */
export function writeDestinationKey(
  writer: WireWriter,
  { address, port, family }: CheckedDestinationKey,
): void {
  fillKey(writer.view, writer.append(KEY_BLOCK.bytes), KEY_BLOCK.at, address, port, family)
}

function fillKey(
  view: DataView,
  start: number,
  at: (typeof KEY_BLOCK)['at'],
  address: string,
  port: number,
  family: Family,
): void {
  // The rest of the sixteen bytes is zero already.
  if (family === 'ipv4') view.setInt32(start + at.address, parseIPv4(address) ?? 0)
  else writeAddress(view, start + at.address, address, family)
  view.setUint16(start + at.port, port)
  view.setUint16(start + at.family, FAMILY_NUMBER[family], LITTLE_ENDIAN)
}

/** Checks and writes a whole destination (what NEW_DEST and SET_DEST need). */
export function writeDestination(
  writer: WireWriter,
  { address, port, family }: CheckedDestinationKey,
  settings: DestinationLimits & Forwarding,
  serviceFamily: Family,
): void {
  const start = writer.append(BLOCK.bytes)
  fillDestination(writer.view, start, address, port, family, settings, serviceFamily)
}

/** Checks a whole destination, whose key has been checked, and fills it into a block that begins at `start`. */
export function fillDestination(
  view: DataView,
  start: number,
  address: string,
  port: number,
  family: Family,
  settings: DestinationLimits & Forwarding,
  serviceFamily: Family,
): void {
  const { forwarding, weight = 1, upperThreshold = 0, lowerThreshold = 0, tunnel } = settings
  const method = checkWord('destination.forwarding', forwarding, FORWARDING_METHODS, IP_VS_CONN_F_FWD_MASK)
  if (family !== serviceFamily && method !== FORWARDING_METHODS.tun) {
    throw new ArgumentTypeError(
      'destination.forwarding',
      `'tun': an ${family} destination of an ${serviceFamily} service can only be reached through a tunnel`,
      forwarding,
    )
  }
  checkInteger('destination.weight', weight, 0, MAXIMUM)
  checkInteger('destination.upperThreshold', upperThreshold, 0, MAXIMUM)
  checkInteger('destination.lowerThreshold', lowerThreshold, 0, MAXIMUM)
  if (lowerThreshold > upperThreshold) {
    throw new ArgumentRangeError(
      'destination.lowerThreshold',
      `at most upperThreshold (${upperThreshold})`,
      lowerThreshold,
    )
  }
  const { at } = BLOCK
  fillKey(view, start, at, address, port, family)
  view.setUint32(start + at.forwarding, method, LITTLE_ENDIAN)
  view.setInt32(start + at.weight, weight, LITTLE_ENDIAN)
  view.setUint32(start + at.upperThreshold, upperThreshold, LITTLE_ENDIAN)
  view.setUint32(start + at.lowerThreshold, lowerThreshold, LITTLE_ENDIAN)
  // Without one its numbers are zero already: IP in IP.
  if (tunnel !== undefined && tunnel !== null) fillTunnel(view, start, method, tunnel)
}

function fillTunnel(view: DataView, start: number, method: number, tunnel: Tunnel): void {
  if (method !== FORWARDING_METHODS.tun) {
    throw new ArgumentTypeError('destination.tunnel', "left out unless forwarding is 'tun'", tunnel)
  }
  const { type, port, checksum } = checkTunnel(tunnel)
  const { at } = BLOCK
  view.setUint8(start + at.tunnelType, type)
  view.setUint16(start + at.tunnelPort, port)
  view.setUint16(start + at.tunnelFlags, checksum, LITTLE_ENDIAN)
}

/** Reads a destination out of a reply, or out of a request. `serviceFamily` counts where it names none. */
export function readDestination(
  destination: AttributeSet<typeof fields>,
  serviceFamily: Family,
): Destination {
  const number = destination.u16(fields.family)
  const family = number === undefined || number === 0 ? serviceFamily : readFamily(number)
  const forwarding = wordFor(
    destination.present(fields.forwarding, destination.u32(fields.forwarding)) & IP_VS_CONN_F_FWD_MASK,
    FORWARDING_WORDS,
  )
  return {
    address: readAddressField(destination, fields.address, family),
    port: destination.present(fields.port, destination.u16be(fields.port)),
    family,
    forwarding,
    weight: destination.present(fields.weight, destination.i32(fields.weight)),
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
