import { describe, expect, it } from 'vitest'
import { Host, type HostOptions } from '../../../src/host/host.ts'
import { ClusterNode } from '../../../src/host/role/cluster-node.ts'
import { Director } from '../../../src/host/role/director.ts'
import { RealServer } from '../../../src/host/role/real-server.ts'
import { Ipvs } from '../../../src/index.ts'
import type { HostTransport } from '../../../src/netlink/transport/transport.ts'
import { FakeKernel } from '../../support/ipvs/fake-kernel.ts'
import { deferred } from '../../support/netlink/fake-transport.ts'

/** The scripted kernel of the IPVS tests with writable files. It records sockets, which the simulated kernel does not. */
class FakeHostKernel extends FakeKernel implements HostTransport {
  async writeFile(path: string, text: string): Promise<void> {
    this.files.set(path, text)
  }

  async sendFrame(): Promise<void> {}

  /** Whether each socket was closed, in the order in which they were opened. */
  get closed(): boolean[] {
    return this.sockets.map(({ closed }) => closed)
  }
}

describe('opening a host', () => {
  it('opens a socket for the network only, and does not look for IPVS', async () => {
    const transport = new FakeHostKernel()
    const host = await Host.open({ transport, netns: '/run/netns/director' })
    expect(transport.sockets).toHaveLength(1)
    expect(transport.messages).toEqual([])
    expect(host.netns).toBe('/run/netns/director')
    expect((await Host.open({ transport })).netns).toBeUndefined()
  })

  it.each<[string, object, string]>([
    ['a misspelled option', { nets: '/run/netns/a' }, 'options.nets'],
    ['a timeout of 0', { timeout: 0 }, 'timeout'],
    ['a network namespace that is not a path', { netns: 42 }, 'netns'],
  ])('rejects %s', async (_, options, field) => {
    const transport = new FakeHostKernel()
    await expect(Host.open({ transport, ...options } as HostOptions)).rejects.toMatchObject({ field })
    expect(transport.sockets).toEqual([])
  })

  it('opens nothing if the signal is already aborted', async () => {
    const transport = new FakeHostKernel()
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(Host.open({ transport, signal })).rejects.toThrow('enough')
    expect(transport.sockets).toEqual([])
  })
})

it('the sysctls of a host use its transport', async () => {
  const transport = new FakeHostKernel()
  transport.files.set('/proc/sys/net/ipv4/ip_forward', '0\n')
  const { sysctls } = await Host.open({ transport })
  await sysctls.set('net.ipv4.ip_forward', 1)
  expect(await sysctls.get('net.ipv4.ip_forward')).toBe(1)
})

describe('the IPVS of a host', () => {
  it('is opened at the first call and shared by all calls', async () => {
    const transport = new FakeHostKernel()
    const host = await Host.open({ transport })
    const [one, other] = await Promise.all([host.ipvs(), host.ipvs()])
    expect(other).toBe(one)
    expect(await host.ipvs()).toBe(one)
    expect(transport.sockets).toHaveLength(2)
  })

  it('is a client of the class that the package exports, with plans', async () => {
    const host = await Host.open({ transport: new FakeHostKernel() })
    const ipvs = await host.ipvs()
    expect(ipvs).toBeInstanceOf(Ipvs)
    expect(ipvs.apply).toBeTypeOf('function')
  })

  it('is opened whether or not the signal of Host.open() is aborted', async () => {
    const transport = new FakeHostKernel()
    const controller = new AbortController()
    const host = await Host.open({ transport, signal: controller.signal })
    controller.abort()
    await expect(host.ipvs()).resolves.toBeDefined()
  })

  it('is tried again at the next call if it is unavailable', async () => {
    const transport = new FakeHostKernel()
    transport.familyId = undefined
    const host = await Host.open({ transport })
    await expect(host.ipvs()).rejects.toMatchObject({ code: 'ERR_LVS_UNAVAILABLE' })
    transport.familyId = 0x1e
    await expect(host.ipvs()).resolves.toBeDefined()
  })
})

describe('the roles of a host', () => {
  const vips = ['192.0.2.10']

  it('are created for it, and change nothing before up()', async () => {
    const transport = new FakeHostKernel()
    const host = await Host.open({ transport })
    const interfaceName = { interface: 'eth0' }
    expect(host.realServer({ forwarding: 'dr', vips })).toBeInstanceOf(RealServer)
    const vip = { address: '192.0.2.10/24', ...interfaceName }
    expect(host.director({ vips: [vip], forwarding: ['dr'] })).toBeInstanceOf(Director)
    expect(host.clusterNode({ vips, ...interfaceName, services: [] })).toBeInstanceOf(ClusterNode)
    expect(transport.messages).toEqual([])
  })

  it('are rejected if their options are invalid', async () => {
    const host = await Host.open({ transport: new FakeHostKernel() })
    expect(() => host.realServer({ forwarding: 'dr', vips: ['nowhere'] })).toThrow(TypeError)
    await expect(host.doctor({ rolle: 'both' } as object)).rejects.toThrow(TypeError)
    await expect(host.facts({ names: 'a' } as object)).rejects.toThrow(TypeError)
  })
})

describe('closing a host', () => {
  it('closes its network and its IPVS, and can be repeated', async () => {
    const transport = new FakeHostKernel()
    {
      await using host = await Host.open({ transport })
      const ipvs = await host.ipvs()
      host.close()
      host.close()
      await expect(ipvs.info()).rejects.toMatchObject({ code: 'ERR_LVS_CLOSED' })
      await expect(host.network.links()).rejects.toMatchObject({ code: 'ERR_LVS_CLOSED' })
      await expect(host.ipvs()).rejects.toMatchObject({ code: 'ERR_LVS_CLOSED', outcome: 'not-done' })
    }
    expect(transport.closed).toEqual([true, true])
  })

  it('closes an IPVS that is being opened, as soon as it is open', async () => {
    const transport = new FakeHostKernel()
    const host = await Host.open({ transport })
    const { promise, resolve } = deferred()
    transport.openings.push(promise)
    const opening = host.ipvs()
    host.close()
    resolve()
    const ipvs = await opening
    await expect(ipvs.info()).rejects.toMatchObject({ code: 'ERR_LVS_CLOSED' })
    expect(transport.closed).toEqual([true, true])
  })

  it('does not fail if IPVS was unavailable', async () => {
    const transport = new FakeHostKernel()
    transport.familyId = undefined
    const host = await Host.open({ transport })
    await host.ipvs().catch(() => {})
    host.close()
    expect(transport.closed).toEqual([true, true])
  })
})
