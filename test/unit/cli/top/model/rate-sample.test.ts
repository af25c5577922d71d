import { describe, expect, it } from 'vitest'
import {
  addRates,
  NO_TRAFFIC,
  type RateSample,
  updateSample,
} from '../../../../../src/cli/top/model/rate-sample.ts'
import type { Statistics } from '../../../../../src/ipvs/model/statistics.ts'
import { NO_TRAFFIC as NOTHING_COUNTED } from '../../../../support/ipvs/encoding.ts'

/** The statistics of the kernel after this number of packets. */
const counted = (incomingPackets: number, given: Partial<Statistics> = {}): Statistics => ({
  ...NOTHING_COUNTED,
  incomingPackets,
  ...given,
})

/** The rates after reads at these times in seconds, with these packet counts. */
function packetsPerSecond(...reads: readonly (readonly [time: number, packets: number])[]): number[] {
  let sample: RateSample | undefined
  return reads.map(([time, packets]) => {
    sample = updateSample(sample, counted(packets), time)
    return sample.rates.incomingPackets
  })
}

describe('a rate', () => {
  it('is at first the average of the kernel', () => {
    const sample = updateSample(
      undefined,
      counted(500, { incomingPacketsPerSecond: 7, connectionsPerSecond: 3 }),
      0,
    )
    expect(sample.rates).toEqual({ ...NO_TRAFFIC, incomingPackets: 7, connections: 3 })
  })

  it('is the increase in a sample divided by its two seconds', () => {
    expect(packetsPerSecond([0, 100], [1, 120])).toEqual([0, 10])
  })

  it('stays until the next sample is due, since counters do not change between samples', () => {
    expect(packetsPerSecond([0, 100], [1, 120], [2, 120], [3, 140], [4, 140])).toEqual([0, 10, 10, 10, 10])
  })

  it('does not depend on the phase between reads and samples', () => {
    for (const step of [0.1, 0.3, 0.5, 0.7, 0.9, 1]) {
      for (const phase of [0, 0.01, 0.5, 0.99, 1.5, 1.99]) {
        const reads = Array.from({ length: 100 }, (_, index) => {
          const time = index * step
          return [time, 20 * Math.floor((time + phase) / 2)] as const
        })
        const later = packetsPerSecond(...reads).filter((_, index) => index * step > 2)
        expect(new Set(later), `every ${step} s, ${phase} s after a sample`).toEqual(new Set([10]))
      }
    }
  })

  it('falls to zero when a sample without an increase is due', () => {
    expect(packetsPerSecond([0, 100], [1, 120], [2, 120], [3, 120], [4, 120])).toEqual([0, 10, 10, 10, 0])
  })

  it('after a time without traffic is that of one sample', () => {
    expect(packetsPerSecond([0, 100], [1, 120], [2, 120], [3, 120], [4, 120], [5, 140]).at(-1)).toBe(10)
  })

  it('after a pause is the average of the samples in the meantime', () => {
    expect(packetsPerSecond([0, 100], [1, 120], [61, 720])).toEqual([0, 10, 10])
    expect(packetsPerSecond([0, 100], [1, 120], [2, 120], [5, 160])).toEqual([0, 10, 10, 10])
  })

  it('starts again when counters decrease: they were zeroed, or the service was replaced', () => {
    const before = updateSample(undefined, counted(500), 0)
    const sample = updateSample(before, counted(20, { incomingPacketsPerSecond: 4 }), 1)
    expect(sample.rates.incomingPackets).toBe(4)
    expect(updateSample(sample, counted(60), 2).rates.incomingPackets).toBe(20)
  })
})

it('rates are added field by field', () => {
  const one = { ...NO_TRAFFIC, connections: 1, outgoingBytes: 10 }
  expect(addRates([one, one, { ...NO_TRAFFIC, connections: 0.5 }])).toEqual({
    ...NO_TRAFFIC,
    connections: 2.5,
    outgoingBytes: 20,
  })
})
