import { type Family, familyOf } from '../../../netlink/wire/address.ts'
import {
  addressToNumber,
  hostMask,
  isNetworkAddress,
  numberToAddress,
  parsePrefix,
} from '../../../netlink/wire/ip-prefix.ts'

/** A limit against mistakes that would exhaust the memory. */
const MAX_ADDRESSES = 65_536

/**
 * Expands `192.0.2.1`, `192.0.2.1-10`, `192.0.2.250-192.0.3.10`, `192.0.2.8/29` and the same in IPv6, where the number after the
 * hyphen is hexadecimal. Returns undefined for any other text and for a range that is too large.
 */
export function expandRange(text: string): readonly string[] | undefined {
  if (familyOf(text) !== undefined) return [text]
  const [, first = '', separator, last = ''] = /^([^-/]+)([-/])(.+)$/.exec(text) ?? []
  const family = familyOf(first)
  if (family === undefined) return undefined
  const end = separator === '/' ? endOfPrefix(text) : endOfRange(first, last, family)
  const start = addressToNumber(first)
  if (end === undefined || end < start || end - start >= BigInt(MAX_ADDRESSES)) return undefined
  const addresses: string[] = []
  for (let address = start; address <= end; address++) addresses.push(numberToAddress(address, family))
  return addresses
}

function endOfRange(first: string, last: string, family: Family): bigint | undefined {
  const lastFamily = familyOf(last)
  if (lastFamily !== undefined) return lastFamily === family ? addressToNumber(last) : undefined
  const start = addressToNumber(first)
  if (family === 'ipv6') {
    return /^[\da-f]{1,4}$/i.test(last) ? ((start >> 16n) << 16n) | BigInt(`0x${last}`) : undefined
  }
  const number = /^\d{1,3}$/.test(last) ? Number(last) : 256
  return number > 255 ? undefined : ((start >> 8n) << 8n) | BigInt(number)
}

function endOfPrefix(text: string): bigint | undefined {
  const { address, family, prefixLength } = parsePrefix(text) ?? {}
  if (address === undefined || family === undefined || prefixLength === undefined) return undefined
  // keepalived takes 192.0.2.5/30 as a single address.
  if (!isNetworkAddress(address, prefixLength)) return undefined
  return addressToNumber(address) | hostMask(prefixLength, family)
}
