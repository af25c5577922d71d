import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ADDRESS_BITS,
  addressBytes,
  addressToNumber,
  containsAddress,
  formatHostPrefix,
  isNetworkAddress,
  numberToAddress,
  parsePrefix,
} from '../../../../src/netlink/wire/ip-prefix.ts'

const families = fc.constantFrom('ipv4', 'ipv6')
const addresses = families.chain((family) =>
  fc
    .bigInt({ min: 0n, max: (1n << BigInt(ADDRESS_BITS[family])) - 1n })
    .map((number) => ({ family, number })),
)

describe('parsePrefix', () => {
  it.each([
    ['192.0.2.10', { address: '192.0.2.10', family: 'ipv4', prefixLength: undefined }],
    ['192.0.2.0/24', { address: '192.0.2.0', family: 'ipv4', prefixLength: 24 }],
    ['0.0.0.0/0', { address: '0.0.0.0', family: 'ipv4', prefixLength: 0 }],
    ['2001:DB8::0:1/128', { address: '2001:db8::1', family: 'ipv6', prefixLength: 128 }],
  ])('reads %s', (text, expected) => {
    expect(parsePrefix(text)).toEqual(expected)
  })

  it.each(
    [
      ['', '/24', 'example', '192.0.2', '192.0.2.0/', '192.0.2.0/33', '192.0.2.0/-1', '192.0.2.0/24/24'],
      ['192.0.2.0/024', '192.0.2.0/2.5', '192.0.2.0/ 24', '2001:db8::/129', 'fe80::1%eth0', '192.0.2.0/0x18'],
    ].flat(),
  )('refuses %j', (text) => {
    expect(parsePrefix(text)).toBeUndefined()
  })
})

it('any address is converted to its number, to its bytes and back', () => {
  fc.assert(
    fc.property(addresses, ({ family, number }) => {
      const address = numberToAddress(number, family)
      expect(parsePrefix(address)).toEqual({ address, family, prefixLength: undefined })
      expect(addressToNumber(address)).toBe(number)
      expect(addressBytes(address)).toHaveLength(ADDRESS_BITS[family] / 8)
      expect(BigInt(`0x${Buffer.from(addressBytes(address)).toString('hex')}`)).toBe(number)
    }),
  )
})

describe('containsAddress', () => {
  it.each([
    ['192.0.2.0', 24, '192.0.2.255', true],
    ['192.0.2.0', 24, '192.0.3.0', false],
    ['192.0.2.77', 25, '192.0.2.1', true],
    ['192.0.2.77', 32, '192.0.2.77', true],
    ['192.0.2.77', 32, '192.0.2.76', false],
    ['0.0.0.0', 0, '203.0.113.1', true],
    ['2001:db8::', 33, '2001:db8:7fff::1', true],
    ['2001:db8::', 33, '2001:db8:8000::1', false],
    ['::', 0, '2001:db8::1', true],
    ['::', 0, '192.0.2.1', false],
    ['0.0.0.0', 0, '::', false],
  ])('of %s/%i and %s is %s', (address, prefixLength, other, expected) => {
    expect(containsAddress({ address, prefixLength }, other)).toBe(expected)
  })
})

describe('isNetworkAddress', () => {
  it.each([
    ['192.0.2.0', 24, true],
    ['192.0.2.1', 24, false],
    ['192.0.2.1', 32, true],
    ['192.0.2.128', 25, true],
    ['192.0.2.128', 24, false],
    ['128.0.0.0', 1, true],
    ['2001:db8::1', 127, false],
    ['2001:db8::1', 128, true],
    ['0.0.0.0', 0, true],
    ['2001:db8::', 32, true],
    ['2001:db8::8000:0:0:0', 64, false],
    ['2001:db8::8000:0:0:0', 65, true],
  ])('of %s/%i is %s', (address, prefixLength, expected) => {
    expect(isNetworkAddress(address, prefixLength)).toBe(expected)
  })
})

it('formats a single address with the full prefix length', () => {
  expect(formatHostPrefix('192.0.2.10')).toBe('192.0.2.10/32')
  expect(formatHostPrefix('2001:db8::1')).toBe('2001:db8::1/128')
})
