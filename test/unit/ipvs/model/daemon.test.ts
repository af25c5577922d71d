import { describe, expect, it } from 'vitest'
import {
  type Daemon,
  type DaemonInput,
  readDaemon,
  type SyncRole,
  writeDaemon,
  writeRole,
} from '../../../../src/ipvs/model/daemon.ts'
import { DAEMON } from '../../../../src/ipvs/protocol/attributes.ts'
import { writeAttribute } from '../../../../src/netlink/wire/attributes.ts'
import { LITTLE_ENDIAN, WireWriter } from '../../../../src/netlink/wire/wire.ts'
import { refusal, written } from '../../../support/ipvs/encoding.ts'

const { fields } = DAEMON
const MASTER = { role: 'master', interface: 'eth0' } as const

const write = (input: object) =>
  written(DAEMON, (writer) => writeDaemon(writer, { ...MASTER, ...input } as DaemonInput))

describe('a daemon', () => {
  it('needs a role and an interface, and its default synchronisation id is 0', () => {
    const set = write({})
    expect([set.get(fields.state), set.get(fields.interface), set.get(fields.syncId)]).toEqual([1, 'eth0', 0])
  })

  it('leaves omitted settings to the kernel', () => {
    const set = write({})
    for (const field of [fields.maximumLength, fields.group, fields.group6, fields.port, fields.ttl]) {
      expect(set.has(field)).toBe(false)
    }
  })

  it.each<Daemon>([
    {
      role: 'master',
      interface: 'eth0',
      syncId: 255,
      maximumLength: 1472,
      group: '224.0.0.81',
      port: 8848,
      ttl: 1,
    },
    {
      role: 'backup',
      interface: 'a'.repeat(15),
      syncId: 0,
      maximumLength: 65507,
      group: 'ff02::81',
      port: 65535,
      ttl: 255,
    },
    {
      role: 'backup',
      interface: 'b',
      syncId: 1,
      maximumLength: 1,
      group: '239.255.255.255',
      port: 1,
      ttl: 1,
    },
  ])('is read as it was written: %o', (daemon) => {
    expect(readDaemon(write(daemon))).toEqual(daemon)
  })

  it('has its port in host order, unlike every other port', () => {
    const writer = new WireWriter()
    writeDaemon(writer, { ...MASTER, port: 8848 })
    const offset = write({ port: 8848 }).offsetOf(fields.port)
    expect(writer.view.getUint16(offset, LITTLE_ENDIAN)).toBe(8848)
  })

  it('has a group of four or sixteen bytes, each in its own attribute', () => {
    expect([...write({ group: '224.0.0.81' }).require(fields.group)]).toEqual([224, 0, 0, 81])
    expect([...write({ group: 'ff02::81' }).require(fields.group6)]).toEqual([
      0xff,
      2,
      ...new Array(13).fill(0),
      0x81,
    ])
  })

  it.each(['224.0.0.0', '239.1.2.3', 'ff00::', 'FF02::1', 'ffff::1'])('may have the group %s', (group) => {
    expect(readDaemon(write({ group })).group).toBe(group.toLowerCase())
  })

  it.each<[string, object, 'TypeError' | 'RangeError', string]>([
    ['no role', { role: undefined }, 'TypeError', 'role'],
    ['an unknown role', { role: 'slave' }, 'TypeError', 'role'],
    ['a role in numbers', { role: 1 }, 'TypeError', 'role'],
    ['no interface', { interface: undefined }, 'TypeError', 'interface'],
    ['an interface without a name', { interface: '' }, 'TypeError', 'interface'],
    ['an interface of 16 characters', { interface: 'e'.repeat(16) }, 'RangeError', 'interface'],
    ['a synchronisation id beyond a byte', { syncId: 256 }, 'RangeError', 'syncId'],
    ['messages of no bytes', { maximumLength: 0 }, 'RangeError', 'maximumLength'],
    ['messages longer than UDP takes', { maximumLength: 65508 }, 'RangeError', 'maximumLength'],
    ['port 0, which would be the default', { port: 0 }, 'RangeError', 'port'],
    ['no hops', { ttl: 0 }, 'RangeError', 'ttl'],
    ['256 hops', { ttl: 256 }, 'RangeError', 'ttl'],
    ['a group that is no address', { group: 'all' }, 'TypeError', 'group'],
    ['a group of one host', { group: '192.0.2.1' }, 'RangeError', 'group'],
    ['a group just below the multicast addresses', { group: '223.255.255.255' }, 'RangeError', 'group'],
    ['a group just above the multicast addresses', { group: '240.0.0.0' }, 'RangeError', 'group'],
    ['a group of one IPv6 host', { group: '2001:db8::1' }, 'RangeError', 'group'],
    ['a group that only begins with ff in text', { group: 'ff::1' }, 'RangeError', 'group'],
    ['a misspelled field', { syncID: 1 }, 'TypeError', 'daemon.syncID'],
  ])('cannot have %s', (_, input, name, field) => {
    expect(() => write(input)).toThrow(expect.objectContaining(refusal(name, field)))
  })

  it.each([[null], [undefined], ['master'], [[]]])('cannot be %j', (input) => {
    expect(() => writeDaemon(new WireWriter(), input as unknown as DaemonInput)).toThrow(
      expect.objectContaining(refusal('TypeError', 'daemon')),
    )
  })
})

describe('a role', () => {
  it.each([
    ['master', 1],
    ['backup', 2],
  ] as const)('%s has the number %i', (role, number) => {
    expect(written(DAEMON, (writer) => writeRole(writer, role)).get(fields.state)).toBe(number)
  })

  it.each([undefined, null, 1, 'both'])('cannot be %j', (role) => {
    expect(() => writeRole(new WireWriter(), role as SyncRole)).toThrow(
      expect.objectContaining(refusal('TypeError', 'role')),
    )
  })
})

describe('a daemon of an older kernel', () => {
  it('has only the attributes from before Linux 4.3', () => {
    const set = written(DAEMON, (writer) => {
      writeAttribute(writer, fields.state, 2)
      writeAttribute(writer, fields.interface, 'eth0')
      writeAttribute(writer, fields.syncId, 7)
    })
    const unknown = { maximumLength: 0, group: '0.0.0.0', port: 0, ttl: 0 }
    expect(readDaemon(set)).toEqual({ role: 'backup', interface: 'eth0', syncId: 7, ...unknown })
  })

  it('must have a state; a state without a name keeps its number', () => {
    expect(() => readDaemon(written(DAEMON, () => {}))).toThrow(
      expect.objectContaining({ code: 'ERR_LVS_MALFORMED' }),
    )
    expect(readDaemon(written(DAEMON, (writer) => writeAttribute(writer, fields.state, 3))).role).toBe(3)
  })
})
