import { describe, expect, it } from 'vitest'
import { formatCount, formatRate } from '../../../../src/cli/io/format-count.ts'

describe('formatCount', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1.0 k'],
    [9900, '9.9 k'],
    [12_345, '12 k'],
    [999_999, '999 k'],
    [1_000_000, '1.0 M'],
    [5_000_000_000, '5.0 G'],
  ])('formats %d as %s', (value, text) => {
    expect(formatCount(value)).toBe(text)
  })
})

describe('formatRate', () => {
  it.each([
    [0, '0'],
    [0.5, '0.5'],
    [8.5, '8.5'],
    [9.96, '10'],
    [12.5, '13'],
    [999.4, '999'],
    [1234, '1.2 k'],
    [98_765_432, '98 M'],
  ])('formats %d as %s', (rate, text) => {
    expect(formatRate(rate)).toBe(text)
  })
})
