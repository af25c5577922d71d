import { describe, expect, it } from 'vitest'
import type { Tunnel } from '../../../../../src/ipvs/model/tunnel.ts'
import { findingIds, fixCalls, onlyFinding } from '../../../../support/host/doctor/findings.ts'
import {
  addressEntry,
  addressesWith,
  eth0,
  eth1,
  link,
  lo,
  ROUTES,
  route,
  service,
  sit0,
  tunDirector,
  tunl0,
  tunServer,
  VIP,
  VIP6,
  WEB,
  WEB6,
} from '../../../../support/host/doctor/host-facts.ts'

const down = { up: false }
const ip6tnl0 = link('ip6tnl0', { type: 'tunnel6', kind: 'ip6tnl', arp: false })
const own = link('lvs-ip6tnl', { type: 'tunnel6', kind: 'ip6tnl', arp: false })
const onLo = (...vips: string[]) =>
  addressesWith(
    '198.51.100.2/24',
    ...vips.map((vip) => addressEntry(`${vip}/${vip.includes(':') ? 128 : 32}`, 'lo')),
  )

describe('tunnel-down and tunnel-missing', () => {
  it.each([
    ['tunl0 takes IPv4', VIP, [tunl0], undefined, []],
    ['tunl0 is down', VIP, [{ ...tunl0, ...down }], undefined, ['tunnel-down']],
    ['tunl0 takes no IPv6', VIP6, [tunl0], undefined, ['tunnel-missing']],
    ['sit0 takes IPv6', VIP6, [sit0], undefined, []],
    ['sit0 takes no IPv4', VIP, [sit0], undefined, ['tunnel-missing']],
    ['another ip6tnl takes IPv6', VIP6, [own], undefined, []],
    ['ip6tnl0 takes no IPv6', VIP6, [ip6tnl0], undefined, ['tunnel-missing']],
    ['ip6tnl0 takes no IPv4', VIP, [ip6tnl0], undefined, ['tunnel-missing']],
    ['another ip6tnl takes IPv4', VIP, [own], undefined, []],
    ['tunl0 takes nothing from a director of IPv6', VIP, [tunl0], '2001:db8::1', ['tunnel-missing']],
    ['sit0 takes IPv6 from a director of IPv4', VIP6, [sit0, ip6tnl0], '198.51.100.1', []],
    ['ip6tnl0 takes nothing from a director of IPv4', VIP6, [ip6tnl0], '198.51.100.1', ['tunnel-missing']],
    ['one that is up is enough', VIP, [{ ...tunl0, ...down }, own], undefined, []],
  ])('%s', (_, vip, tunnels, director, ids) => {
    const facts = tunServer({ links: [lo, eth0, ...tunnels], addresses: onLo(vip) })
    expect(findingIds(facts, { forwarding: 'tun', director })).toEqual(ids)
  })

  it('are checked in each family of the VIPs', () => {
    const facts = tunServer({ links: [lo, eth0, tunl0], addresses: onLo(VIP, VIP6) })
    expect(onlyFinding(facts, { forwarding: 'tun' })).toMatchObject({ id: 'tunnel-missing', subject: 'sit0' })
  })

  it('name the tunnel with the VIP if several are down', () => {
    const gre0 = link('gre0', { type: 'gre', kind: 'gre', arp: false, up: false })
    const addresses = addressesWith('198.51.100.2/24', addressEntry(`${VIP}/32`, 'gre0'))
    const facts = tunServer({ links: [lo, eth0, { ...tunl0, ...down }, gre0], addresses })
    expect(onlyFinding(facts).subject).toBe('gre0')
  })

  it('are fixed together with a reverse path filter that would be found next', () => {
    const sysctls = { 'net.ipv4.conf.tunl0.rp_filter': 1 }
    const facts = tunServer({ links: [lo, eth0, { ...tunl0, ...down }], sysctls })
    expect(fixCalls(onlyFinding(facts))).toEqual([
      "await host.sysctls.set('net.ipv4.conf.tunl0.rp_filter', 0)",
      "await host.network.updateLink('tunl0', { up: true })",
    ])
  })

  it('are fixed by adding the standard device', () => {
    const facts = tunServer({ links: [lo, eth0], addresses: onLo(VIP) })
    expect(fixCalls(onlyFinding(facts, { forwarding: 'tun' }))[0]).toBe(
      "await host.network.addLink({ name: 'tunl0', kind: 'ipip' })",
    )
    expect(fixCalls(onlyFinding(facts, { forwarding: 'tun', director: '2001:db8::1' }))[0]).toBe(
      "await host.network.addLink({ name: 'lvs-ip6tnl', kind: 'ip6tnl' })",
    )
  })
})

describe('rp-filter', () => {
  it.each([
    [0, 0, undefined],
    [0, 1, 0],
    [1, 0, 2],
    [1, 1, 2],
    [1, 2, undefined],
    [2, 1, undefined],
    [0, 3, undefined],
  ])('with %i for all and %i for the tunnel is fixed with %s', (all, tunnel, value) => {
    const sysctls = { 'net.ipv4.conf.all.rp_filter': all, 'net.ipv4.conf.tunl0.rp_filter': tunnel }
    const facts = tunServer({ sysctls })
    if (value === undefined) expect(findingIds(facts)).toEqual([])
    else
      expect(fixCalls(onlyFinding(facts))).toEqual([
        `await host.sysctls.set('net.ipv4.conf.tunl0.rp_filter', ${value})`,
      ])
  })

  it('does not concern IPv6, nor a tunnel that is down', () => {
    const sysctls = { 'net.ipv4.conf.all.rp_filter': 1 }
    expect(
      findingIds(tunServer({ links: [lo, eth0, sit0], addresses: onLo(VIP6), sysctls }), {
        forwarding: 'tun',
      }),
    ).toEqual([])
    const facts = tunServer({ links: [lo, eth0, own, { ...tunl0, ...down }], addresses: onLo(VIP), sysctls })
    expect(onlyFinding(facts, { forwarding: 'tun' }).subject).toBe('lvs-ip6tnl')
  })
})

describe('tunnel-mtu', () => {
  const director = (mtu: number, changes = {}) =>
    tunDirector({ links: [lo, eth0, { ...eth1, mtu }], ...changes })

  it.each([
    ['ipip', { type: 'ipip' }, 20],
    ['gre', { type: 'gre' }, 24],
    ['gre with checksums', { type: 'gre', checksum: 'checksum' }, 28],
    ['gue', { type: 'gue', port: 6080 }, 32],
    ['gue with remote checksums', { type: 'gue', port: 6080, checksum: 'remote' }, 40],
  ] satisfies [string, Tunnel, number][])('knows what %s takes', (_, tunnel, overhead) => {
    const services = [service(WEB, [{ address: '198.51.100.2', forwarding: 'tun', tunnel }])]
    expect(findingIds(director(1500 + overhead, { services }))).toEqual([])
    expect(onlyFinding(director(1500 + overhead - 1, { services })).message).toContain(`takes ${overhead}.`)
  })

  it('counts the longer outer header of IPv6', () => {
    const services = [service(WEB, [{ address: '2001:db8:9::2', forwarding: 'tun' }])]
    const routes = [...ROUTES, route('2001:db8:9::/64', { interface: 'eth1' })]
    expect(findingIds(director(1540, { services, routes }))).toEqual([])
    expect(findingIds(director(1539, { services, routes }))).toEqual(['tunnel-mtu'])
  })

  it('is a hint, fixed by fragmenting outer packets', () => {
    const finding = onlyFinding(director(1500))
    expect(finding).toMatchObject({ severity: 'hint', subject: 'eth1' })
    expect(fixCalls(finding)).toEqual(["await host.sysctls.set('net.ipv4.vs.pmtu_disc', 0)"])
    expect(findingIds(director(1500, { sysctls: { 'net.ipv4.vs.pmtu_disc': 0 } }))).toEqual([])
  })

  it('expects packets of the MTU on the client side, at most 1500 bytes', () => {
    const jumbo = [lo, { ...eth0, mtu: 9000 }, { ...eth1, mtu: 1520 }]
    expect(findingIds(tunDirector({ links: jumbo }))).toEqual([])
    const narrow = [lo, { ...eth0, mtu: 1400 }, { ...eth1, mtu: 1420 }]
    expect(findingIds(tunDirector({ links: narrow }))).toEqual([])
  })

  it('uses the MTU of the route if it is below that of the interface', () => {
    const routes = [...ROUTES, route('198.51.100.0/24', { interface: 'eth1', mtu: 1519 })]
    expect(findingIds(director(9000, { routes }))).toEqual(['tunnel-mtu'])
  })

  it('is an error if packets of 1280 bytes of IPv6 do not fit', () => {
    const services = [service(WEB6, [{ address: '198.51.100.2', forwarding: 'tun' }])]
    const addresses = addressesWith('192.168.79.101/24', addressEntry(`${VIP6}/128`, 'eth0'))
    expect(findingIds(director(1300, { services, addresses }))).toEqual([])
    const finding = onlyFinding(director(1299, { services, addresses }))
    expect(finding.severity).toBe('error')
    expect(fixCalls(finding)).toEqual(["await host.network.updateLink('eth1', { mtu: 1300 })"])
  })
})
