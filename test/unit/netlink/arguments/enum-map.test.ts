import { describe, expect, it } from 'vitest'
import { ArgumentRangeError, ArgumentTypeError } from '../../../../src/errors.ts'
import { EnumMap } from '../../../../src/netlink/arguments/check.ts'

const WORDS = new EnumMap({ none: 0, one: 1, two: 2 })

describe('named values', () => {
  it('are converted to their numbers; a number is unchanged', () => {
    const check = (value: unknown) => WORDS.parse('x', value, 9)
    expect(['two', 'two', 9, 'none', 'one', 2].map(check)).toEqual([2, 2, 9, 0, 1, 2])
  })

  it('are found by their numbers; a number without a name is unchanged', () => {
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
    'are not %o, and the error lists the valid names, whatever was looked up before',
    (value) => {
      for (const before of ['one', undefined]) {
        if (before !== undefined) WORDS.parse('x', before, 9)
        const check = () => WORDS.parse('x', value, 9)
        expect(check).toThrow(ArgumentTypeError)
        expect(check).toThrow('x must be one of none, one, two')
      }
    },
  )

  it('are not numbers above the maximum', () => {
    expect(() => WORDS.parse('x', 10, 9)).toThrow(ArgumentRangeError)
  })
})

it('names do not include undefined before the first lookup', () => {
  expect(() => new EnumMap({ one: 1 }).parse('x', undefined, 9)).toThrow(ArgumentTypeError)
})
