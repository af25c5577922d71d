import { beforeEach, describe, expect, it } from 'vitest'
import { IpvsClient } from '../../../src/ipvs/ipvs-client.ts'
import type { OpenOptions } from '../../../src/netlink/open.ts'
import { SimulatedKernel } from '../../../src/testing/simulated-kernel.ts'
import { ObservedTransport } from '../../support/netlink/observed-transport.ts'

describe('opening', () => {
  let kernel: SimulatedKernel
  let transport: ObservedTransport

  beforeEach(() => {
    kernel = new SimulatedKernel()
    transport = new ObservedTransport(kernel)
  })

  it('opens one socket and finds the family', async () => {
    await using _ = await IpvsClient.open({ transport })
    expect(transport.sockets).toHaveLength(1)
    expect(kernel.log.requests.map(({ command }) => command)).toEqual(['GETFAMILY'])
  })

  it.each<[string, unknown, 'TypeError' | 'RangeError', string]>([
    ['null', null, 'TypeError', 'options'],
    ['a path alone', '/run/netns/a', 'TypeError', 'options'],
    ['a misspelled option', { nets: '/run/netns/a' }, 'TypeError', 'options.nets'],
    ['a timeout in text', { timeout: '5s' }, 'TypeError', 'timeout'],
    ['no time at all', { timeout: 0 }, 'RangeError', 'timeout'],
    ['more time than a timer can count', { timeout: 2 ** 31 }, 'RangeError', 'timeout'],
    ['a network namespace that is no path', { netns: 42 }, 'TypeError', 'netns'],
    ['an empty path', { netns: '' }, 'TypeError', 'netns'],
    ['a transport that is none', { transport: {} }, 'TypeError', 'transport'],
  ])('rejects %s as an invalid argument', async (_, options, name, field) => {
    const given = typeof options === 'object' && options !== null ? { transport, ...options } : options
    await expect(IpvsClient.open(given as OpenOptions)).rejects.toMatchObject({ name, field })
    expect(transport.sockets).toEqual([])
  })

  it('opens nothing if its signal is already aborted', async () => {
    const reason = new Error('enough')
    await expect(IpvsClient.open({ transport, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(transport.sockets).toEqual([])
  })

  it('rejects with the remedy if the kernel has no IPVS, and closes the socket', async () => {
    kernel.module.unload('absent')
    await expect(IpvsClient.open({ transport })).rejects.toMatchObject({
      name: 'IpvsUnavailableError',
      code: 'ERR_LVS_UNAVAILABLE',
      message: expect.stringContaining('modprobe ip_vs'),
    })
    expect(transport.sockets.map(({ closed }) => closed)).toEqual([true])
  })

  it('rejects with the system error if no socket can be opened', async () => {
    const error = Object.assign(new Error('EMFILE'), { code: 'EMFILE', syscall: 'socket' })
    transport.failures.push(error)
    await expect(IpvsClient.open({ transport })).rejects.toBe(error)
  })
})
