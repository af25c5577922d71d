import { expect, it } from 'vitest'
import { parseDestination } from '../../../../../src/cli/commands/options/destination-options.ts'

it.each([
  ['10.0.0.1', { address: '10.0.0.1' }],
  ['10.0.0.1:80', { address: '10.0.0.1', port: 80 }],
  ['2001:db8::1', { address: '2001:db8::1' }],
  ['[2001:db8::1]', { address: '2001:db8::1' }],
  ['[2001:db8::1]:80', { address: '2001:db8::1', port: 80 }],
])('%s is a destination', (text, key) => {
  expect(parseDestination(text)).toEqual(key)
})

it.each(['', '10.0.0.1:', '10.0.0.1:x', '[2001:db8::1', '[2001:db8::1]80', ':80'])(
  '%j is no destination',
  (text) => {
    expect(() => parseDestination(text)).toThrow('Expected 10.0.0.1, 10.0.0.1:80')
  },
)
