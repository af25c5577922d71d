import { describe, expect, it } from 'vitest'
import { findingIds, onlyFinding } from '../../../../support/host/doctor/findings.ts'
import {
  addressesWith,
  natDirector,
  natServer,
  oneNetworkDirector,
  ROUTES,
  route,
  service,
  VIP,
  WEB,
} from '../../../../support/host/doctor/host-facts.ts'

describe('nat-same-network', () => {
  it('says that clients of the network cannot be served, and what works', () => {
    const { severity, subject, message, symptom, fix } = onlyFinding(oneNetworkDirector())
    expect([severity, subject]).toEqual(['warning', '192.168.79.0/24'])
    expect(message).toContain('NAT cannot serve clients of that network')
    expect(symptom).toMatch(/dr, real servers in a network of their own, or masquerading/)
    expect(fix.shell).toBe(`ipvsadm -e -t ${VIP}:80 -r 192.168.79.102:80 -g -w 1`)
    expect(fix).not.toHaveProperty('run')
  })

  it('is an error without a default route, because all clients are there', () => {
    const [network] = ROUTES
    expect(onlyFinding(oneNetworkDirector({ routes: [network!] })).severity).toBe('error')
  })

  it('replaces a destination on another port, because dr cannot translate ports', () => {
    const services = [service(WEB, [{ address: '192.168.79.102', port: 8080, forwarding: 'nat' }])]
    expect(onlyFinding(oneNetworkDirector({ services })).fix.shell.split('\n')).toEqual([
      `ipvsadm -a -t ${VIP}:80 -r 192.168.79.102:80 -g -w 1`,
      `ipvsadm -d -t ${VIP}:80 -r 192.168.79.102:8080`,
    ])
  })

  it('does not concern real servers in a network of their own or behind a router', () => {
    expect(findingIds(natDirector())).toEqual([])
    const routes = [...ROUTES, route('192.168.80.0/24', { gateway: '192.168.79.9', interface: 'eth0' })]
    const services = [service(WEB, [{ address: '192.168.80.2', forwarding: 'nat' }])]
    expect(findingIds(oneNetworkDirector({ routes, services }))).toEqual([])
  })

  it('is not found if the real server replies to the network through the director', () => {
    const server = (routes: typeof ROUTES) =>
      natServer({ addresses: addressesWith('192.168.79.102/24'), routes })
    const viaDirector = [route('default', { gateway: '192.168.79.101', interface: 'eth0' })]
    expect(findingIds(oneNetworkDirector(), { peers: [server(viaDirector)] })).toEqual([])
    expect(findingIds(oneNetworkDirector(), { peers: [server([ROUTES[0]!, ...viaDirector])] })).toEqual([
      'nat-same-network',
    ])
  })

  it('is found on the real server if the options name the virtual address', () => {
    const facts = natServer({
      addresses: addressesWith('192.168.79.102/24'),
      routes: [ROUTES[0]!, route('default', { gateway: '192.168.79.101', interface: 'eth0' })],
    })
    const options = { forwarding: 'nat', director: '192.168.79.101' } as const
    expect(findingIds(facts, options)).toEqual([])
    const { id, fix } = onlyFinding(facts, { ...options, vips: [VIP] })
    expect(id).toBe('nat-same-network')
    expect(fix.shell.split('\n')).toEqual([
      'ip route add 192.168.79.101 dev eth0',
      'ip route del 192.168.79.0/24 dev eth0',
    ])
  })
})
