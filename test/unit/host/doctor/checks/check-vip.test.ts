import { describe, expect, it } from 'vitest'
import { diagnose } from '../../../../../src/host/doctor/doctor.ts'
import { findingIds, fixCalls, onlyFinding } from '../../../../support/host/doctor/findings.ts'
import {
  addressEntry,
  addressesWith,
  drDirector,
  drServer,
  eth0,
  host,
  link,
  lo,
  natServer,
  ROUTES,
  route,
  service,
  tunl0,
  tunServer,
  VIP,
  VIP6,
  WEB,
  WEB6,
} from '../../../../support/host/doctor/host-facts.ts'

const bare = addressesWith('192.168.79.101/24')

describe('vip-missing', () => {
  it('does not concern an address with a local route', () => {
    const local = route(`${VIP}/32`, { type: 'local', table: 255, interface: 'lo', scope: 'host' })
    expect(findingIds(drDirector({ addresses: bare, routes: [...ROUTES, local] }))).toEqual([])
  })

  it('does not concern services on 127.0.0.1, nor those of a firewall mark', () => {
    const destinations = [{ address: '192.168.79.102', forwarding: 'dr' }] as const
    const services = [service('tcp://127.0.0.1:80', destinations), service('fwmark://7', destinations)]
    expect(findingIds(drDirector({ services }))).toEqual([])
  })

  it('is reported once for each VIP, whatever the number of its services', () => {
    const destinations = [{ address: '192.168.79.102', forwarding: 'dr' }] as const
    const services = [80, 443].map((port) => service(`tcp://${VIP}:${port}`, destinations))
    expect(onlyFinding(drDirector({ addresses: bare, services }))).toMatchObject({
      id: 'vip-missing',
      subject: VIP,
    })
  })

  it('of a firewall mark is taken from the options', () => {
    const services = [service('fwmark://7', [{ address: '192.168.79.102', forwarding: 'dr' }])]
    expect(findingIds(drDirector({ addresses: bare, services }), { role: 'director', vips: [VIP] })).toEqual([
      'vip-missing',
    ])
  })

  it.each([
    ['the interface of its network', {}, {}, 'eth0'],
    [
      'the interface of the default route if no network has it',
      { addresses: addressesWith('10.0.0.1/8') },
      {},
      'eth0',
    ],
    ['the named interface', {}, { interface: 'lan0' }, 'lan0'],
  ])('on a director is fixed on %s', (_, changes, options, name) => {
    const facts = drDirector({ addresses: bare, links: [lo, eth0, link('lan0')], ...changes })
    expect(fixCalls(onlyFinding(facts, options))).toEqual([
      `await host.network.addAddress({ address: '${VIP}/32', interface: '${name}' })`,
    ])
  })

  it('is added without duplicate address detection for IPv6', () => {
    const services = [service(WEB6, [{ address: '2001:db8::2', forwarding: 'dr' }])]
    expect(onlyFinding(drDirector({ addresses: bare, services }), { interface: 'eth0' }).fix).toMatchObject({
      call: `await host.network.addAddress({ address: '${VIP6}/128', interface: 'eth0', nodad: true, preferredLifetime: 0 })`,
      shell: `ip address add ${VIP6}/128 dev eth0 preferred_lft 0 nodad`,
    })
  })

  it('on a real server is fixed on lo, after ARP is suppressed', () => {
    expect(fixCalls(onlyFinding(host(), { vips: [VIP] }))).toEqual([
      "await host.sysctls.set('net.ipv4.conf.eth0.arp_ignore', 1)",
      "await host.sysctls.set('net.ipv4.conf.eth0.arp_announce', 2)",
      `await host.network.addAddress({ address: '${VIP}/32', interface: 'lo' })`,
    ])
    expect(fixCalls(onlyFinding(drServer({ addresses: bare }), { vips: [VIP] }))).toHaveLength(1)
  })

  it('on a real server with a tunnel is fixed on the tunnel', () => {
    const facts = tunServer({ addresses: addressesWith('198.51.100.2/24') })
    expect(fixCalls(onlyFinding(facts, { vips: [VIP], forwarding: 'tun' }))).toEqual([
      `await host.network.addAddress({ address: '${VIP}/32', interface: 'tunl0' })`,
    ])
  })

  it('does not concern real servers behind NAT', () => {
    expect(findingIds(natServer(), { vips: [VIP], forwarding: 'nat', director: '192.168.5.10' })).toEqual([])
  })
})

describe('vip-silent', () => {
  const hidden = { addresses: addressesWith('192.168.79.101/24', addressEntry(`${VIP}/32`, 'lo')) }

  it('is a VIP on lo for which a director suppresses ARP', () => {
    const facts = drDirector({ ...hidden, sysctls: { 'net.ipv4.conf.all.arp_ignore': 1 } })
    expect(fixCalls(onlyFinding(facts, { role: 'director' }))).toEqual([
      `await host.network.addAddress({ address: '${VIP}/32', interface: 'eth0' })`,
    ])
  })

  it.each(['lo', 'dummy0'])('is a hint for a VIP on %s, to which routers may have a route', (name) => {
    const facts = drDirector({
      links: [...drDirector().links, link('dummy0', { index: 9, kind: 'dummy', arp: false })],
      addresses: addressesWith('192.168.79.101/24', addressEntry(`${VIP}/32`, name)),
      sysctls: { 'net.ipv4.conf.all.arp_ignore': 1 },
    })
    expect(onlyFinding(facts, { role: 'director' })).toMatchObject({
      severity: 'hint',
      message: expect.stringContaining("vips: 'routed'"),
    })
    expect(findingIds(facts, { vips: 'routed' })).toEqual([])
    expect(findingIds(facts, { role: 'director', vips: 'routed' })).toEqual([])
  })

  it('is not a VIP on lo that is answered for', () => {
    expect(findingIds(drDirector(hidden))).toEqual([])
  })

  it.each([
    [1, []],
    [2, []],
    [3, []],
    [8, ['vip-silent']],
  ])('is found with a VIP on the interface and arp_ignore %i: %j', (level, ids) => {
    expect(findingIds(drDirector({ sysctls: { 'net.ipv4.conf.eth0.arp_ignore': level } }))).toEqual(ids)
  })

  it('is fixed by changing only the sysctl that causes it', () => {
    for (const owner of ['all', 'eth0']) {
      const name = `net.ipv4.conf.${owner}.arp_ignore`
      expect(fixCalls(onlyFinding(drDirector({ sysctls: { [name]: 8 } })))).toEqual([
        `await host.sysctls.set('${name}', 1)`,
      ])
    }
  })
})

describe('vip-prefix', () => {
  const served = (prefix: string, name: string, changes = {}) =>
    drServer({ addresses: addressesWith('192.168.79.102/24', addressEntry(prefix, name, changes)) })

  it.each([
    [`${VIP}/32`, false],
    [`${VIP}/31`, true],
    [`${VIP}/24`, true],
    [`${VIP6}/128`, false],
    [`${VIP6}/64`, true],
  ])('is found with %s on lo: %s', (prefix, found) => {
    expect(findingIds(served(prefix, 'lo'))).toEqual(found ? ['vip-prefix'] : [])
  })

  it('also concerns a VIP on a dummy, and a VIP of a director', () => {
    const dummy = link('dummy0', { kind: 'dummy', arp: false })
    const facts = drDirector({
      links: [lo, eth0, dummy],
      addresses: addressesWith('192.168.79.101/24', addressEntry(`${VIP}/24`, 'dummy0')),
    })
    expect(findingIds(facts)).toEqual(['vip-prefix'])
  })

  it('does not concern a VIP on the interface of its network', () => {
    const addresses = addressesWith('192.168.79.101/24', addressEntry(`${VIP}/24`, 'eth0'))
    expect(findingIds(drDirector({ addresses }))).toEqual([])
  })

  it('is fixed without removing the VIP in between, and keeps its label', () => {
    expect(fixCalls(onlyFinding(served(`${VIP}/24`, 'lo', { label: 'lo:0' })))).toEqual([
      `await host.network.addAddress({ address: '${VIP}/32', interface: 'lo', label: 'lo:0' })`,
      `await host.network.removeAddress({ address: '${VIP}/24', interface: 'lo' })`,
    ])
  })

  it('is fixed in the reverse order for IPv6, where an interface has an address only once', () => {
    expect(fixCalls(onlyFinding(served(`${VIP6}/64`, 'lo')))).toEqual([
      `await host.network.removeAddress({ address: '${VIP6}/64', interface: 'lo' })`,
      `await host.network.addAddress({ address: '${VIP6}/128', interface: 'lo', nodad: true })`,
    ])
  })

  it('is fixed without removing the other addresses of its network', () => {
    const second = addressEntry('192.168.79.111/24', 'lo', { flags: ['permanent', 'secondary'] })
    const facts = drServer({
      addresses: addressesWith('192.168.79.102/24', addressEntry(`${VIP}/24`, 'lo'), second),
    })
    const [first, other] = diagnose(facts)
    expect(fixCalls(first!)[1]).toBe(
      "await host.sysctls.setText('net.ipv4.conf.lo.promote_secondaries', '1')",
    )
    expect(fixCalls(other!)).toHaveLength(2)
  })
})

describe('vip-on-interface', () => {
  const onInterface = (prefix: string) =>
    drServer({ addresses: addressesWith('192.168.79.102/24', addressEntry(prefix, 'eth0')) })

  it('is fixed without removing the VIP in between', () => {
    expect(fixCalls(onlyFinding(onInterface(`${VIP}/24`), { vips: [VIP] }))).toEqual([
      `await host.network.addAddress({ address: '${VIP}/32', interface: 'lo' })`,
      `await host.network.removeAddress({ address: '${VIP}/24', interface: 'eth0' })`,
    ])
  })

  it('is fixed by removal if the VIP is also on lo', () => {
    const facts = drServer({
      addresses: addressesWith(
        '192.168.79.102/24',
        addressEntry(`${VIP}/32`, 'eth0'),
        addressEntry(`${VIP}/32`, 'lo'),
      ),
    })
    expect(fixCalls(onlyFinding(facts))).toEqual([
      `await host.network.removeAddress({ address: '${VIP}/32', interface: 'eth0' })`,
    ])
  })

  it('names ARP or neighbour discovery', () => {
    expect(onlyFinding(onInterface(`${VIP}/32`), { vips: [VIP] }).message).toContain('answers ARP')
    expect(onlyFinding(onInterface(`${VIP6}/128`), { vips: [VIP6] }).message).toContain(
      'answers neighbour discovery',
    )
  })

  it('does not concern a VIP of which the host is the director', () => {
    expect(findingIds(drDirector(), { role: 'both', vips: [VIP] })).toEqual([])
    expect(findingIds(drDirector({ services: [] }), { vips: [VIP] })).toContain('vip-on-interface')
  })
})

describe('addresses on interfaces without ARP', () => {
  it('count as VIPs of a real server, except those that every host has', () => {
    const sit0 = link('sit0', { kind: 'sit', type: 'sit', arp: false })
    const addresses = [
      ...addressesWith('192.168.79.102/24'),
      addressEntry('::1/128', 'lo', { scope: 'host' }),
      addressEntry('::192.168.79.102/96', 'sit0'),
      addressEntry('fe80::1/64', 'tunl0', { scope: 'link' }),
    ]
    expect(findingIds(host({ links: [lo, eth0, sit0, tunl0], addresses }))).toEqual([])
    expect(findingIds(host({ addresses: [...addresses, addressEntry('203.0.113.1/32', 'lo')] }))).toEqual([
      'arp-ignore',
      'arp-announce',
    ])
  })

  it('count on a host without services, whatever its role', () => {
    expect(findingIds(drServer({ services: [service(WEB, [])] }), { role: 'real-server' })).toEqual([])
  })
})
