import { describe, expect, it } from 'vitest'
import { ArgumentRangeError, ArgumentTypeError } from '../../../../src/errors.ts'
import {
  checkAddress,
  checkBoolean,
  checkFamily,
  checkInteger,
  checkName,
  checkObject,
  checkPort,
} from '../../../../src/netlink/arguments/check.ts'

/** The error that a check throws. */
function thrown(check: () => unknown): ArgumentTypeError | ArgumentRangeError {
  try {
    check()
  } catch (error) {
    return error as ArgumentTypeError
  }
  return expect.unreachable('nothing was thrown')
}

describe('an error about an argument', () => {
  it('names the field, the accepted values and the rejected value', () => {
    const error = thrown(() => checkInteger('weight', -1, 0, 255))
    expect(error).toBeInstanceOf(ArgumentRangeError)
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE', field: 'weight' })
    expect(error.message).toBe('weight must be an integer from 0 to 255, not -1')
  })

  it('is a TypeError if the type is wrong', () => {
    const error = thrown(() => checkInteger('weight', '1', 0, 255))
    expect(error).toBeInstanceOf(ArgumentTypeError)
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE', field: 'weight' })
    expect(error.message).toBe('weight must be an integer from 0 to 255, not "1"')
  })

  it.each([
    [null, 'null'],
    [undefined, 'undefined'],
    [true, 'true'],
    [{}, 'an object'],
    [[1], 'an array'],
    [() => 1, 'a function'],
    [Symbol('x'), 'Symbol(x)'],
    [10n, '10'],
    ['a"b', '"a\\"b"'],
  ])('shows %o as %s', (value, shown) => {
    expect(thrown(() => checkInteger('x', value, 0, 1)).message.split(', not ')[1]).toBe(shown)
  })
})

describe('an integer', () => {
  it.each([0, 7, 10])('%i is between 0 and 10', (value) =>
    expect(checkInteger('x', value, 0, 10)).toBe(value),
  )
  it.each([-1, 11, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('%d is not between 0 and 10', (value) =>
    expect(thrown(() => checkInteger('x', value, 0, 10))).toBeInstanceOf(ArgumentRangeError),
  )
  it.each([['1'], [1n], [null], [true], [[1]]])('%o is not valid', (value) =>
    expect(thrown(() => checkInteger('x', value, 0, 10))).toBeInstanceOf(ArgumentTypeError),
  )
})

describe('a port', () => {
  it.each([0, 65535])('%i is valid', (value) => expect(checkPort('port', value)).toBe(value))
  it.each([-1, 65536])('%i is not valid', (value) =>
    expect(() => checkPort('port', value)).toThrow(RangeError),
  )
})

describe('a name', () => {
  it.each(['a', 'eth0', 'eth0.100', 'br-1_2', '~!@#'])('%s is valid', (value) =>
    expect(checkName('x', value, 8)).toBe(value),
  )
  it.each(['', 'a b', 'a/b', 'a\0b', 'a\n', 'ä', 7, null, undefined])('%j is not valid', (value) =>
    expect(thrown(() => checkName('x', value, 8))).toBeInstanceOf(ArgumentTypeError),
  )
  it('has a maximum length', () => {
    expect(checkName('x', '12345678', 8)).toBe('12345678')
    expect(thrown(() => checkName('x', '123456789', 8))).toBeInstanceOf(ArgumentRangeError)
  })
})

describe('an object', () => {
  it('is a value with fields', () => {
    const value = { a: 1 }
    expect(checkObject('x', value)).toBe(value)
  })
  it.each([[null], [undefined], ['a'], [1], [[]], [() => 1]])('%o is not valid', (value) =>
    expect(() => checkObject('x', value)).toThrow(TypeError),
  )
})

it('only true and false are booleans', () => {
  expect([checkBoolean('x', true), checkBoolean('x', false)]).toEqual([true, false])
  for (const value of [0, 1, 'true', null, undefined])
    expect(() => checkBoolean('x', value)).toThrow(TypeError)
})

it('an address has a family, and a family has a name', () => {
  expect([checkAddress('x', '192.0.2.1'), checkAddress('x', '::1')]).toEqual(['ipv4', 'ipv6'])
  for (const value of ['localhost', '', 1, null]) expect(() => checkAddress('x', value)).toThrow(TypeError)
  expect([checkFamily('x', 'ipv4'), checkFamily('x', 'ipv6')]).toEqual(['ipv4', 'ipv6'])
  for (const value of ['inet', 4, undefined]) expect(() => checkFamily('x', value)).toThrow(TypeError)
})
