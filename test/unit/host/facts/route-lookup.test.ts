import { describe, expect, it } from 'vitest'
import { findRoute } from '../../../../src/host/facts/route-lookup.ts'
import { route } from '../../../support/host/doctor/host-facts.ts'

describe('findRoute', () => {
  const routeTo = (address: string, ...destinations: Parameters<typeof route>[]) =>
    findRoute(
      destinations.map((given) => route(...given)),
      address,
    )

  it.each([
    ['192.0.2.0/24', '192.0.2.255', true],
    ['192.0.2.0/24', '192.0.3.0', false],
    ['192.0.2.128/25', '192.0.2.127', false],
    ['192.0.2.1/32', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['default', '203.0.113.7', true],
    ['2001:db8::/63', '2001:db8:0:1::1', true],
    ['2001:db8::/63', '2001:db8:0:2::1', false],
    ['default', '2001:db8::1', true],
  ])('with a route to %s finds a route to %s: %s', (destination, address, isCovered) => {
    const family = address.includes(':') ? 'ipv6' : 'ipv4'
    expect(routeTo(address, [destination, { family }])?.destination).toBe(isCovered ? destination : undefined)
  })

  it('ignores routes of the other family', () => {
    expect(routeTo('2001:db8::1', ['default', { family: 'ipv4' }])).toBeUndefined()
  })

  it('prefers the longest prefix, then the lowest metric', () => {
    const routes: Parameters<typeof route>[] = [
      ['default', { gateway: '192.0.2.1' }],
      ['198.51.100.0/24', { gateway: '192.0.2.2', metric: 20 }],
      ['198.51.100.0/24', { gateway: '192.0.2.3', metric: 10 }],
      ['198.51.0.0/16', { gateway: '192.0.2.4' }],
    ]
    expect(routeTo('198.51.100.7', ...routes)?.gateway).toBe('192.0.2.3')
    expect(routeTo('198.51.7.7', ...routes)?.gateway).toBe('192.0.2.4')
    expect(routeTo('203.0.113.7', ...routes)?.gateway).toBe('192.0.2.1')
  })
})
