import { expect, it } from 'vitest'
import { printCounter } from '../../../../../src/dialect/ipvsadm/print/print-counter.ts'

it.each([
  [0, '        0'],
  [99_999_999, ' 99999999'],
  [100_000_000, '  100000K'],
  [999_999_999, '  999999K'],
  [1_000_000_000, '    1000M'],
  [99_999_999_999, '   99999M'],
  [100_000_000_000, '     100G'],
  [99_999_999_999_999, '   99999G'],
  [100_000_000_000_000, '     100T'],
])('prints %d as %j, as ipvsadm does', (value, text) => {
  expect(printCounter(value, false)).toBe(text)
})

it.each([
  [0, '        0'],
  [99_999_999, ' 99999999'],
  [100_000_000, ' 100000000'],
])('prints %d exactly as %j', (value, text) => {
  expect(printCounter(value, true)).toBe(text)
})
