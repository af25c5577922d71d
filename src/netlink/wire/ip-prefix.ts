import {
  canonicalIPv6,
  type Family,
  familyOf,
  formatIPv4,
  parseIPv4,
  readAddress,
  writeAddress,
} from './address.ts'

/** Addresses in text with a prefix length, and the arithmetic on them. For requests and replies see address.ts. */

/** Length of an address in bytes. */
export const ADDRESS_BYTES = { ipv4: 4, ipv6: 16 } as const satisfies Record<Family, number>

/** Length of an address in bits: the prefix length of a single address. */
export const ADDRESS_BITS = { ipv4: 32, ipv6: 128 } as const satisfies Record<Family, number>

/** An address with a prefix length. */
export interface IpPrefix {
  readonly address: string
  readonly prefixLength: number
}

/** The result of {@link parsePrefix}. */
export interface ParsedPrefix {
  /** In canonical form. */
  readonly address: string
  readonly family: Family
  /** Undefined if the text has none. */
  readonly prefixLength: number | undefined
}

/** Parses `192.0.2.10`, `192.0.2.0/24` or the same in IPv6. Returns undefined for any other text. */
export function parsePrefix(text: string): ParsedPrefix | undefined {
  const [address = '', digits, rest] = text.split('/')
  const family = familyOf(address)
  if (family === undefined || rest !== undefined) return undefined
  const prefixLength = digits === undefined ? undefined : parsePrefixLength(digits, family)
  if (digits !== undefined && prefixLength === undefined) return undefined
  return { address: canonicalAddress(address, family), family, prefixLength }
}

/** Parses a prefix length: a decimal number without leading zeros, at most the length of an address of the family. */
export function parsePrefixLength(digits: string, family: Family): number | undefined {
  const length = /^(0|[1-9]\d{0,2})$/.test(digits) ? Number(digits) : Number.NaN
  return length <= ADDRESS_BITS[family] ? length : undefined
}

/** The canonical form of a valid address, as replies of the kernel are read. */
export function canonicalAddress(address: string, family: Family): string {
  return family === 'ipv4' ? address : canonicalIPv6(address)
}

/** The bytes of a valid address, 4 or 16. */
export function addressBytes(address: string): Uint8Array {
  const family = familyOf(address) ?? 'ipv6'
  const bytes = new Uint8Array(ADDRESS_BYTES.ipv6)
  writeAddress(new DataView(bytes.buffer), 0, address, family)
  return bytes.subarray(0, ADDRESS_BYTES[family])
}

/** Converts a valid address to a number; the addresses of a range have consecutive numbers. */
export function addressToNumber(address: string): bigint {
  const ipv4 = parseIPv4(address)
  if (ipv4 !== undefined) return BigInt(ipv4 >>> 0)
  const view = new DataView(new ArrayBuffer(ADDRESS_BYTES.ipv6))
  writeAddress(view, 0, address, 'ipv6')
  return (view.getBigUint64(0) << 64n) | view.getBigUint64(8)
}

/** Converts a number to an address in canonical form. */
export function numberToAddress(number: bigint, family: Family): string {
  if (family === 'ipv4') return formatIPv4(Number(number))
  const view = new DataView(new ArrayBuffer(ADDRESS_BYTES.ipv6))
  view.setBigUint64(0, number >> 64n)
  view.setBigUint64(8, BigInt.asUintN(64, number))
  return readAddress(view, 0, 'ipv6')
}

/** The bits of an address after its prefix, all set. */
export function hostMask(prefixLength: number, family: Family): bigint {
  return (1n << BigInt(ADDRESS_BITS[family] - prefixLength)) - 1n
}

/** Whether an address is that of a network: all bits after the prefix are zero. */
export function isNetworkAddress(address: string, prefixLength: number): boolean {
  return (addressToNumber(address) & hostMask(prefixLength, familyOf(address) ?? 'ipv6')) === 0n
}

/** Whether an address is in the network of a prefix. Addresses of different families never are. */
export function containsAddress({ address: network, prefixLength }: IpPrefix, address: string): boolean {
  const family = familyOf(network)
  if (family === undefined || family !== familyOf(address)) return false
  const difference = addressToNumber(network) ^ addressToNumber(address)
  return difference <= hostMask(prefixLength, family)
}

/** An address with the prefix length of a single address, such as `192.0.2.10/32`. */
export function formatHostPrefix(address: string): string {
  return `${address}/${ADDRESS_BITS[familyOf(address) ?? 'ipv6']}`
}
