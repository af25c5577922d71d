import { describe, expect, it } from 'vitest'
import { diagnose } from '../../../../../src/host/doctor/doctor.ts'
import { findingIds, fixCalls, onlyFinding } from '../../../../support/host/doctor/findings.ts'
import {
  activeNode,
  addressEntry,
  addressesWith,
  backupNode,
  drDirector,
  drServer,
  natDirector,
  service,
  VIP,
  WEB,
} from '../../../../support/host/doctor/host-facts.ts'

const ACTIVE = '192.168.79.102'
const RESTING = '192.168.79.103'
const rules = (...addresses: string[]) => [
  service(
    WEB,
    addresses.map((address) => ({ address, forwarding: 'dr' }) as const),
  ),
]

describe('backup-forwards', () => {
  const withRules = backupNode({ services: rules(ACTIVE, RESTING) })

  it('is fixed by removing only the destinations on the known director', () => {
    const calls = [`await ipvs.removeDestination('${WEB}', { address: '${ACTIVE}', port: 80 })`]
    expect(fixCalls(onlyFinding(withRules, { peers: [activeNode()] }))).toEqual(calls)
    expect(fixCalls(onlyFinding(withRules, { director: ACTIVE }))).toEqual(calls)
  })

  it('is fixed by removing the service if no other destination is left, or the director is unknown', () => {
    const calls = [`await ipvs.removeService('${WEB}')`]
    expect(fixCalls(onlyFinding(withRules))).toEqual(calls)
    expect(fixCalls(onlyFinding(backupNode({ services: rules(ACTIVE) }), { director: ACTIVE }))).toEqual(
      calls,
    )
  })

  it('is a hint that an operator decides on while the director is not known', () => {
    const { severity, message, fix } = onlyFinding(withRules)
    expect(severity).toBe('hint')
    expect(message).toMatch(/--routed/)
    expect(fix.run).toBeUndefined()
    expect(onlyFinding(withRules, { director: ACTIVE }).severity).toBe('error')
  })

  it('is not found on a director whose VIPs are routed, nor on another one beside it', () => {
    expect(findingIds(withRules, { vips: 'routed' })).toEqual([])
    const other = backupNode({ name: 'other', services: rules(ACTIVE, RESTING) })
    expect(findingIds(withRules, { vips: 'routed', peers: [other] })).toEqual([])
  })

  it('is not found if packets go to other hosts than the known director, or stay on the host', () => {
    expect(findingIds(withRules, { director: '192.168.79.99' })).toEqual([])
    expect(findingIds(backupNode({ services: rules(RESTING) }))).toEqual([])
  })

  it('does not concern NAT, which translates the VIP', () => {
    const services = [service(WEB, [{ address: ACTIVE, forwarding: 'nat' }])]
    const sysctls = { 'net.ipv4.conf.eth0.forwarding': 1, 'net.ipv4.conf.eth0.send_redirects': 0 }
    const facts = backupNode({ services, sysctls: { ...sysctls, 'net.ipv4.conf.all.send_redirects': 0 } })
    expect(findingIds(facts)).toEqual(['nat-same-network'])
  })

  it('is also found from the active node, with a fix for the other node', () => {
    const finding = onlyFinding(activeNode(), { peers: [withRules] })
    expect(finding).toMatchObject({ id: 'backup-forwards', host: 'passive' })
    expect(finding.fix).not.toHaveProperty('run')
  })
})

describe('both-active', () => {
  const own = addressesWith('192.168.79.103/24', addressEntry(`${VIP}/32`, 'eth0'))
  const other = activeNode({ name: 'other', addresses: own })

  it('is found only with the facts of the other host', () => {
    expect(findingIds(activeNode())).toEqual([])
    expect(findingIds(activeNode(), { peers: [backupNode()] })).toEqual([])
    expect(onlyFinding(activeNode(), { peers: [other] })).toMatchObject({ id: 'both-active', subject: VIP })
  })

  it('does not concern directors of different VIPs', () => {
    expect(findingIds(activeNode(), { peers: [natDirector()] })).toEqual([])
  })

  it('is also found for a VIP on lo that is answered for', () => {
    const open = activeNode({
      name: 'open',
      addresses: addressesWith('192.168.79.103/24', addressEntry(`${VIP}/32`, 'lo')),
    })
    expect(findingIds(activeNode(), { peers: [open] })).toEqual(['both-active'])
  })

  it('is fixed by stepping down, with the VIP hidden if the host is also a real server', () => {
    expect(fixCalls(onlyFinding(activeNode(), { peers: [other] }))).toEqual([
      `await ipvs.removeService('${WEB}')`,
      "await host.sysctls.set('net.ipv4.conf.eth0.arp_ignore', 1)",
      "await host.sysctls.set('net.ipv4.conf.eth0.arp_announce', 2)",
      `await host.network.addAddress({ address: '${VIP}/32', interface: 'lo' })`,
      `await host.network.removeAddress({ address: '${VIP}/32', interface: 'eth0' })`,
    ])
    const directors = [drDirector(), drDirector({ name: 'other', addresses: own })] as const
    const facts = { ...directors[0], services: rules('192.168.79.150') }
    expect(fixCalls(onlyFinding(facts, { peers: [directors[1]] }))).toEqual([
      `await ipvs.removeService('${WEB}')`,
      `await host.network.removeAddress({ address: '${VIP}/32', interface: 'eth0' })`,
    ])
  })
})

describe('the real servers of a director', () => {
  it('are checked for the VIPs that it forwards to them', () => {
    const deaf = drServer({ addresses: addressesWith('192.168.79.102/24') })
    const loud = drServer({
      name: 'loud',
      addresses: addressesWith('192.168.79.103/24', addressEntry(`${VIP}/32`, 'lo')),
      sysctls: { 'net.ipv4.conf.all.arp_ignore': 0 },
    })
    const found = diagnose(drDirector(), { peers: [deaf, loud] })
    expect(found.map(({ id, host }) => [host, id])).toEqual([
      ['real-server', 'vip-missing'],
      ['loud', 'arp-ignore'],
    ])
  })

  it('are only the hosts that it forwards packets to', () => {
    const stranger = drServer({ addresses: addressesWith('192.168.79.200/24') })
    expect(findingIds(drDirector(), { peers: [stranger] })).toEqual([])
  })
})
