import { ArgumentRangeError, ArgumentTypeError } from '../../errors.ts'
import { checkAddress, checkInteger } from '../../netlink/arguments/check.ts'
import { canonicalIPv6, type Family, familyOf } from '../../netlink/wire/address.ts'
import { ADDRESS_BYTES, addressBytes } from '../protocol/codecs.ts'

/** An address with the length of its network's prefix. */
export interface Prefix {
  /** In canonical form. */
  readonly address: string
  readonly family: Family
  /** Bits; undefined where nothing was said about it. */
  readonly length: number | undefined
}

const ALLOWED = 'an IPv4 or IPv6 address in text, alone or with a prefix length as in 192.0.2.10/32'

/** Reads an address in text that may have a prefix length behind it; `given` is one that was named elsewhere. */
export function checkPrefix(field: string, value: unknown, given?: unknown): Prefix {
  if (typeof value !== 'string') throw new ArgumentTypeError(field, ALLOWED, value)
  const [text = '', digits, rest] = value.split('/')
  const family = familyOf(text)
  const wellFormed = digits === undefined || /^(0|[1-9]\d{0,2})$/.test(digits)
  if (family === undefined || !wellFormed || rest !== undefined) {
    throw new ArgumentTypeError(field, ALLOWED, value)
  }
  const length =
    digits === undefined ? undefined : checkInteger(field, Number(digits), 0, addressBits(family))
  return {
    address: canonicalAddress(text, family),
    family,
    length: given === undefined ? length : checkGiven(given, family, length),
  }
}

function checkGiven(given: unknown, family: Family, length: number | undefined): number {
  const field = 'address.prefixLength'
  const checked = checkInteger(field, given, 0, addressBits(family))
  if (length === undefined || length === checked) return checked
  throw new ArgumentRangeError(field, `${length}, as in the address, or left out`, given)
}

/** Checks an address that has to be of a family; gives it in canonical form. */
export function checkAddressOfFamily(field: string, address: unknown, family: Family): string {
  if (checkAddress(field, address) !== family) {
    const allowed = `an ${family === 'ipv4' ? 'IPv4' : 'IPv6'} address`
    throw new ArgumentRangeError(field, allowed, address)
  }
  return canonicalAddress(address as string, family)
}

/** A valid address as reads give it. */
export function canonicalAddress(address: string, family: Family): string {
  return family === 'ipv4' ? address : canonicalIPv6(address)
}

/** How many bits an address of a family has. */
export function addressBits(family: Family): number {
  return ADDRESS_BYTES[family] * 8
}

/** Whether an address has no bit behind its prefix, as that of a network. */
export function isNetworkAddress(address: string, length: number): boolean {
  return addressBytes(address).every((byte, index) => {
    const bits = Math.min(8, Math.max(0, length - index * 8))
    return (byte & (0xff >> bits)) === 0
  })
}
