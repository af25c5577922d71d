import { isIP, isIPv4 } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  canonicalIPv6,
  FAMILY_NUMBER,
  type Family,
  familyOf,
  formatIPv4,
  parseIPv4,
  readAddress,
  writeAddress,
} from '../../../../src/netlink/wire/address.ts'

/** The written address as 16 bytes. */
function bytesOf(address: string, family: Family): number[] {
  const bytes = new Uint8Array(16).fill(0xff)
  writeAddress(new DataView(bytes.buffer), 0, address, family)
  return [...bytes]
}

/** Mostly zeros, as real addresses are. */
const group = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff }) },
)
const groups = fc.array(group, { minLength: 8, maxLength: 8 })

/** An independent implementation: the URL standard writes IPv6 as in RFC 5952, but without the IPv4-mapped form. */
const byUrl = (address: string) => new URL(`http://[${address}]`).hostname.slice(1, -1)

describe('the family of an address', () => {
  it.each(['0.0.0.0', '192.0.2.1', '255.255.255.255'])('%s is ipv4', (text) =>
    expect(familyOf(text)).toBe('ipv4'),
  )

  it.each(['::', '::1', '2001:db8::1', '2001:DB8::1', '::ffff:192.0.2.1', '1:2:3:4:5:6:7:8'])(
    '%s is ipv6',
    (text) => expect(familyOf(text)).toBe('ipv6'),
  )

  it.each([
    '',
    ' ',
    'localhost',
    '192.0.2',
    '192.0.2.1.',
    '.192.0.2.1',
    '192.0.2.1.5',
    '192.0..1',
    '192.0.2.256',
    '192.0.2.01',
    '192.0.2.1/24',
    '192.0.2.1 ',
    '0x7f.0.0.1',
    '1e1.0.0.1',
    '-1.0.0.1',
    '２.0.0.1',
    ':',
    ':::',
    '1::2::3',
    '12345::',
    'fe80::1%eth0',
    '2001:db8::/32',
    '[::1]',
    '1:2:3:4:5:6:7:8:9',
    '::ffff:192.0.2.300',
  ])('%j is not an address', (text) => expect(familyOf(text)).toBeUndefined())

  it('has the number of <sys/socket.h>', () => {
    expect(FAMILY_NUMBER).toEqual({ ipv4: 2, ipv6: 10 })
  })

  it('is the same as in node:net', () => {
    const character = fc.constantFrom(...'0123456789abcF.:')
    const anything = fc.oneof(
      fc.ipV4(),
      fc.ipV4Extended(),
      fc.ipV6(),
      fc.string({ unit: character, maxLength: 20 }),
    )
    const names = [undefined, undefined, undefined, undefined, 'ipv4', undefined, 'ipv6']
    fc.assert(
      fc.property(anything, (text) => familyOf(text) === names[isIP(text)]),
      { numRuns: 2000 },
    )
  })
})

describe('IPv4', () => {
  it('is parsed as one number, first octet highest', () => {
    expect(parseIPv4('192.0.2.1')).toBe(0xc000_0201 | 0)
    expect(formatIPv4(0xc000_0201)).toBe('192.0.2.1')
  })

  it('is parsed if node:net accepts it, and printed unchanged', () => {
    const text = fc.oneof(fc.ipV4(), fc.string({ unit: fc.constantFrom(...'0123456789.'), maxLength: 16 }))
    fc.assert(
      fc.property(text, (address) => {
        const number = parseIPv4(address)
        expect(number !== undefined).toBe(isIPv4(address))
        if (number !== undefined) expect(formatIPv4(number)).toBe(address)
      }),
      { numRuns: 2000 },
    )
  })

  it('fills the first four of sixteen bytes', () => {
    expect(bytesOf('192.0.2.1', 'ipv4')).toEqual([192, 0, 2, 1, ...new Array(12).fill(0)])
  })

  it('is read back from its bytes', () => {
    const view = new DataView(new ArrayBuffer(16))
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        writeAddress(view, 0, address, 'ipv4')
        expect(readAddress(view, 0, 'ipv4')).toBe(address)
      }),
    )
  })
})

describe('IPv6', () => {
  it.each([
    // RFC 5952, section 1 and 2: the many spellings of one address
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8::1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8::0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0db8::1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:0:1::1', '2001:db8::1:0:0:1'],
    ['2001:DB8:0:0:1::1', '2001:db8::1:0:0:1'],
    // 4.1 leading zeros; 4.2.1 as short as possible; 4.2.2 one group is not shortened; 4.2.3 the longest, then the first
    ['2001:0db8::0001', '2001:db8::1'],
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    // 4.3 lower case
    ['2001:DB8:AAAA:BBBB:CCCC:DDDD:EEEE:AAAA', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa'],
    // 5 mixed notation for a well-known prefix, and only for that
    ['0:0:0:0:0:ffff:c000:201', '::ffff:192.0.2.1'],
    ['::FFFF:192.0.2.1', '::ffff:192.0.2.1'],
    ['::192.0.2.1', '::c000:201'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
  ])('%s is written %s', (text, canonical) => expect(canonicalIPv6(text)).toBe(canonical))

  it('is written as in the URL standard, except for IPv4-mapped addresses', () => {
    const spelled = fc.oneof(
      groups.map((numbers) => numbers.map((number) => number.toString(16).padStart(4, '0')).join(':')),
      fc.ipV6(),
    )
    fc.assert(
      fc.property(spelled, (address) => {
        const canonical = canonicalIPv6(address)
        expect(byUrl(canonical)).toBe(byUrl(address))
        if (!canonical.startsWith('::ffff:')) expect(canonical).toBe(byUrl(address))
      }),
      { numRuns: 3000 },
    )
  })

  it('keeps every bit when written and read', () => {
    const view = new DataView(new ArrayBuffer(16))
    fc.assert(
      fc.property(groups, (numbers) => {
        writeAddress(view, 0, numbers.map((number) => number.toString(16)).join(':'), 'ipv6')
        expect(numbers.map((_, index) => view.getUint16(index * 2))).toEqual(numbers)
        writeAddress(view, 0, readAddress(view, 0, 'ipv6'), 'ipv6')
        expect(numbers.map((_, index) => view.getUint16(index * 2))).toEqual(numbers)
      }),
      { numRuns: 1000 },
    )
  })

  it('writes the low half of a mixed notation', () => {
    expect(bytesOf('::ffff:192.0.2.1', 'ipv6')).toEqual([...new Array(10).fill(0), 255, 255, 192, 0, 2, 1])
  })
})
