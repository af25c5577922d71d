import { describe, expect, it } from 'vitest'
import { diagnoseDestination } from '../../../../src/ipvs/commands/diagnose.ts'
import type { Family } from '../../../../src/netlink/wire/address.ts'
import { FakeTransport } from '../../../support/netlink/fake-transport.ts'

/** /proc/net/fib_trie of a host with 192.0.2.2/24 (Linux 6.1). */
const ROUTES = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 127.0.0.0/8 2 0 2
        +-- 127.0.0.0/31 1 0 0
           |-- 127.0.0.0
              /8 host LOCAL
           |-- 127.0.0.1
              /32 host LOCAL
        |-- 127.255.255.255
           /32 link BROADCAST
     +-- 192.0.2.0/24 2 0 2
        +-- 192.0.2.0/30 2 0 2
           |-- 192.0.2.0
              /24 link UNICAST
           |-- 192.0.2.2
              /32 host LOCAL
        |-- 192.0.2.255
           /32 link BROADCAST
`

/**
 * The same with policy rules, which split the tables, on an older kernel, where the address of the network is a broadcast
 * address.
 */
const PARTED = `${ROUTES.replace('Local:', '')}Local:
  +-- 192.0.2.0/24 2 0 2
     |-- 192.0.2.0
        /32 link BROADCAST
     |-- 192.0.2.255
        /32 link BROADCAST
`

function diagnose(
  address: string,
  { routes = ROUTES as string | undefined, service = 'ipv4' as Family, daemon = false } = {},
) {
  const transport = new FakeTransport()
  if (routes !== undefined) transport.files.set('/proc/net/fib_trie', routes)
  const family = address.includes(':') ? 'ipv6' : 'ipv4'
  return diagnoseDestination(transport, { address, port: 80, family }, service, async () => daemon)
}

describe('the explanation of EINVAL for a destination:', () => {
  it.each(['0.0.0.0', '255.255.255.255', '224.0.0.1', '239.255.255.255'])(
    '%s is not a unicast address',
    async (address) => {
      expect(await diagnose(address)).toContain(`${address} is not a unicast address`)
    },
  )

  it.each(['192.0.2.255', '127.255.255.255'])('%s is a broadcast address here', async (address) => {
    expect(await diagnose(address)).toBe(`${address} is a broadcast address of a network of this host`)
  })

  it('a broadcast address is found in any table', async () => {
    expect(await diagnose('192.0.2.0', { routes: PARTED })).toContain('broadcast')
  })

  it.each(['192.0.2.2', '192.0.2.0', '192.0.2.25', '2.0.2.255', '203.0.113.1'])(
    '%s is not a broadcast address',
    async (address) => {
      expect(await diagnose(address)).toContain(`ip route get ${address}`)
    },
  )

  it('without a local address the kernel accepts no destination', async () => {
    const routes = 'Main:\n  +-- 0.0.0.0/0 3 0 5\n'
    expect(await diagnose('203.0.113.1', { routes })).toContain('ip link set lo up')
    expect(await diagnose('203.0.113.1', { routes: '' })).toContain('ip link set lo up')
  })

  it('it is general if the routes cannot be read', async () => {
    expect(await diagnose('203.0.113.1', { routes: undefined })).toContain('ip route get 203.0.113.1')
  })

  it('for an IPv6 address it states what the kernel requires, without a lookup', async () => {
    expect(await diagnose('fe80::1', { service: 'ipv6' })).toMatch(/fe80::1 is not .* link-local/)
  })

  it('a synchronisation daemon excludes destinations of another family', async () => {
    expect(await diagnose('2001:db8::1', { daemon: true })).toContain('synchronisation daemon')
    expect(await diagnose('2001:db8::1', { daemon: false })).not.toContain('daemon')
    expect(await diagnose('192.0.2.255', { daemon: true })).not.toContain('daemon')
  })
})
