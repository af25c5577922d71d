import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkServiceKey,
  describeService,
  formatEndpoint,
  formatService,
  parseService,
  readServiceKey,
  type ServiceKey,
  writeServiceKey,
} from '../../../../src/ipvs/model/service-key.ts'
import { SERVICE } from '../../../../src/ipvs/protocol/attributes.ts'
import { AttributeSet } from '../../../../src/netlink/wire/attributes.ts'
import { WireWriter } from '../../../../src/netlink/wire/wire.ts'
import { serviceKey } from '../../../support/ipvs/arbitraries.ts'

const refusal = (name: 'TypeError' | 'RangeError', field: string) => expect.objectContaining({ name, field })

describe('the text of a service', () => {
  it.each<[string, ServiceKey]>([
    ['tcp://192.0.2.1:80', { protocol: 'tcp', address: '192.0.2.1', port: 80, family: 'ipv4' }],
    ['udp://[2001:db8::1]:53', { protocol: 'udp', address: '2001:db8::1', port: 53, family: 'ipv6' }],
    ['sctp://192.0.2.1:0', { protocol: 'sctp', address: '192.0.2.1', port: 0, family: 'ipv4' }],
    ['47://192.0.2.1:80', { protocol: 47, address: '192.0.2.1', port: 80, family: 'ipv4' }],
    ['fwmark://7', { fwmark: 7, family: 'ipv4' }],
    ['fwmark://7/ipv6', { fwmark: 7, family: 'ipv6' }],
    ['fwmark://4294967295', { fwmark: 4294967295, family: 'ipv4' }],
  ])('%s is read and written', (text, key) => {
    expect(parseService(text)).toEqual(key)
    expect(formatService(key)).toBe(text)
  })

  it('is parsed back to the key that it was formatted from', () => {
    fc.assert(
      fc.property(serviceKey(), (key) => {
        expect(parseService(formatService(key))).toEqual(key)
      }),
      { numRuns: 2000 },
    )
  })

  it('may contain the family of a mark, and any spelling of an address', () => {
    expect(parseService('fwmark://7/ipv4')).toEqual(parseService('fwmark://7'))
    expect(formatService(parseService('tcp://[2001:DB8:0::0001]:080'))).toBe('tcp://[2001:db8::1]:80')
  })

  it.each([
    ['', 'service'],
    ['192.0.2.1:80', 'service'],
    ['http://192.0.2.1:80', 'service'],
    ['TCP://192.0.2.1:80', 'service'],
    ['tcp://192.0.2.1', 'service'],
    ['tcp://192.0.2.1:', 'service'],
    ['tcp://192.0.2.1:-1', 'service'],
    ['tcp://192.0.2.1:80/', 'service'],
    [' tcp://192.0.2.1:80', 'service'],
    ['tcp://192.0.2.1:80\n', 'service'],
    ['tcp://2001:db8::1:80', 'service'],
    ['tcp://[192.0.2.1]:80', 'service'],
    ['fwmark://', 'service'],
    ['fwmark://x', 'service'],
    ['fwmark://7/ipv5', 'service'],
    ['tcp://localhost:80', 'address'],
    ['tcp://[fe80::1%eth0]:80', 'address'],
    ['tcp://192.0.2.256:80', 'address'],
  ])('%j is not a service, and the error shows the format', (text, field) => {
    expect(() => parseService(text)).toThrow(refusal('TypeError', field))
  })

  it.each([
    ['tcp://192.0.2.1:65536', 'port'],
    ['65536://192.0.2.1:80', 'protocol'],
    ['fwmark://0', 'fwmark'],
    ['fwmark://4294967296', 'fwmark'],
  ])('%s is out of range', (text, field) => {
    expect(() => parseService(text)).toThrow(refusal('RangeError', field))
  })

  it('of an endpoint has brackets around an IPv6 address', () => {
    expect(formatEndpoint('192.0.2.1', 80)).toBe('192.0.2.1:80')
    expect(formatEndpoint('2001:db8::1', 80)).toBe('[2001:db8::1]:80')
  })

  it('of an invalid service is empty in messages', () => {
    expect(describeService('fwmark://7')).toBe('fwmark://7')
    expect([undefined, 'web', { fwmark: 0 }].map((key) => describeService(key as ServiceKey))).toEqual([
      '',
      '',
      '',
    ])
  })
})

describe('checking a key', () => {
  const web = { protocol: 'tcp', address: '192.0.2.1', port: 80 } as const

  it('fills in the family, makes the address canonical and drops other fields', () => {
    const service = { ...web, scheduler: 'wrr', destinations: [] }
    expect(checkServiceKey(service)).toEqual({ ...web, family: 'ipv4' })
    expect(checkServiceKey({ ...web, address: '2001:DB8::0:1' })).toEqual({
      ...web,
      address: '2001:db8::1',
      family: 'ipv6',
    })
    expect(checkServiceKey({ fwmark: 7 })).toEqual({ fwmark: 7, family: 'ipv4' })
  })

  it('accepts text and objects', () => {
    expect(checkServiceKey('tcp://192.0.2.1:80')).toEqual(checkServiceKey(web))
  })

  it('returns the same key for every spelling of a protocol', () => {
    expect(checkServiceKey({ ...web, protocol: 6 })).toEqual(checkServiceKey(web))
  })

  it.each<[string, unknown, 'TypeError' | 'RangeError', string]>([
    ['nothing', undefined, 'TypeError', 'service'],
    ['null', null, 'TypeError', 'service'],
    ['a number', 80, 'TypeError', 'service'],
    ['an array', [web], 'TypeError', 'service'],
    ['an empty object', {}, 'TypeError', 'service'],
    ['a port alone', { port: 80 }, 'TypeError', 'service'],
    ['a mark and an address', { ...web, fwmark: 7 }, 'TypeError', 'service'],
    ['a mark and a port', { fwmark: 7, port: 80 }, 'TypeError', 'service'],
    ['a mark of null', { fwmark: null }, 'TypeError', 'fwmark'],
    ['a mark in text', { fwmark: '7' }, 'TypeError', 'fwmark'],
    ['a mark of zero', { fwmark: 0 }, 'RangeError', 'fwmark'],
    ['a mark of 33 bits', { fwmark: 2 ** 32 }, 'RangeError', 'fwmark'],
    ['an unknown family', { fwmark: 7, family: 'inet' }, 'TypeError', 'family'],
    ['no protocol', { ...web, protocol: undefined }, 'TypeError', 'protocol'],
    ['an unknown protocol', { ...web, protocol: 'icmp' }, 'TypeError', 'protocol'],
    ['a name that every object has', { ...web, protocol: 'toString' }, 'TypeError', 'protocol'],
    ['a negative protocol', { ...web, protocol: -1 }, 'RangeError', 'protocol'],
    ['no address', { protocol: 'tcp', port: 80 }, 'TypeError', 'address'],
    ['a host name', { ...web, address: 'localhost' }, 'TypeError', 'address'],
    ['an address with a prefix length', { ...web, address: '192.0.2.1/32' }, 'TypeError', 'address'],
    ['no port', { protocol: 'tcp', address: '192.0.2.1' }, 'TypeError', 'port'],
    ['a port in text', { ...web, port: '80' }, 'TypeError', 'port'],
    ['a negative port', { ...web, port: -1 }, 'RangeError', 'port'],
    ['a port beyond 65535', { ...web, port: 65536 }, 'RangeError', 'port'],
    ['half a port', { ...web, port: 80.5 }, 'RangeError', 'port'],
    ['no number of a port', { ...web, port: Number.NaN }, 'RangeError', 'port'],
    ['the family of another address', { ...web, family: 'ipv6' }, 'RangeError', 'family'],
  ])('refuses %s', (_, key, name, field) => {
    expect(() => checkServiceKey(key as ServiceKey)).toThrow(refusal(name, field))
  })
})

describe('the attributes of a key', () => {
  const set = new AttributeSet(SERVICE)
  const writer = new WireWriter()

  it('are read back', () => {
    fc.assert(
      fc.property(serviceKey(), (key) => {
        writer.truncate(0)
        writeServiceKey(writer, key)
        expect(readServiceKey(set.readStrictly(writer.view, 0, writer.length))).toEqual(key)
      }),
    )
  })

  it('are padded if an address is short, as in the kernel', () => {
    writer.truncate(0)
    writeServiceKey(writer, { protocol: 'tcp', address: '192.0.2.1', port: 80, family: 'ipv4' })
    for (const [length, address] of [
      [0, '0.0.0.0'],
      [2, '192.0.0.0'],
      [4, '192.0.2.1'],
    ] as const) {
      const short = new WireWriter()
      short.bytes.set(writer.bytes.subarray(0, 16))
      short.length = 16
      const offset = short.payload(SERVICE.fields.address.type, length)
      short.bytes.set([192, 0, 2, 1].slice(0, length), offset)
      short.bytes.set([6, 0, 4, 0, 0, 80, 0, 0], short.reserve(8))
      expect(readServiceKey(set.readStrictly(short.view, 0, short.length))).toMatchObject({
        address,
        port: 80,
      })
    }
  })

  it('are malformed with an unknown family', () => {
    writer.truncate(0)
    const offset = writer.payload(SERVICE.fields.family.type, 2)
    writer.view.setUint16(offset, 1)
    expect(() => readServiceKey(set.read(writer.view, 0, writer.length))).toThrow(
      expect.objectContaining({ code: 'ERR_LVS_MALFORMED' }),
    )
  })
})
