import { ArgumentRangeError, ArgumentTypeError } from '../../errors.ts'
import { checkBoolean, checkInteger, KnownFields } from '../../netlink/arguments/check.ts'
import { checkInterfaceName, MAXIMUM_INTERFACE_NAME_BYTES } from '../../netlink/arguments/interface-name.ts'
import { FAMILY_NUMBER, type Family } from '../../netlink/wire/address.ts'
import { AttributeSet, writeAttribute } from '../../netlink/wire/attributes.ts'
import { ADDRESS_BITS } from '../../netlink/wire/ip-prefix.ts'
import { readStructure, writeStructure } from '../../netlink/wire/structure.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'
import { ADDRESS, ADDRESS_HEADER } from '../protocol/attributes.ts'
import { familyByNumber, INFINITE_LIFETIME, type Lifetimes } from '../protocol/codecs.ts'
import { IFA_F_NODAD } from '../protocol/uapi.ts'
import {
  ADDRESS_FLAGS,
  type AddressFlag,
  type InterfaceAddress,
  type InterfaceAddressInput,
  type InterfaceAddressKey,
  SCOPE_ENUM,
  SCOPES,
  type Scope,
} from './interface-address.ts'
import { checkAddressOfFamily, checkPrefix } from './prefix.ts'

const { fields } = ADDRESS
const attributes = new AttributeSet(ADDRESS)
const PERMANENT: Lifetimes = { preferred: INFINITE_LIFETIME, valid: INFINITE_LIFETIME }
const FLAG_BITS = Object.entries(ADDRESS_FLAGS) as readonly [AddressFlag, number][]
const KNOWN_FIELDS = new KnownFields([
  ...['address', 'prefixLength', 'interface', 'family'],
  ...['label', 'scope', 'nodad', 'peer', 'broadcast', 'flags', 'preferredLifetime', 'validLifetime'],
])

/** The key of an address of an interface, with the defaults filled in. */
export interface CheckedAddressKey {
  readonly address: string
  readonly family: Family
  readonly prefixLength: number
  readonly interface: string
  readonly peer: string | undefined
}

/** An address to add to an interface. */
export interface CheckedAddress extends CheckedAddressKey {
  readonly label: string | undefined
  readonly scope: number
  readonly nodad: boolean
  readonly broadcast: string | undefined
  readonly lifetimes: Lifetimes | undefined
}

/** Checks the key of an address of an interface. */
export function checkAddressKey(key: InterfaceAddressKey): CheckedAddressKey {
  KNOWN_FIELDS.check('address', key)
  const prefix = checkPrefix('address.address', key.address, key.prefixLength)
  const { address, family, prefixLength = ADDRESS_BITS[family] } = prefix
  const name = checkInterfaceName('address.interface', key.interface)
  const peer = key.peer === undefined ? undefined : checkAddressOfFamily('address.peer', key.peer, family)
  return { address, family, prefixLength, interface: name, peer }
}

/** Checks an address to add to an interface. */
export function checkAddressInput(input: InterfaceAddressInput): CheckedAddress {
  const key = checkAddressKey(input)
  const { family } = key
  const { label, broadcast, flags } = input as InterfaceAddressInput & Partial<InterfaceAddress>
  const nodad = input.nodad ?? flags?.includes('nodad') ?? false
  checkBoolean('address.nodad', nodad)
  if (family === 'ipv4' && nodad) throw new ArgumentRangeError('address.nodad', 'false with IPv4', nodad)
  if (family === 'ipv6') {
    for (const [name, value] of Object.entries({ label, broadcast })) {
      if (value === undefined) continue
      throw new ArgumentTypeError(`address.${name}`, 'omitted with IPv6', value)
    }
  }
  return {
    ...key,
    label: label === undefined ? undefined : checkLabel(label, key.interface),
    scope: checkScope(key, input.scope),
    nodad,
    broadcast:
      broadcast === undefined ? undefined : checkAddressOfFamily('address.broadcast', broadcast, family),
    lifetimes: checkLifetimes(input),
  }
}

function checkLifetimes({
  preferredLifetime: preferred,
  validLifetime: valid,
}: InterfaceAddressInput): Lifetimes | undefined {
  if (valid !== undefined) checkInteger('address.validLifetime', valid, 1, INFINITE_LIFETIME - 1)
  if (preferred !== undefined) {
    checkInteger(
      'address.preferredLifetime',
      preferred,
      0,
      Math.min(valid ?? INFINITE_LIFETIME, INFINITE_LIFETIME - 1),
    )
  }
  if (valid === undefined && preferred === undefined) return undefined
  return { preferred: preferred ?? valid ?? INFINITE_LIFETIME, valid: valid ?? INFINITE_LIFETIME }
}

/** Like ip(8), requires the name of the interface as prefix: ifconfig(8) does not find other labels. */
function checkLabel(label: unknown, interfaceName: string): string {
  const allowed = `'${interfaceName}', alone or followed by a colon and a suffix, at most ${MAXIMUM_INTERFACE_NAME_BYTES} bytes in total`
  if (typeof label !== 'string') throw new ArgumentTypeError('address.label', allowed, label)
  const hasPrefix = label === interfaceName || label.startsWith(`${interfaceName}:`)
  if (!hasPrefix || label.includes('\0') || Buffer.byteLength(label) > MAXIMUM_INTERFACE_NAME_BYTES) {
    throw new ArgumentRangeError('address.label', allowed, label)
  }
  return label
}

function checkScope({ address, family }: CheckedAddressKey, scope: Scope | number | undefined): number {
  const expected = family === 'ipv4' ? defaultIPv4Scope(address) : defaultIPv6Scope(address)
  if (scope === undefined) return expected
  const number = SCOPE_ENUM.parse('address.scope', scope, 255)
  if (family === 'ipv4' || number === expected) return number
  throw new ArgumentRangeError(
    'address.scope',
    `'${SCOPE_ENUM.nameOf(expected)}', the scope of this IPv6 address`,
    scope,
  )
}

function defaultIPv4Scope(address: string): number {
  return address.startsWith('127.') ? SCOPES.host : SCOPES.global
}

/** The scope that the kernel reports (rt_scope, net/ipv6/addrconf.c). */
function defaultIPv6Scope(address: string): number {
  if (address === '::1') return SCOPES.host
  if (/^fe[89ab][0-9a-f]:/.test(address)) return SCOPES.link
  return /^fe[c-f][0-9a-f]:/.test(address) ? SCOPES.site : SCOPES.global
}

/** The address as in messages: `192.0.2.10/32 on lo`. */
export function formatAddress({ address, prefixLength, interface: name }: CheckedAddressKey): string {
  return `${address}/${prefixLength} on ${name}`
}

/** Writes an address to add or remove. */
export function writeAddressRequest(
  writer: WireWriter,
  key: CheckedAddressKey & Partial<CheckedAddress>,
  index: number,
): void {
  const { address, family, prefixLength, scope, label, peer, broadcast } = key
  writeStructure(writer, ADDRESS_HEADER, { family: FAMILY_NUMBER[family], prefixLength, scope, index })
  writeAttribute(writer, fields.local, address)
  writeAttribute(writer, fields.address, peer ?? address)
  if (broadcast !== undefined) writeAttribute(writer, fields.broadcast, broadcast)
  if (label !== undefined) writeAttribute(writer, fields.label, label)
  if (key.lifetimes !== undefined) writeAttribute(writer, fields.lifetimes, key.lifetimes)
  if (key.nodad === true) writeAttribute(writer, fields.flags, IFA_F_NODAD)
}

/** An address as the kernel reports it, with the index of its interface. */
export interface AddressReply {
  readonly address: Omit<InterfaceAddress, 'interface'>
  readonly index: number
}

/** Reads an address of an interface; undefined if it is of another family. */
export function readAddressReply(view: DataView, start: number, end: number): AddressReply | undefined {
  const header = readStructure(view, start, end, ADDRESS_HEADER)
  const family = familyByNumber(header.family)
  if (family === undefined) return undefined
  const { prefixLength, index } = header
  attributes.readStrictly(view, start + ADDRESS_HEADER.size, end)
  // IPv6 omits `local` unless the link is point-to-point (inet6_fill_ifaddr).
  const address = attributes.get(fields.local) ?? attributes.require(fields.address)
  const peer = attributes.get(fields.address) ?? address
  const label = attributes.get(fields.label)
  const broadcast = attributes.get(fields.broadcast)
  const bits = attributes.get(fields.flags) ?? header.flags
  const { preferred, valid } = attributes.get(fields.lifetimes) ?? PERMANENT
  return {
    address: {
      ...{ address, prefixLength, family, scope: SCOPE_ENUM.nameOf(header.scope) },
      ...(label === undefined ? {} : { label }),
      ...(peer === address ? {} : { peer }),
      ...(broadcast === undefined ? {} : { broadcast }),
      ...(preferred === INFINITE_LIFETIME ? {} : { preferredLifetime: preferred }),
      ...(valid === INFINITE_LIFETIME ? {} : { validLifetime: valid }),
      flags: FLAG_BITS.filter(([, bit]) => (bits & bit) !== 0).map(([flag]) => flag),
    },
    index,
  }
}
