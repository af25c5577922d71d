import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Deadline } from '../../../../src/netlink/connection/exchange-pipeline.ts'
import { deferred } from '../../../support/netlink/fake-transport.ts'

describe('a deadline', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('returns a result in time, even if it is an error', async () => {
    const deadline = new Deadline(1000)
    expect(await deadline.withTimeout(Promise.resolve(5))).toBe(5)
    await expect(deadline.withTimeout(Promise.reject(new Error('no')))).rejects.toThrow('no')
  })

  it('returns a synchronous result at once, without a timer', () => {
    expect(new Deadline(1000).withTimeout(5)).toBe(5)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('returns undefined for a result that is late', async () => {
    const deadline = new Deadline(1000)
    const late = deadline.withTimeout(new Promise(() => {}))
    await vi.advanceTimersByTimeAsync(1000)
    expect(await late).toBeUndefined()
  })

  it('restarts for each result, and leaves no timer behind', async () => {
    const deadline = new Deadline(1000)
    for (let index = 0; index < 3; index++) {
      const { promise, resolve } = deferred()
      const held = deadline.withTimeout(promise.then(() => 'in time'))
      await vi.advanceTimersByTimeAsync(900)
      resolve()
      expect(await held).toBe('in time')
    }
    expect(vi.getTimerCount()).toBe(0)
    void deadline.withTimeout(new Promise(() => {}))
    expect(vi.getTimerCount()).toBe(1)
    deadline.clear()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('applies again after a late result', async () => {
    const deadline = new Deadline(1000)
    const { promise, resolve } = deferred()
    const late = deadline.withTimeout(promise)
    await vi.advanceTimersByTimeAsync(1000)
    await late
    const second = deadline.withTimeout(new Promise(() => {}))
    resolve()
    await vi.advanceTimersByTimeAsync(1000)
    expect(await second).toBeUndefined()
  })

  it('keeps the process alive only while it waits for a result', async () => {
    vi.useRealTimers()
    const timers: NodeJS.Timeout[] = []
    const { setTimeout: real } = globalThis
    vi.stubGlobal('setTimeout', (...args: Parameters<typeof real>) => {
      const timer = real(...args)
      timers.push(timer)
      return timer
    })
    const clear = vi.spyOn(globalThis, 'clearTimeout')
    const deadline = new Deadline(100_000)
    const { promise, resolve } = deferred()
    const held = deadline.withTimeout(promise)
    expect(timers.map((timer) => timer.hasRef())).toEqual([true])
    resolve()
    await held
    expect(clear.mock.lastCall).toEqual([timers[0]])
    void deadline.withTimeout(new Promise(() => {}))
    expect(timers.at(-1)?.hasRef()).toBe(true)
    deadline.clear()
    expect(clear.mock.lastCall).toEqual([timers[1]])
    vi.unstubAllGlobals()
    vi.restoreAllMocks()
  })
})
