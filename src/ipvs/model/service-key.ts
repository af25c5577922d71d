import { ArgumentRangeError, ArgumentTypeError } from '../../errors.ts'
import {
  checkAddress,
  checkFamily,
  checkInteger,
  checkObject,
  checkPort,
  EnumMap,
} from '../../netlink/arguments/check.ts'
import {
  canonicalIPv6,
  FAMILY_NUMBER,
  type Family,
  familyNumber,
  readAddress,
  writeAddress,
} from '../../netlink/wire/address.ts'
import type { AttributeSet, Fields } from '../../netlink/wire/attributes.ts'
import type { Field } from '../../netlink/wire/codecs.ts'
import { ADDRESS_BYTES } from '../../netlink/wire/ip-prefix.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'
import { malformed } from '../../netlink/wire/wire.ts'
import { COMMAND, SERVICE } from '../protocol/attributes.ts'

/** Transport protocols by their IP protocol number. */
export const PROTOCOLS = { tcp: 6, udp: 17, sctp: 132 } as const satisfies Record<Protocol, number>
export const PROTOCOL_NUMBERS: ReadonlyMap<unknown, number> = new Map(Object.entries(PROTOCOLS))
const PROTOCOL_ENUM = new EnumMap<Protocol>(PROTOCOLS)
/** Transport protocol of a virtual service. ipvsadm `-t`, `-u`, `--sctp-service`; IPVS_SVC_ATTR_PROTOCOL. */
export type Protocol = 'tcp' | 'udp' | 'sctp'

/** A virtual service reached at an address, a port and a protocol. */
export interface AddressKey {
  /** A number occurs only in a service that was read: a protocol for which this library has no name. */
  readonly protocol: Protocol | number
  /** The virtual IP address (VIP), IPv4 or IPv6. IPVS_SVC_ATTR_ADDR. */
  readonly address: string
  /** 0 to 65535; 0 accepts every port, and works only with persistence. IPVS_SVC_ATTR_PORT. */
  readonly port: number
  /** Derived from the address; always present in a service that was read. IPVS_SVC_ATTR_AF. */
  readonly family?: Family | undefined
  /** Not used by this variant. */
  readonly fwmark?: undefined
}

/** A virtual service for all packets with a firewall mark. ipvsadm `-f`. */
export interface FwmarkKey {
  /** 1 to 2^32-1. IPVS_SVC_ATTR_FWMARK. */
  readonly fwmark: number
  /** The same mark can have one service of each family. Default `ipv4`; ipvsadm `-6`. */
  readonly family?: Family | undefined
  /** Not used by this variant. */
  readonly protocol?: undefined
  /** Not used by this variant. */
  readonly address?: undefined
  /** Not used by this variant. */
  readonly port?: undefined
}

/** Identifies a virtual service. */
export type ServiceKey = AddressKey | FwmarkKey

/** A key with its family. */
export type ResolvedServiceKey = ServiceKey & {
  /** Address family of the service. */
  readonly family: Family
}

/** A key, or its text: `tcp://192.0.2.1:80`, `udp://[2001:db8::1]:53`, `fwmark://7`, `fwmark://7/ipv6`. */
export type ServiceReference = ServiceKey | string

/** The accepted forms of a key, for messages. */
const ACCEPTED_FORMS =
  "{ protocol, address, port }, { fwmark, family } or text such as 'tcp://192.0.2.1:80', 'fwmark://7', 'fwmark://7/ipv6'"

/**
 * Parses the text of a service: the inverse of {@link formatService}.
 *
 * @throws {TypeError} if the text has another form.
 */
export function parseService(text: string): ServiceKey {
  return readReference(text)
}

function readReference(text: string): ResolvedServiceKey {
  const address = /^(tcp|udp|sctp|\d+):\/\/(?:\[([^\]]+)\]|([^:/[\]]+)):(\d+)$/.exec(text)
  if (address !== null) {
    const [, protocol = '', v6, v4 = '', port] = address
    const key: AddressKey = {
      protocol: Object.hasOwn(PROTOCOLS, protocol) ? (protocol as Protocol) : Number(protocol),
      address: v6 ?? v4,
      port: Number(port),
    }
    if ((checkAddress('address', key.address) === 'ipv6') === (v6 !== undefined)) return checkKeyObject(key)
  }
  const fwmark = /^fwmark:\/\/(\d+)(?:\/(ipv4|ipv6))?$/.exec(text)
  if (fwmark === null) throw new ArgumentTypeError('service', ACCEPTED_FORMS, text)
  return checkKeyObject({ fwmark: Number(fwmark[1]), family: (fwmark[2] as Family | undefined) ?? 'ipv4' })
}

/** The text of a service, as in messages and logs: `tcp://192.0.2.1:80`, `fwmark://7/ipv6`. */
export function formatService(key: ServiceKey): string {
  if (key.fwmark !== undefined) return `fwmark://${key.fwmark}${key.family === 'ipv6' ? '/ipv6' : ''}`
  const { protocol, address, port } = key
  return `${protocol}://${address.includes(':') ? `[${address}]` : address}:${port}`
}

/** The text of a service for messages; empty if the reference is invalid. */
export function describeService(reference: ServiceReference | undefined): string {
  try {
    return formatService(checkServiceKey(reference))
  } catch {
    return ''
  }
}

/** The text of a socket address: `192.0.2.1:80`, `[2001:db8::1]:80`. */
export function formatEndpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** Checks a reference in either form. Returns only the key with its family. */
export function checkServiceKey(reference: ServiceReference | undefined): ResolvedServiceKey {
  if (typeof reference === 'string') return readReference(reference)
  checkObject('service', reference)
  return checkKeyObject(reference as ServiceKey)
}

function checkKeyObject(reference: ServiceKey): ResolvedServiceKey {
  // Each field is read once: the checked value must be the one that is sent.
  const { fwmark, protocol, address, port, family: givenFamily } = reference
  if (fwmark !== undefined) {
    if (protocol !== undefined || address !== undefined || port !== undefined) {
      throw new ArgumentTypeError('service', 'either a fwmark or a protocol, address and port', reference)
    }
    const family = givenFamily === undefined ? 'ipv4' : checkFamily('family', givenFamily)
    return { fwmark: checkInteger('fwmark', fwmark, 1, 0xffff_ffff), family }
  }
  if (protocol === undefined && address === undefined)
    throw new ArgumentTypeError('service', ACCEPTED_FORMS, reference)
  const name = PROTOCOL_ENUM.nameOf(PROTOCOL_ENUM.parse('protocol', protocol, 65535))
  const family = checkAddress('address', address)
  if (givenFamily !== undefined && checkFamily('family', givenFamily) !== family) {
    throw new ArgumentRangeError('family', `'${family}', the family of the address`, givenFamily)
  }
  const text = family === 'ipv4' ? address : canonicalIPv6(address)
  return { protocol: name, address: text, port: checkPort('port', port), family }
}

const { fields } = SERVICE

/** Writes the attributes of a checked key. */
export function writeServiceKey(writer: WireWriter, key: ResolvedServiceKey): void {
  const number = familyNumber(key.family)
  if (key.fwmark !== undefined) {
    writer.u16(fields.family, number)
    writer.u32(fields.fwmark, key.fwmark)
    return
  }
  writer.u16(fields.family, number)
  writer.u16(fields.protocol, PROTOCOL_ENUM.parse('protocol', key.protocol, 65535))
  const at = writer.payload(fields.address.type, 16)
  writeAddress(writer.view, at, key.address, key.family)
  writer.u16be(fields.port, key.port)
}

/** Writes the SERVICE attribute with a checked key only. */
export function writeServiceReference(writer: WireWriter, key: ResolvedServiceKey): void {
  const nest = writer.beginNest(COMMAND.fields.service.type)
  writeServiceKey(writer, key)
  writer.endNest(nest)
}

/** Reads the key of a service. */
export function readServiceKey(service: AttributeSet<typeof fields>): ResolvedServiceKey {
  const family = readFamily(service.require(fields.family))
  const fwmark = service.get(fields.fwmark)
  if (fwmark !== undefined) return { fwmark, family }
  return {
    protocol: PROTOCOL_ENUM.nameOf(service.require(fields.protocol)),
    address: readAddressField(service, fields.address, family),
    port: service.require(fields.port),
    family,
  }
}

export function readFamily(number: number): Family {
  if (number === FAMILY_NUMBER.ipv4) return 'ipv4'
  if (number === FAMILY_NUMBER.ipv6) return 'ipv6'
  throw malformed(`address family ${number}`)
}

/** Reads an address. A short one is padded with zeros, as the kernel does. */
export function readAddressField<F extends Fields>(
  set: AttributeSet<F>,
  field: Field<Uint8Array>,
  family: Family,
): string {
  if (set.lengthOf(field) >= ADDRESS_BYTES[family]) return readAddress(set.view, set.offsetOf(field), family)
  const padded = new Uint8Array(ADDRESS_BYTES.ipv6)
  padded.set(set.require(field))
  return readAddress(new DataView(padded.buffer), 0, family)
}
