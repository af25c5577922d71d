import { ArgumentRangeError, ArgumentTypeError } from '../../errors.ts'
import type { Family } from '../../netlink/wire/address.ts'
import { ADDRESS_BITS, parsePrefix } from '../../netlink/wire/ip-prefix.ts'

/** A virtual address from the options of a role. */
export interface Vip {
  /** Canonical text, without the prefix length. */
  readonly address: string
  readonly family: Family
  /** Prefix length. Default: 32 or 128. */
  readonly prefixLength: number
}

const VIP_FORMAT = 'an IPv4 or IPv6 address in text, with or without a prefix length, such as 192.0.2.1/32'

/** Checks a virtual address. */
export function checkVip(field: string, value: unknown): Vip {
  if (typeof value !== 'string') throw new ArgumentTypeError(field, VIP_FORMAT, value)
  const [text = '', digits, ...rest] = value.split('/')
  const parsed = parsePrefix(text)
  if (parsed === undefined || rest.length > 0 || (digits !== undefined && !/^\d{1,3}$/.test(digits))) {
    throw new ArgumentTypeError(field, VIP_FORMAT, value)
  }
  const { address, family } = parsed
  const bits = ADDRESS_BITS[family]
  const prefixLength = digits === undefined ? bits : Number(digits)
  if (prefixLength < 1 || prefixLength > bits) {
    throw new ArgumentRangeError(field, `an address with a prefix length from 1 to ${bits}`, value)
  }
  return { address, family, prefixLength }
}

/** Checks the virtual addresses of a role: at least one, and no duplicates. */
export function checkVips<T>(
  field: string,
  values: unknown,
  check: (field: string, value: unknown) => T,
): T[] {
  if (!Array.isArray(values) || values.length === 0) {
    throw new ArgumentTypeError(field, 'an array of at least one virtual address', values)
  }
  const seen = new Set<string>()
  return values.map((value, index) => {
    const vip = check(`${field}[${index}]`, value)
    const text = JSON.stringify(vip)
    if (seen.has(text)) throw new ArgumentRangeError(`${field}[${index}]`, 'listed only once', value)
    seen.add(text)
    return vip
  })
}

/**
 * Checks a virtual address to hide. With a shorter prefix the host would accept packets for the whole network
 * (fib_add_ifaddr adds a local route for the network of an address of the loopback interface).
 */
export function checkHiddenVip(field: string, value: unknown): Vip {
  const vip = checkVip(field, value)
  const bits = ADDRESS_BITS[vip.family]
  if (vip.prefixLength !== bits) {
    throw new ArgumentRangeError(field, `a virtual address with /${bits}, or without a prefix length`, value)
  }
  return vip
}

/** Formats a virtual address with its prefix length, such as `192.0.2.1/24`. */
export function formatVip({ address, prefixLength }: Vip): string {
  return `${address}/${prefixLength}`
}
