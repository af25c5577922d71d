import { describe, expect, it } from 'vitest'
import { AttributeSet, writeAttribute } from '../../../../src/netlink/wire/attributes.ts'
import type { WireWriter } from '../../../../src/netlink/wire/wire.ts'
import type { LinkInput } from '../../../../src/route/model/link.ts'
import {
  GRE_TUNNEL,
  IP_TUNNEL,
  LINK,
  LINK_HEADER,
  LINK_INFO,
} from '../../../../src/route/protocol/attributes.ts'
import type { SentMessage } from '../../../support/netlink/answers.ts'
import { attributesIn, open, structureIn } from '../../../support/route/fake-network.ts'

const EEXIST = 17
const EOPNOTSUPP = 95

/** The attributes for the kind of a link. */
function infoOf(kind: string, data: (writer: WireWriter) => void = () => {}): (writer: WireWriter) => void {
  return (writer) => {
    const info = writer.beginNest(LINK.fields.info.type)
    writeAttribute(writer, LINK_INFO.fields.kind, kind)
    const nest = writer.beginNest(LINK_INFO.fields.data.type)
    data(writer)
    writer.endNest(nest)
    writer.endNest(info)
  }
}

const ends = (writer: WireWriter) => {
  writeAttribute(writer, IP_TUNNEL.fields.local, '192.0.2.1')
  writeAttribute(writer, IP_TUNNEL.fields.remote, '0.0.0.0')
  writeAttribute(writer, IP_TUNNEL.fields.ttl, 64)
}

/** The kind of a link in a request, and the settings of its tunnel. */
function infoIn(message: SentMessage) {
  const info = attributesIn(message, LINK_HEADER, LINK).requireNest(
    LINK.fields.info,
    new AttributeSet(LINK_INFO),
  )
  const kind = info.require(LINK_INFO.fields.kind)
  const table = kind.endsWith('gre') ? GRE_TUNNEL : IP_TUNNEL
  const start = info.offsetOf(LINK_INFO.fields.data)
  const set = new AttributeSet<typeof GRE_TUNNEL.fields | typeof IP_TUNNEL.fields>(table)
  set.readStrictly(info.view, start, start + info.lengthOf(LINK_INFO.fields.data))
  const { local, remote, ttl, flags, external } = table.fields
  return {
    kind,
    ...{ local: set.get(local), remote: set.get(remote), ttl: set.get(ttl), flags: set.get(flags) },
    external: set.has(external),
  }
}

describe('links', () => {
  it('have the properties that the kernel reports', async () => {
    const { network, kernel } = await open()
    kernel.links.push(
      { index: 4, name: 'br0', address: '02:00:00:00:00:04', flags: 0, more: infoOf('bridge') },
      { index: 5, name: 'eth1', address: '02:00:00:00:00:05', flags: 1, master: 4, mtu: 9000 },
      { index: 6, name: 'tun1', type: 768, flags: 0xc1, address: 'c0:00:02:01', more: infoOf('ipip', ends) },
      { index: 7, name: 'odd', type: 4242 },
    )
    expect(await network.links()).toEqual([
      {
        ...{ index: 1, name: 'lo', type: 'loopback', up: true, running: true, arp: true, mtu: 65536 },
        address: '00:00:00:00:00:00',
      },
      {
        ...{ index: 2, name: 'eth0', type: 'ether', up: true, running: true, arp: true, mtu: 1500 },
        address: '02:00:00:00:00:01',
      },
      { index: 3, name: 'tunl0', type: 'ipip', up: true, running: true, arp: false, mtu: 1480 },
      {
        ...{ index: 4, name: 'br0', type: 'ether', kind: 'bridge', up: false, running: false, arp: true },
        ...{ mtu: 1500, address: '02:00:00:00:00:04' },
      },
      {
        ...{ index: 5, name: 'eth1', type: 'ether', up: true, running: false, arp: true, mtu: 9000 },
        ...{ address: '02:00:00:00:00:05', master: 'br0' },
      },
      {
        ...{ index: 6, name: 'tun1', type: 'ipip', kind: 'ipip', up: true, running: true, arp: false },
        ...{ mtu: 1500, tunnel: { local: '192.0.2.1', ttl: 64, external: false } },
      },
      { index: 7, name: 'odd', type: 4242, up: true, running: true, arp: true, mtu: 1500 },
    ])
  })

  it('are found by name; undefined if there is none', async () => {
    const { network, kernel } = await open()
    kernel.links.push({ index: 4, name: 'br-ü' }, { index: 5, name: 'eth1', master: 4 })
    expect(await network.findLink('eth0')).toMatchObject({ index: 2, name: 'eth0' })
    expect(await network.findLink('eth1')).toMatchObject({ index: 5, master: 'br-ü' })
    expect(await network.findLink('br-ü')).toMatchObject({ index: 4 })
    expect(await network.findLink('eth9')).toBeUndefined()
    await expect(network.findLink('eth/9')).rejects.toMatchObject({ field: 'name' })
  })
})

describe('addLink', () => {
  it.each<[LinkInput, object]>([
    [
      { name: 'd0', kind: 'dummy' },
      { kind: 'dummy', local: undefined, flags: undefined },
    ],
    [
      { name: 't0', kind: 'ipip', local: '192.0.2.1', remote: '192.0.2.2', ttl: 64 },
      { kind: 'ipip', local: '192.0.2.1', remote: '192.0.2.2', ttl: 64, flags: undefined, external: false },
    ],
    [
      { name: 't0', kind: 'sit', external: true },
      { kind: 'sit', external: true },
    ],
    [
      { name: 't0', kind: 'ip6tnl', remote: '2001:DB8::2' },
      { kind: 'ip6tnl', remote: '2001:db8::2', flags: 1 },
    ],
    [
      { name: 't0', kind: 'gre', local: '192.0.2.1' },
      { kind: 'gre', local: '192.0.2.1', flags: undefined },
    ],
    [
      { name: 't0', kind: 'ip6gre', local: '2001:db8::1', ttl: 3 },
      { kind: 'ip6gre', ttl: 3, flags: 1 },
    ],
  ])('of %o sends these attributes', async (input, expected) => {
    const { network, kernel } = await open()
    await network.addLink({ ...input, mtu: 1400 })
    const [message] = kernel.sent('NEWLINK')
    const set = attributesIn(message!, LINK_HEADER, LINK)
    expect(set.get(LINK.fields.name)).toBe(input.name)
    expect(set.get(LINK.fields.mtu)).toBe(1400)
    expect(infoIn(message!)).toMatchObject(expected)
  })

  it.each([
    ['link.name', { kind: 'dummy' }],
    ['link.name', { name: 'a b', kind: 'dummy' }],
    ['link.name', { name: 'eth%d', kind: 'dummy' }],
    ['link.kind', { name: 'x' }],
    ['link.kind', { name: 'x', kind: 'constructor' }],
    ['link.mtu', { name: 'x', kind: 'dummy', mtu: 67 }],
    ['link.local', { name: 'x', kind: 'dummy', local: '192.0.2.1' }],
    ['link.remote', { name: 'x', kind: 'ipip', remote: '2001:db8::1' }],
    ['link.local', { name: 'x', kind: 'ip6tnl', local: '192.0.2.1' }],
    ['link.ttl', { name: 'x', kind: 'gre', ttl: 256 }],
    ['link.external', { name: 'x', kind: 'gre', external: 'yes' }],
    ['link.external', { name: 'x', kind: 'gre', external: true, remote: '192.0.2.1' }],
    ['link.adress', { name: 'x', kind: 'dummy', adress: '02::' }],
  ])('refuses an invalid %s (%#) and sends nothing', async (field, input) => {
    const { network, kernel } = await open()
    await expect(network.addLink(input as LinkInput)).rejects.toMatchObject({ field })
    expect(kernel.messages).toEqual([])
  })

  it.each([
    [EOPNOTSUPP, 'ip6tnl', /modprobe ip6_tunnel/],
    [EEXIST, 'ipip', /tunnel of this kind with the same endpoints/],
    [EEXIST, 'dummy', /interface with this name already exists$/],
  ] as const)('explains the error %i of the kernel for the kind %s', async (errno, kind, explanation) => {
    const { network, kernel } = await open()
    kernel.script.NEWLINK = () => ({ errno })
    await expect(network.addLink({ name: 'x', kind })).rejects.toMatchObject({
      explanation: expect.stringMatching(explanation),
    })
  })
})

describe('ensureLink', () => {
  it('adds a link, or leaves it unchanged', async () => {
    const { network, kernel } = await open()
    const tunnel = { name: 'tun1', kind: 'ipip', local: '192.0.2.1' } as const
    expect(await network.ensureLink(tunnel)).toBe(true)
    kernel.links.push({ index: 6, name: 'tun1', type: 768, more: infoOf('ipip', ends) })
    kernel.script.NEWLINK = () => ({ errno: EEXIST })
    expect(await network.ensureLink(tunnel)).toBe(false)
    expect(await network.ensureLink({ ...tunnel, ttl: 64, mtu: 1400 })).toBe(false)
  })

  it.each([
    { name: 'tun1', kind: 'ipip' },
    { name: 'tun1', kind: 'ipip', local: '192.0.2.1', remote: '192.0.2.2' },
    { name: 'tun1', kind: 'ipip', local: '192.0.2.1', ttl: 3 },
    { name: 'tun1', kind: 'gre', local: '192.0.2.1' },
    { name: 'tun1', kind: 'dummy' },
    { name: 'tun2', kind: 'ipip', local: '192.0.2.1' },
  ] as const)('refuses an existing one with other settings: %o', async (input) => {
    const { network, kernel } = await open()
    kernel.links.push({ index: 6, name: 'tun1', type: 768, more: infoOf('ipip', ends) })
    kernel.script.NEWLINK = () => ({ errno: EEXIST })
    await expect(network.ensureLink(input)).rejects.toMatchObject({ code: 'EEXIST', command: 'ensureLink' })
  })
})

describe('updateLink', () => {
  it.each([
    [{ up: true }, { flags: 1, change: 1 }, undefined],
    [{ up: false }, { flags: 0, change: 1 }, undefined],
    [{ mtu: 1400 }, { flags: 0, change: 0 }, 1400],
    [{ up: true, mtu: 9000 }, { flags: 1, change: 1 }, 9000],
  ])('sends %o', async (changes, header, mtu) => {
    const { network, kernel } = await open()
    await network.updateLink('eth0', changes)
    const [message] = kernel.sent('NEWLINK')
    expect(structureIn(message!, LINK_HEADER)).toMatchObject(header)
    expect(attributesIn(message!, LINK_HEADER, LINK).get(LINK.fields.mtu)).toBe(mtu)
    expect(message!.flags & 0x400).toBe(0) // does not create a link
  })

  it.each([
    ['changes.up', { up: 1 }],
    ['changes.mtu', { mtu: 70_000 }],
    ['changes.name', { name: 'eth1' }],
  ])('refuses an invalid %s', async (field, changes) => {
    const { network } = await open()
    await expect(network.updateLink('eth0', changes as object)).rejects.toMatchObject({ field })
  })
})

describe('removeLink and ensureNoLink', () => {
  it('identify a link by name; fail, or resolve to false, if there is none', async () => {
    const { network, kernel } = await open()
    await network.removeLink('eth0')
    const [message] = kernel.sent('DELLINK')
    expect(attributesIn(message!, LINK_HEADER, LINK).get(LINK.fields.name)).toBe('eth0')
    expect(await network.ensureNoLink('eth0')).toBe(true)
    kernel.script.DELLINK = () => ({ errno: 19 })
    expect(await network.ensureNoLink('eth0')).toBe(false)
    await expect(network.removeLink('eth0')).rejects.toMatchObject({ code: 'ENODEV' })
    kernel.script.DELLINK = () => ({ errno: EOPNOTSUPP })
    await expect(network.ensureNoLink('eth0')).rejects.toThrow(/hardware/)
  })
})
