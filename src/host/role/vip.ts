import { ArgumentRangeError, ArgumentTypeError } from '../../errors.ts'
import { canonicalIPv6, type Family, familyOf } from '../../netlink/wire/address.ts'

/** A virtual address as a role was given it. */
export interface Vip {
  /** Canonical text, without the prefix length. */
  readonly address: string
  readonly family: Family
  /** Length of the prefix; that of the whole address where none was given. */
  readonly prefixLength: number
}

/** Bits of an address. */
export const ADDRESS_BITS = { ipv4: 32, ipv6: 128 } as const satisfies Record<Family, number>

const VIP_FORMAT = 'an IPv4 or IPv6 address in text, with or without a prefix length, such as 192.0.2.1/32'

/** Reads a virtual address. */
export function checkVip(field: string, value: unknown): Vip {
  if (typeof value !== 'string') throw new ArgumentTypeError(field, VIP_FORMAT, value)
  const [text = '', prefix, ...rest] = value.split('/')
  const family = familyOf(text)
  if (family === undefined || rest.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) {
    throw new ArgumentTypeError(field, VIP_FORMAT, value)
  }
  const bits = ADDRESS_BITS[family]
  const prefixLength = prefix === undefined ? bits : Number(prefix)
  if (prefixLength < 1 || prefixLength > bits) {
    throw new ArgumentRangeError(field, `an address with a prefix length from 1 to ${bits}`, value)
  }
  return { address: family === 'ipv4' ? text : canonicalIPv6(text), family, prefixLength }
}

/** Reads the virtual addresses of a role: at least one, each once. */
export function checkVips<T>(
  field: string,
  values: unknown,
  read: (field: string, value: unknown) => T,
): T[] {
  if (!Array.isArray(values) || values.length === 0) {
    throw new ArgumentTypeError(field, 'an array of at least one virtual address', values)
  }
  const seen = new Set<string>()
  return values.map((value, index) => {
    const vip = read(`${field}[${index}]`, value)
    const text = JSON.stringify(vip)
    if (seen.has(text)) throw new ArgumentRangeError(`${field}[${index}]`, 'given once', value)
    seen.add(text)
    return vip
  })
}

/**
 * Reads a virtual address that is to be hidden. With a shorter prefix the whole network would count as addresses of this
 * host (fib_add_ifaddr makes a local route for the network of an address of the loopback interface).
 */
export function checkHiddenVip(field: string, value: unknown): Vip {
  const vip = checkVip(field, value)
  const bits = ADDRESS_BITS[vip.family]
  if (vip.prefixLength !== bits) {
    throw new ArgumentRangeError(field, `a virtual address with /${bits}, or without a prefix length`, value)
  }
  return vip
}

/** The text with which a virtual address stands on an interface, such as `192.0.2.1/32`. */
export function formatVip({ address, prefixLength }: Vip): string {
  return `${address}/${prefixLength}`
}

/** The same as a hidden address. */
export function toHostPrefix({ address, family }: Vip): string {
  return `${address}/${ADDRESS_BITS[family]}`
}
