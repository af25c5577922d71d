import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TimeSlice } from '../../../../src/netlink/connection/time-slice.ts'

describe('a time slice of the event loop', () => {
  let now = 0

  beforeEach(() => {
    now = 1000
    vi.spyOn(performance, 'now').mockImplementation(() => now)
  })
  afterEach(() => void vi.restoreAllMocks())

  /** Steps until the slice is over, each taking this many milliseconds. */
  function steps(turn: TimeSlice, milliseconds: number): number {
    for (let count = 1; count < 10_000; count++) {
      now += milliseconds
      if (!turn.continues()) return count
    }
    return Number.POSITIVE_INFINITY
  }

  it('continues while little time has passed', () => {
    const turn = new TimeSlice()
    turn.begin()
    expect(steps(turn, 0)).toBe(Number.POSITIVE_INFINITY)
    expect(turn.isOver).toBe(false)
  })

  it('is over after some time, which one of the next steps detects', () => {
    const turn = new TimeSlice()
    turn.begin()
    expect(steps(turn, 1)).toBeLessThanOrEqual(64)
    expect(turn.isOver).toBe(true)
    turn.begin()
    expect(turn.isOver).toBe(false)
    expect(steps(turn, 0.01)).toBeLessThanOrEqual(256)
  })
})
