import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IntTupleIndex } from '../../../../src/ipvs/read/tuple-index.ts'

const place = (index: IntTupleIndex, numbers: readonly number[]) => index.indexOf(Int32Array.from(numbers))

describe('an index of tuples', () => {
  it('numbers them in the order in which each first came', () => {
    const index = new IntTupleIndex(2)
    const tuples = [
      [1, 2],
      [2, 1],
      [1, 2],
      [0, 0],
      [-1, 2],
      [2, 1],
      [0, 0],
    ]
    expect(tuples.map((tuple) => place(index, tuple))).toEqual([0, 1, 0, 2, 3, 1, 2])
    expect(index.size).toBe(4)
  })

  it('does as a map does', () => {
    const tuple = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(fc.array(tuple, { maxLength: 400 }), (tuples) => {
        const index = new IntTupleIndex(3)
        const map = new Map<string, number>()
        for (const one of tuples) {
          const key = one.join()
          if (!map.has(key)) map.set(key, map.size)
          expect(place(index, one)).toBe(map.get(key))
        }
        expect(index.size).toBe(map.size)
      }),
    )
  })

  it('has room for many', () => {
    const index = new IntTupleIndex(1)
    const count = 100_000
    for (let round = 0; round < 2; round++) {
      for (let number = 0; number < count; number++) {
        if (place(index, [number * 2048]) !== number) expect.unreachable(`${number}`)
      }
    }
    expect(index.size).toBe(count)
  })
})
