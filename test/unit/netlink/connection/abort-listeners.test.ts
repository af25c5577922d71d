import { beforeEach, describe, expect, it, vi } from 'vitest'
import { AbortListeners } from '../../../../src/netlink/connection/abort-listeners.ts'

let listeners: AbortListeners
let controller: AbortController

beforeEach(() => {
  listeners = new AbortListeners()
  controller = new AbortController()
})

describe('listening to a signal', () => {
  it('aborts every call, once', () => {
    const calls = [vi.fn(), vi.fn()]
    for (const call of calls) listeners.add(controller.signal, call)
    controller.abort()
    controller.abort()
    for (const call of calls) expect(call).toHaveBeenCalledTimes(1)
  })

  it('does not call a listener that has been removed', () => {
    const [kept, stopped] = [vi.fn(), vi.fn()]
    listeners.add(controller.signal, kept)
    listeners.add(controller.signal, stopped)()
    controller.abort()
    expect([kept.mock.calls.length, stopped.mock.calls.length]).toEqual([1, 0])
  })

  it('calls the other listeners even if one is removed during the calls', () => {
    const told: number[] = []
    const stops: (() => void)[] = []
    for (const index of [0, 1, 2]) {
      stops.push(
        listeners.add(controller.signal, () => {
          told.push(index)
          stops[index]!()
        }),
      )
    }
    controller.abort()
    expect(told).toEqual([0, 1, 2])
  })

  it('adds one listener for any number of calls, and removes it with the last', () => {
    const added = vi.spyOn(controller.signal, 'addEventListener')
    const removed = vi.spyOn(controller.signal, 'removeEventListener')
    const stops = Array.from({ length: 20 }, () => listeners.add(controller.signal, () => {}))
    for (const stop of stops.slice(1)) stop()
    expect([added.mock.calls.length, removed.mock.calls.length]).toEqual([1, 0])
    stops[0]!()
    expect(removed).toHaveBeenCalledTimes(1)
  })

  it('starts again after the last call has ended', () => {
    const call = vi.fn()
    listeners.add(controller.signal, () => {})()
    listeners.add(controller.signal, call)
    controller.abort()
    expect(call).toHaveBeenCalledTimes(1)
  })

  it('distinguishes signals', () => {
    const other = vi.fn()
    listeners.add(controller.signal, () => {})
    listeners.add(new AbortController().signal, other)
    controller.abort()
    expect(other).not.toHaveBeenCalled()
  })
})
