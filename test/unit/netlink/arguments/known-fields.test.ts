import { describe, expect, it } from 'vitest'
import { ArgumentTypeError } from '../../../../src/errors.ts'
import { KnownFields } from '../../../../src/netlink/arguments/check.ts'

describe('known fields', () => {
  const known = () => new KnownFields(['one', 'two', 'three'])

  it('may be present or absent, in any order', () => {
    const fields = known()
    for (const value of [{ one: 1 }, {}, { two: 1, one: 2 }, { one: 1, two: 2, three: 3 }, { three: 3 }]) {
      expect(fields.check('service', value)).toBe(value)
    }
  })

  it.each([
    ['at first', []],
    ['after what was right with the same beginning', [{ one: 1, two: 2 }]],
    ['after what was right and longer', [{ one: 1, two: 2, three: 3 }]],
    ['after another that was refused', [{ one: 1, five: 5 }]],
  ])('reject a misspelled one and list the known ones, %s', (_, before) => {
    const fields = known()
    for (const value of before) attempt(() => fields.check('service', value))
    const error = attempt(() => fields.check('service', { one: 1, tow: 2 })) as ArgumentTypeError
    expect(error).toBeInstanceOf(ArgumentTypeError)
    expect(error.field).toBe('service.tow')
    expect(error.message).toBe('unknown field `tow` in service; expected one of one, two, three')
  })

  it.each([[null], [undefined], ['one'], [[]]])('do not exist in %o', (value) => {
    expect(attempt(() => known().check('service', value))).toBeInstanceOf(ArgumentTypeError)
  })
})

function attempt(call: () => unknown): unknown {
  try {
    call()
    return undefined
  } catch (error) {
    return error
  }
}
