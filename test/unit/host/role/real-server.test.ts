import { describe, expect, it, onTestFinished } from 'vitest'
import { RealServer, type RealServerOptions } from '../../../../src/host/role/real-server.ts'
import type { RoleStatus } from '../../../../src/host/role/role-item.ts'
import { type InitialState, SimulatedHost } from '../../../support/host/simulated-host.ts'
import { StateFolder } from '../../../support/host/state-folder.ts'

const VIP = '192.168.79.110'
const VIP6 = '2001:db8::10'

function stateFile(): string {
  const folder = new StateFolder()
  onTestFinished(() => folder[Symbol.dispose]())
  return folder.path
}

function notOk({ items }: RoleStatus) {
  return items.filter(({ ok }) => !ok)
}

function hostWith(initial?: InitialState) {
  return { host: SimulatedHost.create(initial), stateFile: stateFile() }
}

describe('a real server by direct routing', () => {
  it('suppresses ARP and adds the virtual addresses to lo, with a label and a host route', async () => {
    const { host, stateFile } = hostWith()
    const status = await new RealServer(host, { forwarding: 'dr', vips: [VIP, VIP6], stateFile }).up()
    expect(status.ok).toBe(true)
    expect(host.sysctl('net.ipv4.conf.all.arp_ignore')).toBe('1')
    expect(host.sysctl('net.ipv4.conf.all.arp_announce')).toBe('2')
    expect(await host.network.addresses()).toMatchObject([
      { address: VIP, prefixLength: 32, interface: 'lo', label: 'lo:0' },
      { address: VIP6, prefixLength: 128, interface: 'lo', flags: ['permanent', 'nodad'] },
    ])
    expect(await host.network.routes()).toMatchObject([{ destination: `${VIP}/32`, interface: 'lo' }])
  })

  it('suppresses ARP before it adds the address, and restores it after it removes the address', async () => {
    const { host, stateFile } = hostWith()
    const seen: string[] = []
    const watched = new Proxy(host, {
      get: (target, name) => {
        const part = Reflect.get(target, name, target)
        if (name !== 'sysctls' && name !== 'network')
          return typeof part === 'function' ? part.bind(target) : part
        return new Proxy(part, {
          get: (calls, call: string) =>
            /^(set|ensure)/.test(call)
              ? (first: unknown, ...rest: unknown[]) => {
                  seen.push(
                    `${call} ${typeof first === 'string' ? first : Object.values(first as object)[0]}`,
                  )
                  return calls[call](first, ...rest)
                }
              : calls[call],
        })
      },
    })
    const role = new RealServer(watched, { forwarding: 'dr', vips: [VIP], stateFile })
    await role.up()
    await role.down()
    const change = [
      'setText net.ipv4.conf.all.arp_ignore',
      'setText net.ipv4.conf.all.arp_announce',
      `ensureAddress ${VIP}/32`,
      `ensureRoute ${VIP}/32`,
    ]
    const back = [`ensureNoRoute ${VIP}/32`, `ensureNoAddress ${VIP}/32`, change[1], change[0]]
    expect(seen).toEqual([...change, ...back])
  })

  it('changes an interface whose own value would override that of all', async () => {
    const { host, stateFile } = hostWith({
      sysctls: { 'net.ipv4.conf.eth0.arp_ignore': '3', 'net.ipv4.conf.eth0.arp_announce': '3' },
    })
    const role = new RealServer(host, { forwarding: 'dr', vips: [VIP], stateFile })
    expect((await role.up()).ok).toBe(true)
    expect(host.sysctl('net.ipv4.conf.eth0.arp_ignore')).toBe('1')
    expect(host.sysctl('net.ipv4.conf.eth0.arp_announce')).toBe('2')
    await role.down()
    expect(host.sysctl('net.ipv4.conf.eth0.arp_ignore')).toBe('3')
  })

  it('changes nothing if ARP is already suppressed', async () => {
    const { host, stateFile } = hostWith({
      sysctls: { 'net.ipv4.conf.all.arp_ignore': '2', 'net.ipv4.conf.eth0.arp_ignore': '8' },
    })
    expect((await new RealServer(host, { forwarding: 'dr', vips: [VIP], stateFile }).up()).ok).toBe(true)
    expect(host.sysctl('net.ipv4.conf.all.arp_ignore')).toBe('2')
    expect(host.sysctl('net.ipv4.conf.eth0.arp_ignore')).toBe('8')
  })

  it('changes only the named interfaces', async () => {
    const { host, stateFile } = hostWith({ interfaces: ['eth0', 'eth1'] })
    const role = new RealServer(host, { forwarding: 'dr', vips: [VIP], interfaces: ['eth1'], stateFile })
    expect((await role.up()).ok).toBe(true)
    expect(host.sysctl('net.ipv4.conf.all.arp_ignore')).toBe('0')
    expect(host.sysctl('net.ipv4.conf.eth0.arp_ignore')).toBe('0')
    expect(host.sysctl('net.ipv4.conf.eth1.arp_ignore')).toBe('1')
  })

  it('reports an address that is still answered for, and does not remove it', async () => {
    const { host, stateFile } = hostWith({ addresses: [{ address: `${VIP}/24`, interface: 'eth0' }] })
    const { ok, items } = await new RealServer(host, { forwarding: 'dr', vips: [VIP], stateFile }).up()
    expect(ok).toBe(false)
    expect(items.filter((item) => !item.ok)).toEqual([
      { name: `visible ${VIP}`, expected: 'none', actual: `${VIP}/24 on eth0`, ok: false },
    ])
    expect(host.addresses).toContain(`${VIP}/24 on eth0`)
  })

  it('removes the address from lo where it claims its whole network, and restores that', async () => {
    const { host, stateFile } = hostWith({
      addresses: [{ address: `${VIP}/24`, interface: 'lo', label: 'lo:1' }],
    })
    const before = host.dump()
    const role = new RealServer(host, { forwarding: 'dr', vips: [VIP], stateFile })
    expect(notOk(await role.status())).toContainEqual({
      name: `whole-network ${VIP}`,
      expected: 'none',
      actual: `${VIP}/24 on lo`,
      ok: false,
    })
    expect((await role.up()).ok).toBe(true)
    expect(host.addresses).toEqual([`${VIP}/32 on lo`])
    expect((await new RealServer(host.reopen(), { forwarding: 'dr', vips: [VIP], stateFile }).up()).ok).toBe(
      true,
    )
    expect(host.addresses).toEqual([`${VIP}/32 on lo`])
    expect((await role.down()).ok).toBe(true)
    expect(host.dump()).toEqual(before)
  })

  it.each(['lo', 'all', 'default', 'eth7'])('refuses to suppress ARP on %s', async (name) => {
    const { host, stateFile } = hostWith()
    const up = async () =>
      await new RealServer(host, { forwarding: 'dr', vips: [VIP], interfaces: [name], stateFile }).up()
    await expect(up()).rejects.toThrow(/interfaces\[0\].*(interface|one interface)/)
    expect(host.changes).toBe(0)
  })

  it('reports an interface that still answers because another one was named', async () => {
    const { host, stateFile } = hostWith({
      interfaces: ['eth0', 'eth1'],
      addresses: [{ address: '192.168.79.102/24', interface: 'eth0' }],
    })
    const role = new RealServer(host, { forwarding: 'dr', vips: [VIP], interfaces: ['eth1'], stateFile })
    expect(notOk(await role.up())).toEqual([
      { name: 'arp_ignore in effect on eth0', expected: '1 or 2 or 8', actual: '0', ok: false },
      { name: 'arp_announce in effect on eth0', expected: '2', actual: '0', ok: false },
    ])
  })

  it('counts ARP that each interface suppresses by itself as suppressed', async () => {
    const { host, stateFile } = hostWith({
      sysctls: { 'net.ipv4.conf.eth0.arp_ignore': '1', 'net.ipv4.conf.eth0.arp_announce': '2' },
      addresses: [{ address: `${VIP}/32`, interface: 'lo' }],
    })
    const role = new RealServer(host, { forwarding: 'dr', vips: [VIP], stateFile })
    expect(notOk(await role.status())).toEqual([])
    host.setSysctlFromOutside('net.ipv4.conf.eth0.arp_ignore', '3')
    expect(notOk(await role.status()).map(({ name }) => name)).toEqual([
      'sysctl net.ipv4.conf.all.arp_ignore',
      'sysctl net.ipv4.conf.eth0.arp_ignore',
    ])
  })

  it('uses the first free label', async () => {
    const { host, stateFile } = hostWith({
      addresses: [{ address: '192.0.2.7/32', interface: 'lo', label: 'lo:0' }],
    })
    await new RealServer(host, { forwarding: 'dr', vips: [VIP, '192.168.79.111'], stateFile }).up()
    const labels = (await host.network.addresses()).map(({ label }) => label)
    expect(labels).toEqual(['lo:0', 'lo:1', 'lo:2'])
  })

  it('can be repeated with up(), which then changes nothing', async () => {
    const { host, stateFile } = hostWith()
    const first = await new RealServer(host, { forwarding: 'dr', vips: [VIP], stateFile }).up()
    const again = host.reopen()
    expect(await new RealServer(again, { forwarding: 'dr', vips: [VIP], stateFile }).up()).toEqual(first)
    expect(again.changes).toBe(0)
  })

  it('can be repeated with down(), which changes nothing without up()', async () => {
    const { host, stateFile } = hostWith({ addresses: [{ address: `${VIP}/32`, interface: 'lo' }] })
    const role = new RealServer(host, { forwarding: 'dr', vips: [VIP], stateFile })
    expect(await role.down()).toEqual({ ok: true, items: [] })
    await role.up()
    await role.down()
    expect(await role.down()).toEqual({ ok: true, items: [] })
    expect(host.addresses).toEqual([`${VIP}/32 on lo`])
  })

  it('reports each item and changes none', async () => {
    const { host, stateFile } = hostWith()
    const { ok, items } = await new RealServer(host, { forwarding: 'dr', vips: [VIP], stateFile }).status()
    expect(ok).toBe(false)
    expect(host.changes).toBe(0)
    expect(items).toContainEqual({
      name: 'sysctl net.ipv4.conf.all.arp_ignore',
      expected: '1 or 2 or 8',
      actual: '0',
      ok: false,
    })
    expect(items).toContainEqual({
      name: `address ${VIP}/32 on lo`,
      expected: 'present',
      actual: 'none',
      ok: false,
    })
  })
})

describe('a real server with a tunnel', () => {
  const tun = (stateFile: string, more: object = {}): RealServerOptions => ({
    forwarding: 'tun',
    vips: [VIP],
    stateFile,
    ...more,
  })

  it('adds the address to the tunnel interface, which is up and has no strict filter', async () => {
    const { host, stateFile } = hostWith()
    const { ok } = await new RealServer(host, tun(stateFile)).up()
    expect(ok).toBe(true)
    expect(host.addresses).toEqual([`${VIP}/32 on tunl0`])
    expect(await host.network.findLink('tunl0')).toMatchObject({ up: true, kind: 'ipip' })
    expect(host.sysctl('net.ipv4.conf.tunl0.rp_filter')).toBe('0')
  })

  it.each([
    ['0', '1', '0'],
    ['1', '0', '2'],
    ['1', '2', '2'],
    ['2', '1', '1'],
  ])('with rp_filter %s of all, changes %s on the interface to %s', async (all, own, outcome) => {
    const { host, stateFile } = hostWith({ sysctls: { 'net.ipv4.conf.all.rp_filter': all } })
    await host.network.ensureLink({ name: 'tunl0', kind: 'ipip' })
    host.setSysctlFromOutside('net.ipv4.conf.tunl0.rp_filter', own)
    const role = new RealServer(host, tun(stateFile))
    expect((await role.up()).ok).toBe(true)
    expect(host.sysctl('net.ipv4.conf.tunl0.rp_filter')).toBe(outcome)
    expect(host.sysctl('net.ipv4.conf.all.rp_filter')).toBe(all)
    await role.down()
    expect(host.sysctl('net.ipv4.conf.tunl0.rp_filter')).toBe(own)
  })

  it.each([
    [VIP, {}, 'tunl0'],
    [VIP6, {}, 'lvs-ip6tnl'],
    [VIP6, { family: 'ipv4' }, 'sit0'],
    [VIP, { family: 'ipv6' }, 'lvs-ip6tnl'],
    [VIP, { type: 'gre' }, 'gre0'],
    [VIP, { type: 'gre', family: 'ipv6' }, 'ip6gre0'],
  ])('with %s and %o uses the interface %s', async (vip, tunnel, device) => {
    const { host, stateFile } = hostWith()
    await new RealServer(host, tun(stateFile, { vips: [vip], tunnel })).up()
    expect(host.addresses).toEqual([`${vip}/${vip.includes(':') ? 128 : 32} on ${device}`])
  })

  it('removes the interface that it created', async () => {
    const { host, stateFile } = hostWith()
    const role = new RealServer(host, tun(stateFile, { tunnel: { family: 'ipv6' } }))
    await role.up()
    await role.down()
    expect(await host.network.findLink('lvs-ip6tnl')).toBeUndefined()
  })
})

describe('a real server behind NAT', () => {
  it.each([
    [[], 'none', false],
    [[['192.168.5.1', 0]], 'via 192.168.5.1 on eth0', false],
    [[['192.168.5.10', 0]], 'via 192.168.5.10 on eth0', true],
    [
      [
        ['192.168.5.10', 100],
        ['192.168.5.1', 0],
      ],
      'via 192.168.5.1 on eth0',
      false,
    ],
  ])('reports whether the default route of %o leads to the director', async (routes, actual, ok) => {
    const { host, stateFile } = hostWith()
    for (const [gateway, metric] of routes as [string, number][]) {
      await host.network.ensureRoute({ destination: 'default', gateway, interface: 'eth0', metric })
    }
    const director = '192.168.5.10'
    const status = await new RealServer(host, { forwarding: 'nat', director, stateFile }).up()
    expect(status).toEqual({
      ok,
      items: [{ name: 'default route ipv4', expected: `via ${director}`, actual, ok }],
    })
  })
})

describe('invalid options', () => {
  it.each([
    [{ forwarding: 'masq', vips: [VIP] }, /forwarding must be 'dr', 'tun' or 'nat', not "masq"/],
    [{ forwarding: 'dr', vips: [] }, /vips must be an array of at least one/],
    [{ forwarding: 'dr', vips: ['192.168.79.110/24'] }, /vips\[0\] must be a virtual address with \/32/],
    [{ forwarding: 'dr', vips: [VIP, `${VIP}/32`] }, /vips\[1\] must be listed only once/],
    [{ forwarding: 'dr', vips: ['web'] }, /vips\[0\] must be an IPv4 or IPv6 address/],
    [
      { forwarding: 'dr', vips: [VIP], interfaces: ['../eth0'] },
      /interfaces\[0\] must be the name of a network/,
    ],
    [{ forwarding: 'dr', vips: [VIP], tunnel: {} }, /unknown field `tunnel` in options; expected one of /],
    [{ forwarding: 'tun', vips: [VIP], tunnel: { type: 'vxlan' } }, /tunnel\.type must be/],
    [{ forwarding: 'nat', director: 'gateway' }, /director must be an IPv4 or IPv6 address/],
  ])('%o are rejected before anything is changed', (options, message) => {
    const host = SimulatedHost.create()
    expect(() => new RealServer(host, options as unknown as RealServerOptions)).toThrow(message)
    expect(host.changes).toBe(0)
  })
})
