import { ArgumentRangeError, ArgumentTypeError } from '../../errors.ts'
import { checkAddress, checkInteger } from '../../netlink/arguments/check.ts'
import type { Family } from '../../netlink/wire/address.ts'
import {
  ADDRESS_BITS,
  canonicalAddress,
  type ParsedPrefix,
  parsePrefix,
} from '../../netlink/wire/ip-prefix.ts'

const EXPECTED = 'an IPv4 or IPv6 address, alone or with a prefix length as in 192.0.2.10/32'

/**
 * Checks an address that may have a prefix length. `prefixLength` is the length from a separate field; it must not contradict
 * the length in the text.
 */
export function checkPrefix(field: string, value: unknown, prefixLength?: unknown): ParsedPrefix {
  const prefix = typeof value === 'string' ? parsePrefix(value) : undefined
  if (prefix === undefined) throw new ArgumentTypeError(field, EXPECTED, value)
  return prefixLength === undefined
    ? prefix
    : { ...prefix, prefixLength: checkPrefixLength(prefixLength, prefix) }
}

function checkPrefixLength(value: unknown, { family, prefixLength }: ParsedPrefix): number {
  const field = 'address.prefixLength'
  const checked = checkInteger(field, value, 0, ADDRESS_BITS[family])
  if (prefixLength === undefined || prefixLength === checked) return checked
  throw new ArgumentRangeError(field, `${prefixLength}, as in the address, or omitted`, value)
}

/** Checks an address of a given family. Returns it in canonical form. */
export function checkAddressOfFamily(field: string, address: unknown, family: Family): string {
  if (checkAddress(field, address) !== family) {
    const expected = `an ${family === 'ipv4' ? 'IPv4' : 'IPv6'} address`
    throw new ArgumentRangeError(field, expected, address)
  }
  return canonicalAddress(address as string, family)
}
