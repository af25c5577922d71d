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

/** A real server with these values, the rest being healthy. */
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
  ])('with %i for all and %i for eth0: %s', (all, own, found) => {
    expect(findingIds(withArp('arp_ignore', all, own))).toEqual(found ? ['arp-ignore'] : [])
  })

  it('knows that level 3 is enough for an address of scope host', () => {
    const addresses = addressesWith('192.168.79.102/24', addressEntry(`${VIP}/32`, 'lo', { scope: 'host' }))
    const facts = drServer({ addresses, sysctls: { 'net.ipv4.conf.all.arp_ignore': 3 } })
    expect(findingIds(facts)).toEqual([])
  })

  it.each([
    ['sets the interface where all says nothing', 0, 0, ['eth0']],
    ['sets all where that outdoes the interface', 4, 1, ['all']],
    ['sets the interface where that outdoes all', 1, 3, ['eth0']],
    ['sets both where either would outdo the other', 4, 7, ['all', 'eth0']],
    ['sets the interface where what is there means nothing', 0, 9, ['eth0']],
  ])('%s', (_, all, own, owners) => {
    const expected = owners.map((owner) => `await host.sysctls.set('net.ipv4.conf.${owner}.arp_ignore', 1)`)
    expect(fixCalls(onlyFinding(withArp('arp_ignore', all, own)))).toEqual(expected)
  })

  it('says which interface, which VIPs, and what the level acts as', () => {
    expect(onlyFinding(withArp('arp_ignore', 5, 1))).toMatchObject({
      subject: 'eth0',
      message: `eth0 of this real server answers ARP for ${VIP} in the place of the director (arp_ignore acts as 0).`,
      fix: { shell: 'sysctl -w net.ipv4.conf.all.arp_ignore=1' },
    })
  })

  it('is looked for on every network, or on the one that was named', () => {
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

  it('does not concern IPv6, which answers for the addresses of the interface alone', () => {
    const addresses = addressesWith('192.168.79.102/24', addressEntry(`${VIP6}/128`, 'lo'))
    expect(findingIds(drServer({ addresses, sysctls: { 'net.ipv4.conf.all.arp_ignore': 0 } }))).toEqual([])
  })

  it('does not concern a VIP behind a tunnel that is of another network', () => {
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
  ])('with %i for all and %i for eth0: %s', (all, own, found) => {
    expect(findingIds(withArp('arp_announce', all, own))).toEqual(found ? ['arp-announce'] : [])
  })

  it('knows that level 1 is enough for a VIP of another network', () => {
    const addresses = addressesWith('192.168.80.102/24', addressEntry(`${VIP}/32`, 'lo'))
    const facts = (level: number) =>
      drServer({ addresses, sysctls: { 'net.ipv4.conf.all.arp_announce': level } })
    expect(findingIds(facts(1))).toEqual([])
    expect(findingIds(facts(0))).toEqual(['arp-announce'])
  })
})

describe('whatever the values of all and the interface are', () => {
  const level = fc.integer({ min: -1, max: 10 })
  it.each(['arp_ignore', 'arp_announce'] as const)('one mend of %s is enough', (setting) => {
    fc.assert(
      fc.property(level, level, (all, own) => {
        const facts = withArp(setting, all, own)
        for (const finding of diagnose(facts)) expect(diagnose(factsAfterFix(facts, finding))).toEqual([])
      }),
    )
  })
})
