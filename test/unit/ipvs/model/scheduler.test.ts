import { describe, expect, it } from 'vitest'
import {
  checkScheduler,
  SCHEDULERS,
  schedulerFlagBits,
  schedulerFlagNames,
} from '../../../../src/ipvs/model/scheduler.ts'

const refusal = expect.objectContaining({ name: 'TypeError', field: 'schedulerFlags' })

describe('a scheduler', () => {
  it.each([...SCHEDULERS, 'none', 'twos', 'my-scheduler_15'])('may have the name %s', (name) =>
    expect(checkScheduler(name)).toBe(name),
  )

  it.each([undefined, null, '', 'a b', '../x', 5])('cannot have the name %o', (name) =>
    expect(() => checkScheduler(name)).toThrow(
      expect.objectContaining({ name: 'TypeError', field: 'scheduler' }),
    ),
  )

  it('has a name of at most 15 characters: the kernel stores 16 with the NUL', () => {
    expect(checkScheduler('x'.repeat(15))).toHaveLength(15)
    expect(() => checkScheduler('x'.repeat(16))).toThrow(RangeError)
  })
})

describe('the flags of a scheduler', () => {
  it.each([
    ['sh', ['sh-fallback'], 0x08],
    ['sh', ['sh-port'], 0x10],
    ['mh', ['mh-fallback', 'mh-port'], 0x18],
    ['sh', ['sh-fallback', 'sh-port', 'flag-3'], 0x38],
    ['rr', ['flag-1', 'flag-2', 'flag-3'], 0x38],
    ['rr', [], 0],
  ] as const)('%s %j are bits, and back', (scheduler, flags, bits) => {
    expect(schedulerFlagBits(scheduler, flags)).toBe(bits)
    expect(schedulerFlagNames(scheduler, bits)).toEqual(flags)
  })

  it('are found among other bits', () => {
    expect(schedulerFlagNames('sh', 0xffff_ffc7 | 0x10)).toEqual(['sh-port'])
    expect(schedulerFlagNames('rr', 0x07)).toEqual([])
  })

  it('have the names of the scheduler, otherwise the generic names', () => {
    expect(schedulerFlagNames('sh', 0x38)).toEqual(['sh-fallback', 'sh-port', 'flag-3'])
    expect(schedulerFlagBits('sh', ['flag-1'])).toBe(0x08)
  })

  it('may be repeated', () => {
    expect(schedulerFlagBits('sh', ['sh-port', 'sh-port', 'flag-2'])).toBe(0x10)
  })

  it.each([
    ['of another scheduler', 'sh', ['mh-port']],
    ['of a scheduler that has none', 'wlc', ['sh-port']],
    ['unknown', 'sh', ['port']],
    ['that every object has', 'sh', ['constructor']],
    ['that are numbers', 'sh', [8]],
  ])('%s are rejected, and the error lists the existing flags', (_, scheduler, flags) => {
    expect(() => schedulerFlagBits(scheduler, flags)).toThrow(refusal)
    expect(() => schedulerFlagBits(scheduler, flags)).toThrow(/flag-1, flag-2, flag-3/)
  })

  it.each(['sh-port', 8, null, { 0: 'sh-port' }])('must be an array, not %o', (flags) => {
    expect(() => schedulerFlagBits('sh', flags)).toThrow(refusal)
  })
})
