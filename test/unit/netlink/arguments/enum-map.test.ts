import { describe, expect, it } from 'vitest'
import { ArgumentRangeError, ArgumentTypeError } from '../../../../src/errors.ts'
import { EnumMap } from '../../../../src/netlink/arguments/check.ts'

const WORDS = new EnumMap({ none: 0, one: 1, two: 2 })

describe('words', () => {
  it('are given as their numbers; a number is itself', () => {
    const check = (value: unknown) => WORDS.parse('x', value, 9)
    expect(['two', 'two', 9, 'none', 'one', 2].map(check)).toEqual([2, 2, 9, 0, 1, 2])
  })

  it('are found by their numbers; a number without one is itself', () => {
    expect([0, 1, 1, 3, 2, 0].map((number) => WORDS.nameOf(number))).toEqual([
      'none',
      'one',
      'one',
      3,
      'two',
      'none',
    ])
  })

  it.each(['three', '', 'toString', '__proto__', null, undefined, {}])(
    'are not %o, and the error lists those there are, whatever came before',
    (value) => {
      for (const before of ['one', undefined]) {
        if (before !== undefined) WORDS.parse('x', before, 9)
        const check = () => WORDS.parse('x', value, 9)
        expect(check).toThrow(ArgumentTypeError)
        expect(check).toThrow('x must be one of none, one, two')
      }
    },
  )

  it('are not numbers beyond the largest', () => {
    expect(() => WORDS.parse('x', 10, 9)).toThrow(ArgumentRangeError)
  })
})

it('words of which none was looked up stand for no undefined', () => {
  expect(() => new EnumMap({ one: 1 }).parse('x', undefined, 9)).toThrow(ArgumentTypeError)
})
