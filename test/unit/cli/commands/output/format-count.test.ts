import { expect, it } from 'vitest'
import { formatCount } from '../../../../../src/cli/io/format-count.ts'

it.each([
  [0, '0'],
  [999, '999'],
  [1000, '1.0 k'],
  [9900, '9.9 k'],
  [12_345, '12 k'],
  [999_999, '999 k'],
  [1_000_000, '1.0 M'],
  [5_000_000_000, '5.0 G'],
])('%d is shown as %s', (value, text) => {
  expect(formatCount(value)).toBe(text)
})
