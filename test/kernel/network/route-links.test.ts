import { describe, expect, it } from 'vitest'
import type { LinkInput } from '../../../src/route/model/link.ts'
import { ipJson, makeHost } from '../../support/kernel/network/network.ts'

interface ShownLink {
  readonly ifindex: number
  readonly ifname: string
  readonly flags: readonly string[]
  readonly mtu: number
  readonly link_type: string
  readonly address?: string
  readonly master?: string
  readonly linkinfo?: { readonly info_kind?: string; readonly info_data?: Record<string, unknown> }
}

describe('links', () => {
  it('equal those that ip(8) shows', async () => {
    const { host, network } = await makeHost()
    await host.addDummy('eth0.100')
    await host.addDummy('eth1', [], 'down')
    await host.addDummy('brücke')
    await host.ip('link', 'add', 'br0', 'type', 'bridge')
    await host.ip('link', 'set', 'eth1', 'master', 'br0', 'mtu', '9000')
    await host.ip('link', 'add', 'veth0', 'type', 'veth', 'peer', 'name', 'veth1')
    await host.ip(
      'link',
      'add',
      'tun1',
      'type',
      'ipip',
      'local',
      '192.0.2.1',
      'remote',
      '192.0.2.2',
      'ttl',
      '9',
    )
    const expected = await ipJson<ShownLink>(host, '-details', 'link')

    const links = await network.links()
    expect(links.map(({ index, name, mtu, master }) => ({ index, name, mtu, master }))).toEqual(
      expected.map(({ ifindex, ifname, mtu, master }) => ({ index: ifindex, name: ifname, mtu, master })),
    )
    for (const link of links) {
      const { flags, link_type, linkinfo, address } = expected.find(({ ifindex }) => ifindex === link.index)!
      expect(link).toMatchObject({
        ...{ type: link_type, up: flags.includes('UP'), arp: !flags.includes('NOARP') },
        running: flags.includes('UP') && !flags.includes('NO-CARRIER'),
      })
      expect(link.kind).toBe(linkinfo?.info_kind)
      if (link.address !== undefined) expect(link.address).toBe(address)
      expect(await network.findLink(link.name)).toEqual(link)
    }
    expect(links.find(({ name }) => name === 'tun1')!.tunnel).toEqual({
      ...{ local: '192.0.2.1', remote: '192.0.2.2', ttl: 9, external: false },
    })
    expect(await network.findLink('eth9')).toBeUndefined()
  })

  it('are switched on and off, and change their MTU', async () => {
    const { host, network } = await makeHost()
    await host.addDummy('eth0', [], 'down')
    await network.updateLink('eth0', { up: true, mtu: 1400 })
    expect(await network.findLink('eth0')).toMatchObject({ up: true, running: true, mtu: 1400 })
    await network.updateLink('eth0', { mtu: 1300 })
    expect(await network.findLink('eth0')).toMatchObject({ up: true, mtu: 1300 })
    await network.updateLink('eth0', { up: false })
    expect(await network.findLink('eth0')).toMatchObject({ up: false, mtu: 1300 })
    await expect(network.updateLink('eth9', { up: true })).rejects.toMatchObject({ code: 'ENODEV' })
  })
})

describe('a link is created', () => {
  it.each<[LinkInput, string, Record<string, unknown>]>([
    [{ name: 'd0', kind: 'dummy', mtu: 1400 }, 'ether', {}],
    [
      { name: 't0', kind: 'ipip', local: '192.0.2.1', remote: '192.0.2.2', ttl: 9 },
      'ipip',
      { local: '192.0.2.1', remote: '192.0.2.2', ttl: 9 },
    ],
    [{ name: 't0', kind: 'ipip', local: '192.0.2.1' }, 'ipip', { local: '192.0.2.1', remote: 'any' }],
    [{ name: 't0', kind: 'ipip', external: true }, 'ipip', { external: true }],
    [{ name: 't0', kind: 'sit', remote: '192.0.2.2' }, 'sit', { remote: '192.0.2.2' }],
    [
      { name: 't0', kind: 'ip6tnl', local: '2001:db8::1', remote: '2001:db8::2' },
      'tunnel6',
      { local: '2001:db8::1', remote: '2001:db8::2', proto: 'any' },
    ],
    [{ name: 't0', kind: 'gre', local: '192.0.2.1' }, 'gre', { local: '192.0.2.1' }],
    [
      { name: 't0', kind: 'ip6gre', local: '2001:db8::1', remote: '2001:db8::2' },
      'gre6',
      { local: '2001:db8::1' },
    ],
  ])('%o', async (input, type, data) => {
    const { host, network } = await makeHost()
    expect(await network.ensureLink(input)).toBe(true)
    expect(await network.ensureLink(input)).toBe(false)
    const [seen] = await ipJson<ShownLink>(host, '-details', 'link', 'show', 'dev', input.name)
    expect(seen!.linkinfo).toMatchObject({
      info_kind: input.kind,
      ...(input.kind === 'dummy' ? {} : { info_data: data }),
    })
    const { mtu, name, kind, ...ends } = input
    const link = await network.findLink(name)
    expect(link).toMatchObject({ name, kind, type, up: false, ...(mtu === undefined ? {} : { mtu }) })
    if (kind !== 'dummy') expect(link!.tunnel).toMatchObject(ends)
    await expect(network.addLink(input)).rejects.toMatchObject({ code: 'EEXIST' })

    await network.removeLink(name)
    expect(await network.findLink(name)).toBeUndefined()
    expect(await network.ensureNoLink(name)).toBe(false)
    await expect(network.removeLink(name)).rejects.toMatchObject({ code: 'ENODEV', subject: name })
  })

  it('without endpoints only by its module, and cannot be removed', async () => {
    const { network } = await makeHost()
    await network.addLink({ name: 't0', kind: 'ipip', local: '192.0.2.1' })
    expect(await network.ensureLink({ name: 'tunl0', kind: 'ipip' })).toBe(false)
    await expect(network.addLink({ name: 't1', kind: 'ipip' })).rejects.toMatchObject({
      code: 'EEXIST',
      explanation: expect.stringContaining('the kernel module itself creates one without endpoints'),
    })
    await network.removeLink('tunl0')
    expect(await network.findLink('tunl0')).toMatchObject({ kind: 'ipip', type: 'ipip' })
  })

  it('but lo cannot be removed', async () => {
    const { network } = await makeHost()
    await expect(network.removeLink('lo')).rejects.toMatchObject({ code: 'EOPNOTSUPP' })
  })
})
