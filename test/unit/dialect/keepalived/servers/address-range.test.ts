import { describe, expect, it } from 'vitest'
import { expandRange } from '../../../../../src/dialect/keepalived/servers/address-range.ts'

describe('expandRange', () => {
  it.each([
    ['192.0.2.1', ['192.0.2.1']],
    ['192.0.2.254-255', ['192.0.2.254', '192.0.2.255']],
    ['192.0.2.255-192.0.3.1', ['192.0.2.255', '192.0.3.0', '192.0.3.1']],
    ['192.0.2.6/31', ['192.0.2.6', '192.0.2.7']],
    ['2001:db8::fffe-ffff', ['2001:db8::fffe', '2001:db8::ffff']],
    ['192.0.2.7-3', undefined],
    ['10.0.0.0/8', undefined],
    ['192.0.2.5/30', undefined],
    ['192.0.2.1-300', undefined],
    ['web', undefined],
    ['192.0.2.1-3-5', undefined],
    ['192.0.2.1-2001:db8::1', undefined],
    ['2001:db8::/127', ['2001:db8::', '2001:db8::1']],
  ])('expands %s', (text, expected) => {
    expect(expandRange(text)).toEqual(expected)
  })
})
