import { describe, expect, it } from 'vitest'
import { diagnose, doctor } from '../../../../../src/host/doctor/doctor.ts'
import type { DoctorOptions } from '../../../../../src/host/doctor/model/options.ts'
import { readFacts } from '../../../../../src/host/facts/facts-reader.ts'
import type { HostFacts } from '../../../../../src/host/facts/host-facts.ts'
import type { Host } from '../../../../../src/host/host.ts'
import { findingIds } from '../../../../support/host/doctor/findings.ts'
import {
  addressEntry,
  addressesWith,
  drServer,
  host,
  VIP6,
} from '../../../../support/host/doctor/host-facts.ts'

/** Throws on any access. */
const untouched = new Proxy(
  {},
  {
    get: (_, name) => {
      throw new Error(`${String(name)} was looked at`)
    },
  },
) as Host

describe('the options of a doctor', () => {
  it.each([
    ['a field that there is not', { vip: ['192.0.2.1'] }, 'unknown field `vip` in options; expected one of '],
    ['a role that there is not', { role: 'backup' }, 'role must be one of director, real-server, both'],
    ['an unknown forwarding method', { forwarding: 'local' }, 'forwarding must be one of dr, tun, nat'],
    ['VIPs that are no array', { vips: '192.0.2.1' }, 'vips must be an array'],
    ['a VIP that is no address', { vips: ['192.0.2.1', '192.0.2.2/32'] }, 'vips[1] must be an IPv4 or IPv6'],
    ['a director that is no address', { director: 'lvs1' }, 'director must be an IPv4 or IPv6 address'],
    [
      'an interface that cannot be',
      { interface: '../eth0' },
      'interface must be the name of a network interface',
    ],
    ['services that are no objects', { services: ['tcp://192.0.2.1:80'] }, 'services[0] must be an object'],
    [
      'peers that are no facts',
      { peers: [{ name: 'other' }] },
      'peers[0].services must be as returned by facts()',
    ],
    ['options that are not an object', [], 'options must be an object'],
  ])('reject %s before anything is read', async (_, options, message) => {
    await expect(doctor(untouched, options as unknown as DoctorOptions)).rejects.toThrow(message)
    expect(() => diagnose(host(), options as unknown as DoctorOptions)).toThrow(message)
  })

  it('accept any spelling of an address', () => {
    const facts = drServer({
      addresses: addressesWith('192.168.79.102/24', addressEntry(`${VIP6}/64`, 'lo')),
    })
    expect(findingIds(facts, { vips: ['2001:0DB8:0::0010'] })).toEqual(['vip-prefix'])
  })

  it('reject facts that are not those of a host', () => {
    expect(() => diagnose([] as unknown as HostFacts)).toThrow('facts must be an object')
    const { sysctls: _, ...rest } = host()
    expect(() => diagnose(rest as HostFacts)).toThrow('facts.sysctls must be as returned by facts()')
  })
})

describe('the options of facts', () => {
  it.each([
    [
      'a field that there is not',
      { netns: '/run/netns/other' },
      'unknown field `netns` in options; expected one of ',
    ],
    ['a name that is no text', { name: 1 }, 'name must be a string'],
  ])('reject %s', async (_, options, message) => {
    await expect(readFacts(untouched, options as object)).rejects.toThrow(message)
  })
})
