import { describe, expect, it } from 'vitest'
import type { DestinationInput } from '../../../../../src/ipvs/model/destination.ts'
import { findingIds, fixCalls, onlyFinding } from '../../../../support/host/doctor/findings.ts'
import {
  drDirector,
  natDirector,
  neighbour,
  ROUTES,
  route,
  service,
  tunDirector,
  VIP,
  WEB,
} from '../../../../support/host/doctor/host-facts.ts'

const dr = { address: '192.168.79.102', forwarding: 'dr' } as const
const directorOf = (...destinations: DestinationInput[]) =>
  drDirector({ services: [service(WEB, destinations)] })

describe('destination-port', () => {
  it('concerns only dr and tun', () => {
    expect(findingIds(directorOf({ ...dr, port: 8080 }))).toEqual(['destination-port'])
    const tun = { address: '198.51.100.2', forwarding: 'tun', port: 8080 } as const
    expect(findingIds(tunDirector({ services: [service(WEB, [tun])] }))).toEqual(['destination-port'])
    expect(findingIds(natDirector())).toEqual([])
  })

  it.each([
    ['of every port', `tcp://${VIP}:0`],
    ['of a firewall mark', 'fwmark://7'],
  ])('does not concern a service %s', (_, name) => {
    const persistence = { timeout: 300, mask: '255.255.255.255' }
    const services = [service(name, [{ ...dr, port: 8080 }], { persistence })]
    expect(findingIds(drDirector({ services }))).toEqual([])
  })

  it('does not concern a destination that is the director itself', () => {
    expect(findingIds(directorOf({ ...dr, address: '192.168.79.101', port: 8080 }))).toEqual([])
  })

  it('is fixed by a destination on the right port with the same settings', () => {
    const wrong = { ...dr, port: 8080, weight: 3, upperThreshold: 100, lowerThreshold: 50 }
    expect(onlyFinding(directorOf(wrong)).fix).toMatchObject({
      call:
        `await ipvs.addDestination('${WEB}', { address: '192.168.79.102', port: 80, forwarding: 'dr', weight: 3, upperThreshold: 100, lowerThreshold: 50 })\n` +
        `await ipvs.removeDestination('${WEB}', { address: '192.168.79.102', port: 8080 })`,
      shell:
        `ipvsadm -a -t ${VIP}:80 -r 192.168.79.102:80 -g -w 3 -x 100 -y 50\n` +
        `ipvsadm -d -t ${VIP}:80 -r 192.168.79.102:8080`,
    })
  })

  it('keeps the tunnel settings of the destination', () => {
    const tunnel = { type: 'gue', port: 6080 } as const
    const wrong = { address: '198.51.100.2', forwarding: 'tun', port: 81, tunnel } as const
    const facts = tunDirector({ services: [service(WEB, [wrong])], sysctls: { 'net.ipv4.vs.pmtu_disc': 0 } })
    expect(fixCalls(onlyFinding(facts))[0]).toContain("tunnel: { type: 'gue', port: 6080 }")
  })

  it('is fixed by removal if a destination on the right port exists', () => {
    expect(fixCalls(onlyFinding(directorOf(dr, { ...dr, port: 8080 })))).toEqual([
      `await ipvs.removeDestination('${WEB}', { address: '192.168.79.102', port: 8080 })`,
    ])
  })
})

describe('destination-gateway', () => {
  const far = { ...dr, address: '203.0.113.7' }

  it('concerns only dr, and only destinations with a weight above 0', () => {
    expect(findingIds(directorOf(dr, far))).toEqual(['destination-gateway'])
    expect(findingIds(directorOf(dr, { ...far, weight: 0 }))).toEqual([])
    expect(
      findingIds(
        natDirector({ services: [service('tcp://192.168.4.5:80', [{ ...far, forwarding: 'nat' }])] }),
      ),
    ).toEqual(['send-redirects'])
  })

  it('follows the longest prefix, then the lowest metric', () => {
    const near = route('203.0.113.0/24', { interface: 'eth0' })
    const facts = (...routes: ReturnType<typeof route>[]) =>
      drDirector({ services: [service(WEB, [dr, far])], routes: [...ROUTES, ...routes] })
    expect(findingIds(facts(near))).toEqual([])
    const gateway = { gateway: '192.168.79.9', interface: 'eth0' }
    expect(findingIds(facts(near, route('203.0.113.7/32', gateway)))).toEqual(['destination-gateway'])
    expect(
      findingIds(facts({ ...near, metric: 200 }, route('203.0.113.0/24', { ...gateway, metric: 100 }))),
    ).toEqual(['destination-gateway'])
  })

  it('ignores tables selected by policy rules', () => {
    const elsewhere = route('203.0.113.7/32', { interface: 'eth0', table: 100 })
    const facts = drDirector({ services: [service(WEB, [dr, far])], routes: [...ROUTES, elsewhere] })
    expect(findingIds(facts)).toEqual(['destination-gateway'])
  })
})

describe('destination-unanswered', () => {
  it.each([
    ['failed', true],
    ['incomplete', true],
    ['reachable', false],
    ['stale', false],
    ['probe', false],
    ['permanent', false],
  ] as const)('with a neighbour that is %s: %s', (state, found) => {
    const facts = drDirector({ neighbours: [neighbour('192.168.79.103', state)] })
    expect(findingIds(facts)).toEqual(found ? ['destination-unanswered'] : [])
  })

  it('checks the router if there is one on the route', () => {
    const destination = { address: '203.0.113.7', forwarding: 'tun' } as const
    const facts = tunDirector({
      services: [service(WEB, [destination])],
      sysctls: { 'net.ipv4.vs.pmtu_disc': 0 },
      neighbours: [neighbour('192.168.79.1', 'failed')],
    })
    expect(onlyFinding(facts).message).toContain(
      'No host answers on eth0 when this director resolves 192.168.79.1, the next hop to the destination 203.0.113.7',
    )
  })

  it('does not concern other interfaces, nor destinations of weight 0', () => {
    expect(findingIds(drDirector({ neighbours: [neighbour('192.168.79.103', 'failed', 'eth1')] }))).toEqual(
      [],
    )
    const services = [service(WEB, [dr, { ...dr, address: '192.168.79.103', weight: 0 }])]
    expect(findingIds(drDirector({ services, neighbours: [neighbour('192.168.79.103', 'failed')] }))).toEqual(
      [],
    )
  })
})

describe('no-destination', () => {
  it('is a service without destinations, or with none of weight above 0', () => {
    expect(findingIds(directorOf())).toEqual(['no-destination'])
    expect(findingIds(directorOf({ ...dr, weight: 0 }))).toEqual(['no-destination'])
    expect(findingIds(directorOf(dr, { ...dr, address: '192.168.79.103', weight: 0 }))).toEqual([])
  })

  it('needs a decision: weight 1 for each destination, or removal of the service', () => {
    expect(fixCalls(onlyFinding(directorOf({ ...dr, weight: 0 })))).toEqual([
      `await ipvs.updateDestination('${WEB}', { address: '192.168.79.102', port: 80, weight: 1 })`,
    ])
    expect(fixCalls(onlyFinding(directorOf()))).toEqual([`await ipvs.removeService('${WEB}')`])
  })
})
