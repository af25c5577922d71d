import { describe, expect, it } from 'vitest'
import { Distinct } from '../../../src/ipvs/distinct.ts'

const entry = (key: number, reading = 1) => ({ key, reading })
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)

function distinct(entries: { key: number; reading: number }[]) {
  const list = new Distinct<{ key: number; reading: number }>(({ key }) => String(key))
  for (const one of entries) list.add(one)
  return list
}

describe('entries of a dump', () => {
  it.each([0, 1, 89, 90, 91, 500])('%i that differ are all kept, in order', (count) => {
    const list = distinct(numbers(count).map((key) => entry(key)))
    expect(list.entries.map(({ key }) => key)).toEqual(numbers(count))
    expect(list.repeated).toBe(false)
  })

  it.each([
    ['of the first block', 5],
    ['the last of the first block', 89],
    ['of a later block', 150],
  ])('that come twice are kept once, as they came last: %s', (_, again) => {
    const list = distinct([...numbers(200).map((key) => entry(key)), entry(again, 2)])
    expect(list.entries).toHaveLength(200)
    expect(list.entries[again]).toEqual(entry(again, 2))
    expect(list.repeated).toBe(true)
  })
})
