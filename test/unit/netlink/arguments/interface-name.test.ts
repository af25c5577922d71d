import { describe, expect, it } from 'vitest'
import { ArgumentRangeError, ArgumentTypeError } from '../../../../src/errors.ts'
import { checkInterfaceName } from '../../../../src/netlink/arguments/interface-name.ts'

function thrown(check: () => unknown): unknown {
  try {
    return check()
  } catch (error) {
    return error
  }
}

describe('the name of an interface', () => {
  it.each([
    'lo',
    'eth0.100',
    'br-1_2',
    '...',
    '-',
    'eth0@if7',
    'ünïcødé',
    '接口',
    'a=b',
    '\x7f',
    '123456789012345',
  ])('%j is valid', (name) => expect(checkInterfaceName('interface', name)).toBe(name))

  it.each([
    '',
    '.',
    '..',
    'a/b',
    '../../etc',
    'a:1',
    'a b',
    'a\tb',
    'a\n',
    'a\0',
    'a\u00a0b',
    '\ud800',
    'a\udc00',
  ])('%j is not valid', (name) => {
    const error = thrown(() => checkInterfaceName('interface', name))
    expect(error).toBeInstanceOf(ArgumentTypeError)
    expect(error).toMatchObject({ field: 'interface', message: expect.stringContaining('1 to 15 bytes') })
  })

  it('has at most 15 bytes, whatever the number of characters', () => {
    for (const name of ['1234567890123456', '接口接口接口'])
      expect(thrown(() => checkInterfaceName('interface', name))).toBeInstanceOf(ArgumentRangeError)
  })

  it('has no byte that the kernel treats as a space', () => {
    expect(thrown(() => checkInterfaceName('interface', 'à'))).toBeInstanceOf(ArgumentTypeError)
    expect(checkInterfaceName('interface', 'á')).toBe('á')
  })

  it.each([undefined, null, 7, ['eth0'], {}])('%j is not valid text', (name) =>
    expect(thrown(() => checkInterfaceName('interface', name))).toBeInstanceOf(ArgumentTypeError),
  )
})
