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

  it('takes back no more than what leads to the director, where that is known', () => {
    const calls = [`await ipvs.removeDestination('${WEB}', { address: '${ACTIVE}', port: 80 })`]
    expect(fixCalls(onlyFinding(withRules, { peers: [activeNode()] }))).toEqual(calls)
    expect(fixCalls(onlyFinding(withRules, { director: ACTIVE }))).toEqual(calls)
  })

  it('takes the service away where nothing else is left of it, or nobody knows who directs', () => {
    const calls = [`await ipvs.removeService('${WEB}')`]
    expect(fixCalls(onlyFinding(withRules))).toEqual(calls)
    expect(fixCalls(onlyFinding(backupNode({ services: rules(ACTIVE) }), { director: ACTIVE }))).toEqual(
      calls,
    )
  })

  it('is not found where packets go to others than the known director, or stay here', () => {
    expect(findingIds(withRules, { director: '192.168.79.99' })).toEqual([])
    expect(findingIds(backupNode({ services: rules(RESTING) }))).toEqual([])
  })

  it('does not concern NAT, which puts another address in the place of the VIP', () => {
    const services = [service(WEB, [{ address: ACTIVE, forwarding: 'nat' }])]
    const sysctls = { 'net.ipv4.conf.eth0.forwarding': 1, 'net.ipv4.conf.eth0.send_redirects': 0 }
    const facts = backupNode({ services, sysctls: { ...sysctls, 'net.ipv4.conf.all.send_redirects': 0 } })
    expect(findingIds(facts)).toEqual([])
  })

  it('is seen from the active node too, and is to be mended on the other', () => {
    const finding = onlyFinding(activeNode(), { peers: [withRules] })
    expect(finding).toMatchObject({ id: 'backup-forwards', host: 'resting' })
    expect(finding.fix).not.toHaveProperty('run')
  })
})

describe('both-active', () => {
  const own = addressesWith('192.168.79.103/24', addressEntry(`${VIP}/32`, 'eth0'))
  const other = activeNode({ name: 'other', addresses: own })

  it('needs the facts of the other one', () => {
    expect(findingIds(activeNode())).toEqual([])
    expect(findingIds(activeNode(), { peers: [backupNode()] })).toEqual([])
    expect(onlyFinding(activeNode(), { peers: [other] })).toMatchObject({ id: 'both-active', subject: VIP })
  })

  it('does not concern directors of different VIPs', () => {
    expect(findingIds(activeNode(), { peers: [natDirector()] })).toEqual([])
  })

  it('is found by a VIP on lo as well, as long as it is answered for', () => {
    const open = activeNode({
      name: 'open',
      addresses: addressesWith('192.168.79.103/24', addressEntry(`${VIP}/32`, 'lo')),
    })
    expect(findingIds(activeNode(), { peers: [open] })).toEqual(['both-active'])
  })

  it('is mended by stepping down, with the VIP hidden where the host is a real server as well', () => {
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
  it('are looked at for the VIPs that it sends them', () => {
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

  it('are only those that it sends something', () => {
    const stranger = drServer({ addresses: addressesWith('192.168.79.200/24') })
    expect(findingIds(drDirector(), { peers: [stranger] })).toEqual([])
  })
})
