import { describe, expect, it } from 'vitest'
import { UnknownHost } from '../../../../../src/dialect/ipvsadm/names/known-names.ts'
import { readEndpoint } from '../../../../../src/dialect/ipvsadm/parse/endpoint.ts'
import { names } from '../../../../support/dialect/known-names.ts'

const read = (text: string, protocol = 'tcp') => readEndpoint(text, protocol, names)

describe('readEndpoint', () => {
  it.each([
    ['192.0.2.1:80', '192.0.2.1', 80],
    ['192.0.2.1', '192.0.2.1', undefined],
    ['192.0.2.1:0', '192.0.2.1', 0],
    ['192.0.2.1:http', '192.0.2.1', 80],
    ['192.0.2.1:0120', '192.0.2.1', 120],
    ['10.1:80', '10.0.0.1', 80],
    ['0x0a000001:80', '10.0.0.1', 80],
    ['web:http', '192.0.2.7', 80],
  ])('reads %s', (text, address, port) => {
    expect(read(text)).toEqual({ address, family: 'ipv4', port })
  })

  it.each([
    ['[2001:DB8::1]:80', '2001:db8::1', 80],
    ['[2001:db8::1]:http', '2001:db8::1', 80],
    ['2001:db8::1', '2001:db8::1', undefined],
    ['2001:db8::2:80', '2001:db8::2:80', undefined],
    ['[::ffff:192.0.2.1]:80', '::ffff:192.0.2.1', 80],
  ])('reads %s', (text, address, port) => {
    expect(read(text)).toEqual({ address, family: 'ipv6', port })
  })

  it.each([
    ...['', ':80', '192.0.2.1:', '192.0.2.1:65536', '192.0.2.1:-1', '192.0.2.1:8x', '192.0.2.1:0x50'],
    ...['192.0.2.1:nothing', '[2001:db8::1]', '[2001:db8::1]:', '[2001:db8::1', '[2001:db8::1]80'],
    ...['[fe80::1%lo]:80', '[]:80', 'nowhere:80'],
    // ipvsadm reads these as an address without a port.
    ...['[192.0.2.1]:80', '[web]:80'],
  ])('refuses %j', (text) => {
    expect(read(text)).toBeUndefined()
  })

  it('looks up the name of a port under its protocol', () => {
    expect(read('192.0.2.1:domain', 'udp')?.port).toBe(53)
    expect(read('192.0.2.1:domain', 'tcp')).toBeUndefined()
  })

  it('throws for a host that has not been looked up', () => {
    expect(() => read('other:80')).toThrow(UnknownHost)
    expect(() => read('other:80')).toThrow('the address of other has not been looked up')
  })
})
