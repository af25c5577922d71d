import { describe, expect, it } from 'vitest'
import { IpvsClient } from '../../../src/ipvs/ipvs-client.ts'
import type { OpenOptions } from '../../../src/netlink/open.ts'
import { FakeKernel, open } from '../../support/ipvs/fake-kernel.ts'

describe('opening', () => {
  it('opens one socket and finds the family', async () => {
    const { kernel } = await open()
    expect(kernel.sockets).toHaveLength(1)
    expect(kernel.messages.map(({ type }) => type)).toEqual([16])
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
  ])('with %s is misuse', async (_, options, name, field) => {
    const untouched = new FakeKernel()
    const given =
      typeof options === 'object' && options !== null ? { transport: untouched, ...options } : options
    await expect(IpvsClient.open(given as OpenOptions)).rejects.toMatchObject({ name, field })
    expect(untouched.sockets).toEqual([])
  })

  it('with a signal that is aborted already opens nothing', async () => {
    const reason = new Error('enough')
    const untouched = new FakeKernel()
    await expect(IpvsClient.open({ transport: untouched, signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    )
    expect(untouched.sockets).toEqual([])
  })

  it('where the kernel has no IPVS rejects with the way out, and closes the socket', async () => {
    const without = new FakeKernel()
    without.familyId = undefined
    await expect(IpvsClient.open({ transport: without })).rejects.toMatchObject({
      name: 'IpvsUnavailableError',
      code: 'ERR_LVS_UNAVAILABLE',
      message: expect.stringContaining('modprobe ip_vs'),
    })
    expect(without.sockets.map(({ closed }) => closed)).toEqual([true])
  })

  it('where no socket can be had rejects with the error of the system', async () => {
    const broken = new FakeKernel()
    const error = Object.assign(new Error('EMFILE'), { code: 'EMFILE', syscall: 'socket' })
    broken.openings.push(error)
    await expect(IpvsClient.open({ transport: broken })).rejects.toBe(error)
  })
})
