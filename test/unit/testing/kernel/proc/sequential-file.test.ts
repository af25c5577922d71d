import { expect, it } from 'vitest'
import { readSequentially } from '../../../../../src/testing/kernel/proc/sequential-file.ts'

const fileOf = (entries: readonly (string | undefined)[]) => ({ from: (at: number) => entries.slice(at) })
const sizes = (entries: readonly (string | undefined)[]) =>
  [...readSequentially(fileOf(entries))].map(({ length }) => length)

it('a file is read page by page, and no entry is cut', () => {
  expect(sizes([])).toEqual([])
  expect(sizes(['x'.repeat(4095)])).toEqual([4095])
  expect(sizes(['x'.repeat(2000), 'x'.repeat(2095), 'x'])).toEqual([4095, 1])
  expect(sizes(['x'.repeat(2000), 'x'.repeat(2096), 'x'])).toEqual([2000, 2097])
})

it('an entry that is too long enlarges the page for good', () => {
  expect(sizes(['x', 'x'.repeat(4096), 'x', 'x'.repeat(8000), 'x'])).toEqual([1, 4097, 8001])
})

it('a skipped entry advances the position', () => {
  const positions: number[] = []
  const entries = [undefined, 'x'.repeat(4000), undefined, 'x'.repeat(100), undefined]
  const file = {
    from: (at: number) => {
      positions.push(at)
      return entries.slice(at)
    },
  }
  expect([...readSequentially(file)].join('')).toHaveLength(4100)
  expect(positions).toEqual([0, 3])
})
