import { describe, expect, it } from 'vitest'
import { IpvsClient } from '../../../../src/ipvs/ipvs-client.ts'
import { DumpDeduplicator } from '../../../../src/ipvs/read/dump-deduplicator.ts'
import type { BatchCommand } from '../../../../src/ipvs/write/batch-command.ts'
import { PROFILES } from '../../../../src/testing/ipvs/profile.ts'
import { SimulatedKernel } from '../../../../src/testing/simulated-kernel.ts'

const entry = (key: number, reading = 1) => ({ key, reading })
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)

function distinct(entries: { key: number; reading: number }[]) {
  const list = new DumpDeduplicator<{ key: number; reading: number }>(({ key }) => String(key), 64)
  for (const one of entries) list.add(one)
  return list
}

describe('entries of a dump', () => {
  it.each([0, 1, 63, 64, 65, 500])('are all kept in order if %i differ', (count) => {
    const list = distinct(numbers(count).map((key) => entry(key)))
    expect(list.entries.map(({ key }) => key)).toEqual(numbers(count))
  })

  it.each([
    ['of the first block', 5],
    ['the last that can be of the first block', 63],
    ['of a later block', 150],
  ])('that occur twice are kept once, in their last form: %s', (_, again) => {
    const list = distinct([...numbers(200).map((key) => entry(key)), entry(again, 2)])
    expect(list.entries).toHaveLength(200)
    expect(list.entries[again]).toEqual(entry(again, 2))
  })
})

describe('destinations that are read while another client adds more', () => {
  const web = { protocol: 'tcp', address: '192.0.2.1', port: 80 } as const
  const added = (from: number, to: number) =>
    numbers(to - from).map((index): BatchCommand => {
      const number = from + index
      const address = `10.0.${number >> 8}.${number & 255}`
      return {
        command: 'addDestination',
        service: web,
        destination: { address, forwarding: 'dr', weight: number },
      }
    })

  it.each([
    ['as most kernels write them', false],
    ['with counters that are aligned, so that fewer fit into a block', true],
  ])('are kept once each, %s', async (_, alignsCounters) => {
    const kernel = new SimulatedKernel({ profile: { ...PROFILES['6.1'], alignsCounters } })
    kernel.run([{ command: 'addService', service: { ...web, scheduler: 'rr' } }, ...added(0, 300)])
    const run = () => kernel.run(added(300, 310))
    kernel.faults.inject({ on: 'GET_DEST', fault: { kind: 'between-blocks', run } })
    await using ipvs = await IpvsClient.open({ transport: kernel })
    const weights = (await ipvs.destinations(web)).map(({ weight }) => weight)
    expect(weights.toSorted((one, other) => one - other)).toEqual(numbers(300))
  })
})
