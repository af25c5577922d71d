import { parseIPv4 } from '../../netlink/wire/address.ts'
import { WireWriter } from '../../netlink/wire/wire.ts'
import { type DestinationInput, FORWARDING_METHODS, MAXIMUM } from '../model/destination.ts'
import { encodeDestination } from '../model/destination-message.ts'
import { PROTOCOL_NUMBERS, type ServiceKey, type ServiceReference } from '../model/service-key.ts'

/**
 * The attributes of a usual command, all values zero: an IPv4 destination without tunnel options, and an IPv4 service that has an
 * address. They always have the same length.
 */
const LAYOUT = makeLayout()

/** Word in {@link LAYOUT} at which each payload begins. */
const WORD = {
  protocol: 4,
  serviceAddress: 6,
  servicePort: 11,
  address: 14,
  port: 19,
  forwarding: 21,
  weight: 23,
  upperThreshold: 25,
  lowerThreshold: 27,
} as const

const FORWARDING_NUMBERS: ReadonlyMap<unknown, number> = new Map(Object.entries(FORWARDING_METHODS))

/**
 * Writes the same bytes as `encodeDestination` of destination-message.ts, faster: it copies a constant block and fills in the
 * values. It leaves every other command, including those with invalid arguments, to `encodeDestination`.
 * `docs/design/performance.md` lists what this saves. `destination` is a copy of the caller's object.
 */
export function encodeUsualDestination(
  writer: WireWriter,
  reference: ServiceReference,
  destination: DestinationInput,
): void {
  if (typeof reference !== 'object' || reference === null) {
    encodeDestination(writer, reference, destination)
    return
  }
  // Each field is read once.
  const { protocol, address, port, fwmark, family } = reference
  if (fwmark === undefined && writeUsual(writer, protocol, address, port, family, destination)) return
  encodeDestination(writer, { protocol, address, port, fwmark, family } as ServiceKey, destination)
}

/** Returns false, without having written anything, if the command is not usual. */
function writeUsual(
  writer: WireWriter,
  serviceProtocol: unknown,
  serviceAddress: unknown,
  servicePort: number | undefined,
  serviceFamily: unknown,
  destination: DestinationInput,
): boolean {
  const { address, port = servicePort, family, tunnel } = destination
  const { weight = 1, upperThreshold = 0, lowerThreshold = 0 } = destination
  const protocol = PROTOCOL_NUMBERS.get(serviceProtocol)
  const method = FORWARDING_NUMBERS.get(destination.forwarding)
  const vip = typeof serviceAddress === 'string' ? parseIPv4(serviceAddress) : undefined
  const bits = typeof address === 'string' ? parseIPv4(address) : undefined
  if (
    protocol === undefined ||
    method === undefined ||
    vip === undefined ||
    bits === undefined ||
    typeof servicePort !== 'number' ||
    (servicePort & 0xffff) !== servicePort ||
    typeof port !== 'number' ||
    (port & 0xffff) !== port ||
    typeof weight !== 'number' ||
    (weight & MAXIMUM) !== weight ||
    typeof upperThreshold !== 'number' ||
    (upperThreshold & MAXIMUM) !== upperThreshold ||
    typeof lowerThreshold !== 'number' ||
    (lowerThreshold & MAXIMUM) !== lowerThreshold ||
    lowerThreshold > upperThreshold ||
    (serviceFamily !== undefined && serviceFamily !== 'ipv4') ||
    (family !== undefined && family !== 'ipv4') ||
    (tunnel !== undefined && tunnel !== null)
  ) {
    return false
  }
  const at = writer.appendWords(LAYOUT)
  const { words, view } = writer
  const word = at >> 2
  words[word + WORD.forwarding] = method
  words[word + WORD.weight] = weight
  words[word + WORD.upperThreshold] = upperThreshold
  words[word + WORD.lowerThreshold] = lowerThreshold
  writer.shorts[(word + WORD.protocol) * 2] = protocol
  view.setInt32(at + WORD.serviceAddress * 4, vip)
  view.setUint16(at + WORD.servicePort * 4, servicePort)
  view.setInt32(at + WORD.address * 4, bits)
  view.setUint16(at + WORD.port * 4, port)
  return true
}

function makeLayout(): Int32Array {
  const writer = new WireWriter(256)
  const service = { protocol: 'tcp', address: '0.0.0.0', port: 0 } as const
  encodeDestination(writer, service, { address: '0.0.0.0', port: 0, forwarding: 'nat', weight: 0 })
  return writer.words.slice(0, writer.length >> 2)
}
