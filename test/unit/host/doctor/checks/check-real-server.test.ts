import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diagnose } from '../../../../../src/host/doctor/doctor.ts'
import type { HostFacts } from '../../../../../src/host/facts/host-facts.ts'
import { factsAfterFix, findingIds, fixCalls, onlyFinding } from '../../../../support/host/doctor/findings.ts'
import {
  addressEntry,
  addressesWith,
  drServer,
  eth0,
  eth1,
  lo,
  tunServer,
  VIP,
  VIP6,
} from '../../../../support/host/doctor/host-facts.ts'

/** A healthy real server except for these values. */
function withArp(setting: 'arp_ignore' | 'arp_announce', all: number, own: number): HostFacts {
  return drServer({
    sysctls: { [`net.ipv4.conf.all.${setting}`]: all, [`net.ipv4.conf.eth0.${setting}`]: own },
  })
}

describe('arp-ignore', () => {
  it.each([
    [0, 0, true],
    [0, 1, false],
    [1, 0, false],
    [1, 1, false],
    [2, 0, false],
    [8, 0, false],
    [3, 0, true],
    [1, 3, true],
    [4, 1, true],
    [1, 7, true],
    [9, 1, true],
    [8, 9, true],
    [-1, 1, false],
    [-1, -1, true],
  ])('is found with %i for all and %i for eth0: %s', (all, own, found) => {
    expect(findingIds(withArp('arp_ignore', all, own))).toEqual(found ? ['arp-ignore'] : [])
  })

  it('is not found with 3 for an address of scope host', () => {
    const addresses = addressesWith('192.168.79.102/24', addressEntry(`${VIP}/32`, 'lo', { scope: 'host' }))
    const facts = drServer({ addresses, sysctls: { 'net.ipv4.conf.all.arp_ignore': 3 } })
    expect(findingIds(facts)).toEqual([])
  })

  it.each([
    ['is fixed on the interface if all is 0', 0, 0, ['eth0']],
    ['is fixed on all if that overrides the interface', 4, 1, ['all']],
    ['is fixed on the interface if that overrides all', 1, 3, ['eth0']],
    ['is fixed on both if either overrides the other', 4, 7, ['all', 'eth0']],
    ['is fixed on the interface if its value is undefined', 0, 9, ['eth0']],
  ])('%s', (_, all, own, owners) => {
    const expected = owners.map((owner) => `await host.sysctls.set('net.ipv4.conf.${owner}.arp_ignore', 1)`)
    expect(fixCalls(onlyFinding(withArp('arp_ignore', all, own)))).toEqual(expected)
  })

  it('names the interface, the VIPs and the effective value', () => {
    expect(onlyFinding(withArp('arp_ignore', 5, 1))).toMatchObject({
      subject: 'eth0',
      message: `eth0 of this real server answers ARP for ${VIP} instead of the director (arp_ignore is 0 in effect).`,
      fix: { shell: 'sysctl -w net.ipv4.conf.all.arp_ignore=1' },
    })
  })

  it('is checked on every network, or only on the named interface', () => {
    const facts = drServer({ links: [lo, eth0, eth1], sysctls: { 'net.ipv4.conf.all.arp_ignore': 0 } })
    expect(diagnose(facts).map(({ subject }) => subject)).toEqual(['eth0', 'eth1'])
    expect(diagnose(facts, { interface: 'eth1' }).map(({ subject }) => subject)).toEqual(['eth1'])
  })

  it.each([
    ['is down', { ...eth1, up: false }],
    ['does without ARP', { ...eth1, arp: false, kind: 'dummy' }],
    ['is a port of a bridge', { ...eth1, master: 'br0' }],
  ])('does not concern an interface that %s', (_, link) => {
    const sysctls = { 'net.ipv4.conf.all.arp_ignore': 0, 'net.ipv4.conf.eth0.arp_ignore': 1 }
    expect(findingIds(drServer({ links: [lo, eth0, link], sysctls }))).toEqual([])
  })

  it('does not concern IPv6, which answers only for addresses of the interface', () => {
    const addresses = addressesWith('192.168.79.102/24', addressEntry(`${VIP6}/128`, 'lo'))
    expect(findingIds(drServer({ addresses, sysctls: { 'net.ipv4.conf.all.arp_ignore': 0 } }))).toEqual([])
  })

  it('does not concern a VIP of another network behind a tunnel', () => {
    expect(findingIds(tunServer())).toEqual([])
    const near = tunServer({
      addresses: addressesWith('192.168.79.102/24', addressEntry(`${VIP}/32`, 'tunl0')),
    })
    expect(findingIds(near)).toEqual(['arp-ignore', 'arp-announce'])
  })
})

describe('arp-announce', () => {
  it.each([
    [0, 0, true],
    [0, 2, false],
    [2, 0, false],
    [1, 0, true],
    [3, 2, true],
    [-1, 2, false],
    [-1, -1, true],
  ])('is found with %i for all and %i for eth0: %s', (all, own, found) => {
    expect(findingIds(withArp('arp_announce', all, own))).toEqual(found ? ['arp-announce'] : [])
  })

  it('is not found with 1 for a VIP of another network', () => {
    const addresses = addressesWith('192.168.80.102/24', addressEntry(`${VIP}/32`, 'lo'))
    const facts = (level: number) =>
      drServer({ addresses, sysctls: { 'net.ipv4.conf.all.arp_announce': level } })
    expect(findingIds(facts(1))).toEqual([])
    expect(findingIds(facts(0))).toEqual(['arp-announce'])
  })
})

describe('with any values of all and the interface', () => {
  const level = fc.integer({ min: -1, max: 10 })
  it.each(['arp_ignore', 'arp_announce'] as const)('one fix of %s is sufficient', (setting) => {
    fc.assert(
      fc.property(level, level, (all, own) => {
        const facts = withArp(setting, all, own)
        for (const finding of diagnose(facts)) expect(diagnose(factsAfterFix(facts, finding))).toEqual([])
      }),
    )
  })
})
