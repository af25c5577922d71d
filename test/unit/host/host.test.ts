import { describe, expect, it } from 'vitest'
import { Host, type HostOptions } from '../../../src/host/host.ts'
import { ClusterNode } from '../../../src/host/role/cluster-node.ts'
import { Director } from '../../../src/host/role/director.ts'
import { RealServer } from '../../../src/host/role/real-server.ts'
import type { HostTransport } from '../../../src/netlink/transport/transport.ts'
import { FakeKernel } from '../../support/ipvs/fake-kernel.ts'
import { deferred } from '../../support/netlink/fake-transport.ts'

/** A kernel with IPVS and files. */
class FakeHost extends FakeKernel implements HostTransport {
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
  it('opens a socket for the network alone; IPVS is not asked for', async () => {
    const transport = new FakeHost()
    const host = await Host.open({ transport, netns: '/run/netns/director' })
    expect(transport.sockets).toHaveLength(1)
    expect(transport.messages).toEqual([])
    expect(host.netns).toBe('/run/netns/director')
    expect((await Host.open({ transport })).netns).toBeUndefined()
  })

  it.each<[string, object, string]>([
    ['a misspelled option', { nets: '/run/netns/a' }, 'options.nets'],
    ['no time at all', { timeout: 0 }, 'timeout'],
    ['a network namespace that is no path', { netns: 42 }, 'netns'],
  ])('with %s is misuse', async (_, options, field) => {
    const transport = new FakeHost()
    await expect(Host.open({ transport, ...options } as HostOptions)).rejects.toMatchObject({ field })
    expect(transport.sockets).toEqual([])
  })

  it('with a signal that is aborted already opens nothing', async () => {
    const transport = new FakeHost()
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(Host.open({ transport, signal })).rejects.toThrow('enough')
    expect(transport.sockets).toEqual([])
  })
})

it('the sysctls of a host are those of its transport', async () => {
  const transport = new FakeHost()
  transport.files.set('/proc/sys/net/ipv4/ip_forward', '0\n')
  const { sysctls } = await Host.open({ transport })
  await sysctls.set('net.ipv4.ip_forward', 1)
  expect(await sysctls.get('net.ipv4.ip_forward')).toBe(1)
})

describe('the IPVS of a host', () => {
  it('is opened at the first call and shared by all', async () => {
    const transport = new FakeHost()
    const host = await Host.open({ transport })
    const [one, other] = await Promise.all([host.ipvs(), host.ipvs()])
    expect(other).toBe(one)
    expect(await host.ipvs()).toBe(one)
    expect(transport.sockets).toHaveLength(2)
  })

  it('is opened whatever becomes of the signal with which the host was', async () => {
    const transport = new FakeHost()
    const controller = new AbortController()
    const host = await Host.open({ transport, signal: controller.signal })
    controller.abort()
    await expect(host.ipvs()).resolves.toBeDefined()
  })

  it('that is not there is asked for again at the next call', async () => {
    const transport = new FakeHost()
    transport.familyId = undefined
    const host = await Host.open({ transport })
    await expect(host.ipvs()).rejects.toMatchObject({ code: 'ERR_LVS_UNAVAILABLE' })
    transport.familyId = 0x1e
    await expect(host.ipvs()).resolves.toBeDefined()
  })
})

describe('the roles of a host', () => {
  const vips = ['192.0.2.10']

  it('are made for it, and nothing is touched before they are put up', async () => {
    const transport = new FakeHost()
    const host = await Host.open({ transport })
    const interfaceName = { interface: 'eth0' }
    expect(host.realServer({ forwarding: 'dr', vips })).toBeInstanceOf(RealServer)
    const vip = { address: '192.0.2.10/24', ...interfaceName }
    expect(host.director({ vips: [vip], forwarding: ['dr'] })).toBeInstanceOf(Director)
    expect(host.clusterNode({ vips, ...interfaceName, services: [] })).toBeInstanceOf(ClusterNode)
    expect(transport.messages).toEqual([])
  })

  it('are refused where their options are wrong', async () => {
    const host = await Host.open({ transport: new FakeHost() })
    expect(() => host.realServer({ forwarding: 'dr', vips: ['nowhere'] })).toThrow(TypeError)
    await expect(host.doctor({ rolle: 'both' } as object)).rejects.toThrow(TypeError)
    await expect(host.facts({ names: 'a' } as object)).rejects.toThrow(TypeError)
  })
})

describe('closing a host', () => {
  it('closes its network and its IPVS, once or more', async () => {
    const transport = new FakeHost()
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
    const transport = new FakeHost()
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

  it('after IPVS was not to be had is no error', async () => {
    const transport = new FakeHost()
    transport.familyId = undefined
    const host = await Host.open({ transport })
    await host.ipvs().catch(() => {})
    host.close()
    expect(transport.closed).toEqual([true, true])
  })
})
