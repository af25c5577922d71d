import { ArgumentRangeError, ArgumentTypeError } from '../../errors.ts'
import { checkAddress, checkFamily, checkInteger, checkPort, EnumMap } from '../../netlink/arguments/check.ts'
import { canonicalIPv6, type Family, familyNumber, writeAddress } from '../../netlink/wire/address.ts'
import type { AttributeSet } from '../../netlink/wire/attributes.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'
import { COMMAND, DESTINATION } from '../protocol/attributes.ts'
import { IP_VS_CONN_F_FWD_MASK } from '../protocol/uapi.ts'
import {
  type CheckedDestinationKey,
  type Destination,
  type DestinationInput,
  type DestinationKey,
  type DestinationLimits,
  FORWARDING_METHODS,
  type Forwarding,
  type ForwardingMethod,
  MAXIMUM,
} from './destination.ts'
import { DESTINATION_FIELDS } from './destination-fields.ts'
import {
  checkServiceKey,
  type ResolvedServiceKey,
  readAddressField,
  readFamily,
  type ServiceReference,
  writeServiceReference,
} from './service-key.ts'
import { readStatistics } from './statistics.ts'
import { checkTunnel, PLAIN_TUNNEL, readTunnel, type TunnelNumbers } from './tunnel.ts'

export const FORWARDING_ENUM = new EnumMap<ForwardingMethod>(FORWARDING_METHODS)

/** Checks the address of a destination, and the family that is given with it. Returns the family. */
export function checkDestinationAddress(address: unknown, givenFamily: unknown): Family {
  const family = checkAddress('destination.address', address)
  if (givenFamily !== undefined && checkFamily('destination.family', givenFamily) !== family) {
    throw new ArgumentRangeError('destination.family', `'${family}', the family of the address`, givenFamily)
  }
  return family
}

/** Checks the key of a destination; `defaultPort` is the port of its service. */
export function checkDestinationKey(key: DestinationKey, defaultPort: number): CheckedDestinationKey {
  DESTINATION_FIELDS.check('destination', key)
  // Each field is read once: the checked value must be the one that is sent.
  const { address, port = defaultPort, family: givenFamily } = key
  const family = checkDestinationAddress(address, givenFamily)
  const text = family === 'ipv4' ? address : canonicalIPv6(address)
  return { address: text, port: checkPort('destination.port', port), family }
}

/** The settings of a destination in the kernel's form. */
export interface DestinationNumbers {
  readonly method: number
  readonly weight: number
  readonly upperThreshold: number
  readonly lowerThreshold: number
  readonly tunnel: TunnelNumbers
}

/** Checks the settings of a destination, individually and in combination. */
export function checkDestinationSettings(
  settings: DestinationLimits & Forwarding,
  family: Family,
  serviceFamily: Family,
): DestinationNumbers {
  const { forwarding, weight = 1, upperThreshold = 0, lowerThreshold = 0, tunnel } = settings
  const method = FORWARDING_ENUM.parse('destination.forwarding', forwarding, IP_VS_CONN_F_FWD_MASK)
  const plain = tunnel === undefined || tunnel === null
  if (method !== FORWARDING_METHODS.tun) {
    if (family !== serviceFamily) {
      throw new ArgumentTypeError(
        'destination.forwarding',
        `'tun': an ${family} destination of an ${serviceFamily} service can only be reached through a tunnel`,
        forwarding,
      )
    }
    if (!plain)
      throw new ArgumentTypeError('destination.tunnel', "omitted unless forwarding is 'tun'", tunnel)
  }
  checkWeight(weight)
  checkInteger('destination.upperThreshold', upperThreshold, 0, MAXIMUM)
  checkInteger('destination.lowerThreshold', lowerThreshold, 0, MAXIMUM)
  if (lowerThreshold > upperThreshold) {
    throw new ArgumentRangeError(
      'destination.lowerThreshold',
      `at most upperThreshold (${upperThreshold})`,
      lowerThreshold,
    )
  }
  return {
    method,
    weight,
    upperThreshold,
    lowerThreshold,
    tunnel: plain ? PLAIN_TUNNEL : checkTunnel(tunnel),
  }
}

export function checkWeight(weight: unknown): number {
  return checkInteger('destination.weight', weight, 0, MAXIMUM)
}

const { fields } = DESTINATION

/** Writes the key of a destination. */
export function writeDestinationKey(
  writer: WireWriter,
  { address, port, family }: CheckedDestinationKey,
  serviceFamily: Family,
): void {
  const at = writer.payload(fields.address.type, 16)
  writeAddress(writer.view, at, address, family)
  writer.u16be(fields.port, port)
  writeFamily(writer, family, serviceFamily)
}

/** An absent family means that of the service (ip_vs_genl_set_cmd). */
function writeFamily(writer: WireWriter, family: Family, serviceFamily: Family): void {
  if (family !== serviceFamily) writer.u16(fields.family, familyNumber(family))
}

/** Checks and writes a complete destination, as NEW_DEST and SET_DEST need it. */
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
  writeAddress(writer.view, at, address, family)
  writer.u16be(fields.port, port)
  writer.u32(fields.forwarding, method)
  writer.i32(fields.weight, weight)
  writer.u32(fields.upperThreshold, upperThreshold)
  writer.u32(fields.lowerThreshold, lowerThreshold)
  writeFamily(writer, family, serviceFamily)
  if (tunnel !== PLAIN_TUNNEL) writeTunnel(writer, tunnel)
}

/** Not called for a plain tunnel: the kernel assumes one if the attributes are absent (ip_vs_genl_parse_dest). */
function writeTunnel(writer: WireWriter, { type, port, checksum }: TunnelNumbers): void {
  writer.u8(fields.tunnelType, type)
  writer.u16be(fields.tunnelPort, port)
  writer.u16(fields.tunnelFlags, checksum)
}

/** Checks and writes the attributes of NEW_DEST and SET_DEST. destination-layout.ts writes the same bytes for the usual command. */
export function encodeDestination(
  writer: WireWriter,
  reference: ServiceReference,
  destination: DestinationInput,
): void {
  const service = checkServiceKey(reference)
  writeServiceReference(writer, service)
  writeDestinationAttribute(writer, service, destination)
}

/** Checks and writes the DESTINATION attribute. */
export function writeDestinationAttribute(
  writer: WireWriter,
  service: ResolvedServiceKey,
  destination: DestinationInput,
): void {
  const key = checkDestinationKey(destination, service.port ?? 0)
  const nest = writer.beginNest(COMMAND.fields.destination.type)
  writeDestination(writer, key, destination, service.family)
  writer.endNest(nest)
}

/** Reads a destination from a reply or a request. `serviceFamily` applies if it has no family. */
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
