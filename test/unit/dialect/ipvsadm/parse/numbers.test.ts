import { describe, expect, it } from 'vitest'
import { readIPv4Text } from '../../../../../src/dialect/ipvsadm/parse/numbers.ts'

describe('readIPv4Text', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.513', '192.0.2.1'],
    ['192.513', '192.0.2.1'],
    ['3221225985', '192.0.2.1'],
    ['0300.0.02.01', '192.0.2.1'],
    ['0xc0.0.0x2.1', '192.0.2.1'],
    ['0xffffff00', '255.255.255.0'],
    ['24', '0.0.0.24'],
    ['0', '0.0.0.0'],
    ['192.0.2.1 and more', '192.0.2.1'],
  ])('reads %j as inet_aton(3) does', (text, address) => {
    expect(readIPv4Text(text)).toBe(address)
  })

  it.each([
    '',
    ' ',
    'web',
    '256.0.0.1',
    '1.2.3.256',
    '1.2.65536',
    '4294967296',
    '08',
    '1.2.3.4.5',
    '1..2',
    '1.',
  ])('refuses %j as inet_aton(3) does', (text) => {
    expect(readIPv4Text(text)).toBeUndefined()
  })
})
