import { describe, expect, it, onTestFinished } from 'vitest'
import { Director, type DirectorOptions } from '../../../../src/host/role/director.ts'
import { type InitialState, SimulatedHost } from '../../../support/host/simulated-host.ts'
import { StateFolder } from '../../../support/host/state-folder.ts'

const VIP = '192.168.79.110'
const VIP6 = '2001:db8::10'
const on = (address: string) => ({ address, interface: 'eth0' })

function directorOf(options: Omit<DirectorOptions, 'stateFile'>, initial?: InitialState) {
  const folder = new StateFolder()
  onTestFinished(() => folder[Symbol.dispose]())
  const host = SimulatedHost.create(initial)
  return { host, director: new Director(host, { ...options, stateFile: folder.path }) }
}

describe('a director', () => {
  it('adds the virtual addresses to their interfaces and announces them', async () => {
    const { host, director } = directorOf({ vips: [on(`${VIP}/24`), on(VIP6)], forwarding: ['dr'] })
    expect((await director.up()).ok).toBe(true)
    expect(host.addresses).toEqual([`${VIP}/24 on eth0`, `${VIP6}/128 on eth0`])
    expect(host.announced).toEqual([`${VIP} on eth0`, `${VIP6} on eth0`])
  })

  it('announces them at each up(), in case an earlier one was interrupted', async () => {
    const { host, director } = directorOf({ vips: [on(VIP)], forwarding: ['dr'] })
    await director.up()
    const { changes } = host
    await director.up()
    expect(host.changes).toBe(changes)
    expect(host.announced).toHaveLength(2)
  })

  it('announces nothing on an interface without ARP', async () => {
    const { host, director } = directorOf({ vips: [{ address: VIP, interface: 'lo' }], forwarding: ['tun'] })
    expect((await director.up()).ok).toBe(true)
    expect(host.announced).toEqual([])
  })

  it('turns on forwarding for NAT, in the families of its addresses', async () => {
    const { host, director } = directorOf({ vips: [on(VIP)], forwarding: ['nat'] })
    await director.up()
    expect(host.sysctl('net.ipv4.ip_forward')).toBe('1')
    expect(host.sysctl('net.ipv6.conf.all.forwarding')).toBe('0')
  })

  it('does not turn on forwarding for direct routing and tunnels', async () => {
    const { host, director } = directorOf({ vips: [on(VIP), on(VIP6)], forwarding: ['dr', 'tun'] })
    await director.up()
    expect(host.sysctl('net.ipv4.ip_forward')).toBe('0')
    expect(host.sysctl('net.ipv6.conf.all.forwarding')).toBe('0')
  })

  it.each([
    ['nat', '0'],
    ['dr', '0'],
    ['tun', '1'],
  ] as const)('by %s, has send_redirects at %s', async (method, value) => {
    const { host, director } = directorOf({ vips: [on(VIP)], forwarding: [method] })
    await director.up()
    expect(host.sysctl('net.ipv4.conf.all.send_redirects')).toBe(value)
    expect(host.sysctl('net.ipv4.conf.eth0.send_redirects')).toBe(value)
  })

  it.each(['dr', 'tun', 'nat'] as const)(
    'by %s, is ok with redirects while no real server behind NAT is on its interface',
    async (method) => {
      const { host, director } = directorOf({ vips: [on(`${VIP}/24`)], forwarding: [method] })
      await director.up()
      for (const name of ['all', 'eth0']) {
        host.setSysctlFromOutside(`net.ipv4.conf.${name}.send_redirects`, '1')
      }
      host.setSysctlFromOutside('net.ipv4.conf.eth0.promote_secondaries', '0')
      expect((await director.status()).ok).toBe(true)
    },
  )

  it('restores all sysctls that the forwarding switch changes', async () => {
    const { host, director } = directorOf(
      { vips: [on(VIP), on(VIP6)], forwarding: ['nat'] },
      {
        interfaces: ['eth0', 'eth1'],
        sysctls: {
          'net.ipv4.conf.eth1.forwarding': '1',
          'net.ipv4.conf.all.accept_redirects': '0',
          'net.ipv6.conf.eth1.forwarding': '1',
        },
      },
    )
    const before = host.dump()
    await director.up()
    expect(host.sysctl('net.ipv4.conf.default.forwarding')).toBe('1')
    expect((await director.down()).ok).toBe(true)
    expect(host.dump()).toEqual(before)
  })

  it('keeps other addresses of the same network when its own is removed', async () => {
    const { host, director } = directorOf({ vips: [on(`${VIP}/24`)], forwarding: ['tun'] })
    await director.up()
    expect(host.sysctl('net.ipv4.conf.eth0.promote_secondaries')).toBe('1')
    await director.down()
    expect(host.sysctl('net.ipv4.conf.eth0.promote_secondaries')).toBe('0')
  })

  it('moves an address when the options name another interface', async () => {
    const folder = new StateFolder()
    onTestFinished(() => folder[Symbol.dispose]())
    const host = SimulatedHost.create({ interfaces: ['eth0', 'eth1'] })
    const at = (name: string) =>
      new Director(host, {
        vips: [{ address: VIP, interface: name }],
        forwarding: ['dr'],
        stateFile: folder.path,
      })
    const before = host.dump()
    await at('eth0').up()
    await at('eth1').up()
    expect(host.addresses).toEqual([`${VIP}/32 on eth1`])
    expect(host.sysctl('net.ipv4.conf.eth0.send_redirects')).toBe('1')
    await at('eth1').down()
    expect(host.dump()).toEqual(before)
  })

  it('rejects an interface that does not exist before it changes anything', async () => {
    const { host, director } = directorOf({
      vips: [{ address: VIP, interface: 'eth9' }],
      forwarding: ['nat'],
    })
    await expect(director.up()).rejects.toThrow('vips.interface must be one of lo, eth0, not "eth9"')
    expect(host.changes).toBe(0)
  })

  it.each([
    [{ vips: [on(VIP)], forwarding: [] }, /forwarding must be an array of dr, nat, tun/],
    [
      { vips: [on('192.168.79.110/33')], forwarding: ['dr'] },
      /vips\[0\]\.address must be an address with a prefix/,
    ],
    [{ vips: [{ address: VIP }], forwarding: ['dr'] }, /vips\[0\]\.interface must be the name/],
    [{ vips: [VIP], forwarding: ['dr'] }, /vips\[0\] must be an object/],
  ])('rejects %o', (options, message) => {
    expect(() => new Director(SimulatedHost.create(), options as unknown as DirectorOptions)).toThrow(message)
  })
})
