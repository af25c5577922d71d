import { describe, expect, it } from 'vitest'
import { findingIds, fixCalls, onlyFinding } from '../../../../support/host/doctor/findings.ts'
import {
  addressEntry,
  addressesWith,
  drDirector,
  eth0,
  link,
  lo,
  natDirector,
  natServer,
  route,
  service,
  VIP6,
  WEB,
} from '../../../../support/host/doctor/host-facts.ts'

const eth1 = 'net.ipv4.conf.eth1.forwarding'

describe('ip-forward', () => {
  it('checks the interface of the real servers, and names the global switch if that is off', () => {
    const facts = natDirector({ sysctls: { 'net.ipv4.ip_forward': 0, [eth1]: 0 } })
    expect(fixCalls(onlyFinding(facts))).toEqual(["await host.sysctls.set('net.ipv4.ip_forward', 1)"])
  })

  it('names the interface if only that is off', () => {
    const finding = onlyFinding(natDirector({ sysctls: { [eth1]: 0 } }))
    expect(finding.subject).toBe('eth1')
    expect(fixCalls(finding)).toEqual(["await host.sysctls.set('net.ipv4.conf.eth1.forwarding', 1)"])
  })

  it('is not found if the interface forwards, whatever the values of all and of other interfaces', () => {
    const sysctls = { 'net.ipv4.ip_forward': 0, 'net.ipv4.conf.eth0.forwarding': 0 }
    expect(findingIds(natDirector({ sysctls }))).toEqual([])
  })

  it('spells an interface name with a dot as sysctl(8) does', () => {
    const facts = natDirector({
      links: [lo, eth0, link('eth0.100')],
      routes: [route('192.168.5.0/24', { interface: 'eth0.100' })],
    })
    expect(onlyFinding(facts).fix.shell).toBe('sysctl -w net.ipv4.conf.eth0/100.forwarding=1')
  })

  it('does not concern other forwarding methods, nor a destination on the director itself', () => {
    expect(findingIds(drDirector())).toEqual([])
    const services = [service(WEB, [{ address: '192.168.79.101', forwarding: 'nat' }])]
    expect(findingIds(drDirector({ services }))).toEqual([])
  })
})

describe('ipv6-forwarding', () => {
  const director = (sysctls = {}) =>
    natDirector({
      addresses: [addressEntry(`${VIP6}/128`, 'eth0')],
      routes: [route('2001:db8:5::/64', { interface: 'eth1' })],
      services: [service(`tcp://[${VIP6}]:80`, [{ address: '2001:db8:5::11', forwarding: 'nat' }])],
      sysctls,
    })

  it('checks the sysctl of all, whatever the value for IPv4', () => {
    expect(fixCalls(onlyFinding(director()))).toEqual([
      "await host.sysctls.set('net.ipv6.conf.all.forwarding', 1)",
    ])
    expect(findingIds(director({ 'net.ipv6.conf.all.forwarding': 1 }))).toEqual([])
  })

  it('is not found if the interface has force_forwarding (since Linux 6.17)', () => {
    expect(findingIds(director({ 'net.ipv6.conf.eth1.force_forwarding': 1 }))).toEqual([])
    expect(findingIds(director({ 'net.ipv6.conf.eth0.force_forwarding': 1 }))).toEqual(['ipv6-forwarding'])
  })
})

describe('send-redirects', () => {
  const oneArmed = (all: number, own: number, changes = {}) =>
    natDirector({
      routes: [route('192.168.79.0/24', { interface: 'eth0' })],
      addresses: addressesWith('192.168.79.101/24', addressEntry('203.0.113.9/32', 'eth0')),
      services: [service('tcp://203.0.113.9:80', [{ address: '192.168.79.102', forwarding: 'nat' }])],
      sysctls: {
        'net.ipv4.conf.all.send_redirects': all,
        'net.ipv4.conf.eth0.send_redirects': own,
      },
      ...changes,
    })

  it.each([
    [1, 1, ['all', 'eth0']],
    [1, 0, ['all']],
    [0, 1, ['eth0']],
    [0, 0, []],
  ])('with %i for all and %i for eth0 is fixed for %j', (all, own, owners) => {
    const facts = oneArmed(all, own)
    const calls = owners.map((owner) => `await host.sysctls.set('net.ipv4.conf.${owner}.send_redirects', 0)`)
    expect(owners.length === 0 ? findingIds(facts) : fixCalls(onlyFinding(facts))).toEqual(calls)
  })

  it('does not concern real servers in a separate network', () => {
    expect(findingIds(natDirector())).toEqual([])
  })

  it('concerns real servers in the network of the default route', () => {
    const routes = [route('default', { gateway: '192.168.79.1', interface: 'eth0' })]
    const addresses = addressesWith('192.168.79.101/24', addressEntry('203.0.113.9/32', 'lo'))
    expect(findingIds(oneArmed(1, 1, { routes, addresses }))).toEqual(['send-redirects'])
  })
})

describe('conntrack', () => {
  const tracking = (trackedConnections: number | null, sysctls = {}) =>
    natDirector({ trackedConnections, sysctls })

  it('is found if connections are tracked, except those of IPVS', () => {
    expect(findingIds(tracking(1))).toEqual(['conntrack'])
    expect(findingIds(tracking(0))).toEqual([])
    expect(findingIds(tracking(null))).toEqual([])
    expect(findingIds(tracking(1, { 'net.ipv4.vs.conntrack': 1 }))).toEqual([])
  })

  it('does not concern a kernel without connection tracking, nor other forwarding methods', () => {
    const { 'net.ipv4.vs.conntrack': _, ...sysctls } = tracking(1).sysctls
    expect(findingIds({ ...tracking(1), sysctls })).toEqual([])
    expect(findingIds(drDirector({ trackedConnections: 1 }))).toEqual([])
  })
})

describe('default-route', () => {
  const director = '192.168.5.10'
  const options = { forwarding: 'nat', director } as const
  const server = (...routes: ReturnType<typeof route>[]) => natServer({ routes })
  const via = (gateway: string, changes = {}) => route('default', { gateway, interface: 'eth0', ...changes })

  it('is not found if the effective default route leads to the director', () => {
    expect(findingIds(server(via(director)), options)).toEqual([])
    expect(findingIds(server(via('192.168.5.1', { metric: 100 }), via(director)), options)).toEqual([])
    const nextHops = [{ gateway: director, interface: 'eth0', weight: 1 }]
    expect(findingIds(server(route('default', { nextHops })), options)).toEqual([])
  })

  it('is checked for the named director only, and not without one', () => {
    expect(findingIds(server(via('192.168.5.1')), { director })).toEqual(['default-route'])
    expect(findingIds(server(via('192.168.5.1')), { forwarding: 'nat' })).toEqual([])
  })

  it.each([
    ['is fixed by replacing a route with the same metric', via('192.168.5.1'), 2],
    ['is fixed by adding a route before one with a higher metric', via('192.168.5.1', { metric: 100 }), 1],
  ])('%s', (_, old, calls) => {
    const found = fixCalls(onlyFinding(server(old), options))
    expect(found).toHaveLength(calls)
    expect(found.at(-1)).toBe(
      `await host.network.addRoute({ destination: 'default', gateway: '${director}' })`,
    )
  })

  it('is fixed by replacing an IPv6 route with the default metric', () => {
    const old = via('2001:db8:5::1', { family: 'ipv6', metric: 1024 })
    const finding = onlyFinding(server(old), { forwarding: 'nat', director: '2001:DB8:5::10' })
    expect(finding.fix.shell.split('\n')).toEqual([
      'ip -6 route del default via 2001:db8:5::1 dev eth0 metric 1024',
      'ip route add default via 2001:db8:5::10',
    ])
  })

  it('is checked only in the families of the destinations', () => {
    const addresses = [...natDirector().addresses, addressEntry('2001:db8:5::10/64', 'eth1')]
    expect(findingIds(natDirector({ addresses }), { peers: [natServer()] })).toEqual([])
  })

  it('is checked on each real server whose facts the director has', () => {
    const other = server(via('192.168.5.1'))
    expect(onlyFinding(natDirector(), { peers: [other] })).toMatchObject({
      id: 'default-route',
      host: 'real-server',
      fix: { call: expect.stringContaining(`gateway: '${director}'`) },
    })
  })
})
