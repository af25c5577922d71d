import { familyOf, formatIPv4, parseIPv4, readAddress, writeAddress } from '../../netlink/wire/address.ts'

/** Addresses that a range may have, so that a slip of the pen does not fill the memory. */
const MAX_ADDRESSES = 65_536

/**
 * The addresses of `192.0.2.1`, `192.0.2.1-10`, `192.0.2.250-192.0.3.10` or `192.0.2.8/29`, and of the same in IPv6, where
 * what follows the dash is hexadecimal; undefined when it is none.
 */
export function expandRange(text: string): readonly string[] | undefined {
  const [, first = '', separator, rest = ''] = /^([^-/]+)(?:([-/])(.+))?$/.exec(text) ?? []
  const family = familyOf(first)
  if (family === undefined) return undefined
  if (separator === undefined) return [first]
  const start = toNumber(first)
  const end = separator === '/' ? endOfPrefix(start, rest, first) : endOfRange(start, rest, first)
  if (end === undefined || end < start || end - start >= BigInt(MAX_ADDRESSES)) return undefined
  const addresses: string[] = []
  for (let address = start; address <= end; address++) addresses.push(toText(address, family === 'ipv6'))
  return addresses
}

function endOfRange(start: bigint, rest: string, first: string): bigint | undefined {
  const v6 = first.includes(':')
  if (familyOf(rest) !== undefined) return rest.includes(':') === v6 ? toNumber(rest) : undefined
  if (v6) return /^[\da-f]{1,4}$/i.test(rest) ? ((start >> 16n) << 16n) | BigInt(`0x${rest}`) : undefined
  const last = /^\d{1,3}$/.test(rest) ? Number(rest) : 256
  return last > 255 ? undefined : ((start >> 8n) << 8n) | BigInt(last)
}

function endOfPrefix(start: bigint, rest: string, first: string): bigint | undefined {
  const bits = first.includes(':') ? 128 : 32
  const length = /^\d{1,3}$/.test(rest) ? Number(rest) : -1
  if (length < 0 || length > bits) return undefined
  const rests = (1n << BigInt(bits - length)) - 1n
  // Of 192.0.2.5/30 keepalived takes one address alone.
  return (start & rests) === 0n ? start | rests : undefined
}

function toNumber(address: string): bigint {
  const v4 = parseIPv4(address)
  if (v4 !== undefined) return BigInt(v4 >>> 0)
  const view = new DataView(new ArrayBuffer(16))
  writeAddress(view, 0, address, 'ipv6')
  return (view.getBigUint64(0) << 64n) | view.getBigUint64(8)
}

function toText(number: bigint, v6: boolean): string {
  if (!v6) return formatIPv4(Number(number))
  const view = new DataView(new ArrayBuffer(16))
  view.setBigUint64(0, number >> 64n)
  view.setBigUint64(8, number & 0xffff_ffff_ffff_ffffn)
  return readAddress(view, 0, 'ipv6')
}
