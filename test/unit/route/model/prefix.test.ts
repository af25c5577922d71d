import { describe, expect, it } from 'vitest'
import { ArgumentRangeError, ArgumentTypeError } from '../../../../src/errors.ts'
import { checkAddressOfFamily, checkPrefix } from '../../../../src/route/model/prefix.ts'

describe('checkPrefix', () => {
  it.each([
    ['192.0.2.1', { address: '192.0.2.1', family: 'ipv4', prefixLength: undefined }],
    ['192.0.2.1/0', { address: '192.0.2.1', family: 'ipv4', prefixLength: 0 }],
    ['2001:DB8::1/128', { address: '2001:db8::1', family: 'ipv6', prefixLength: 128 }],
  ])('reads %s', (text, prefix) => {
    expect(checkPrefix('x', text)).toEqual(prefix)
  })

  it.each(['192.0.2.1/33', '2001:db8::1/129', '192.0.2.1/', 'example', 7, undefined])(
    'refuses %j and names the field',
    (value) => {
      expect(() => checkPrefix('x', value)).toThrow(ArgumentTypeError)
      expect(() => checkPrefix('x', value)).toThrow(/^x must be an IPv4 or IPv6 address/)
    },
  )

  it('reads the prefix length from a separate field, unless the text contradicts it', () => {
    expect(checkPrefix('x', '192.0.2.1', 24).prefixLength).toBe(24)
    expect(checkPrefix('x', '192.0.2.1/24', 24).prefixLength).toBe(24)
    expect(() => checkPrefix('x', '192.0.2.1/24', 25)).toThrow(ArgumentRangeError)
    expect(() => checkPrefix('x', '192.0.2.1', 33)).toThrow(ArgumentRangeError)
  })
})

describe('checkAddressOfFamily', () => {
  it('returns the canonical form, and refuses the other family', () => {
    expect(checkAddressOfFamily('x', '2001:DB8::0:1', 'ipv6')).toBe('2001:db8::1')
    expect(() => checkAddressOfFamily('x', '192.0.2.1', 'ipv6')).toThrow('x must be an IPv6 address')
  })
})
