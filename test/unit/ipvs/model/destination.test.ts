import { describe, expect, it } from 'vitest'
import type { Destination, DestinationInput, DestinationKey } from '../../../../src/ipvs/model/destination.ts'
import {
  checkDestinationKey,
  readDestination,
  writeDestination,
} from '../../../../src/ipvs/model/destination-message.ts'
import { DESTINATION } from '../../../../src/ipvs/protocol/attributes.ts'
import type { Family } from '../../../../src/netlink/wire/address.ts'
import { AttributeSet, writeAttribute } from '../../../../src/netlink/wire/attributes.ts'
import { WireWriter } from '../../../../src/netlink/wire/wire.ts'
import { destinationWritten, IDLE, refusal } from '../../../support/ipvs/encoding.ts'

const ADDRESS = '198.51.100.7'
const { fields } = DESTINATION

function write(input: object, serviceFamily: Family = 'ipv4', defaultPort = 80): Destination {
  const destination = { address: ADDRESS, ...input } as DestinationInput
  const key = checkDestinationKey(destination, defaultPort)
  return destinationWritten(
    (writer) => writeDestination(writer, key, destination, serviceFamily),
    serviceFamily,
  )
}

describe('the key of a destination', () => {
  it('has the port of the service by default', () => {
    expect(checkDestinationKey({ address: ADDRESS }, 80)).toEqual({
      address: ADDRESS,
      port: 80,
      family: 'ipv4',
    })
    expect(checkDestinationKey({ address: ADDRESS, port: 0 }, 80).port).toBe(0)
  })

  it('has a canonical address and its family', () => {
    const key = { address: '2001:db8::7', port: 80, family: 'ipv6' }
    expect(checkDestinationKey({ address: '2001:DB8:0::7' }, 80)).toEqual(key)
  })

  it('may be a destination that was read', () => {
    expect(checkDestinationKey(write({ forwarding: 'dr' }), 1)).toEqual({
      address: ADDRESS,
      port: 80,
      family: 'ipv4',
    })
  })

  it.each<[string, unknown, 'TypeError' | 'RangeError', string]>([
    ['nothing', undefined, 'TypeError', 'destination'],
    ['null', null, 'TypeError', 'destination'],
    ['text', ADDRESS, 'TypeError', 'destination'],
    ['no address', {}, 'TypeError', 'destination.address'],
    ['a host name', { address: 'web1' }, 'TypeError', 'destination.address'],
    ['a port in text', { address: ADDRESS, port: '80' }, 'TypeError', 'destination.port'],
    ['a port of null', { address: ADDRESS, port: null }, 'TypeError', 'destination.port'],
    ['a port beyond 65535', { address: ADDRESS, port: 65536 }, 'RangeError', 'destination.port'],
    ['an unknown family', { address: ADDRESS, family: 4 }, 'TypeError', 'destination.family'],
    [
      'the family of another address',
      { address: ADDRESS, family: 'ipv6' },
      'RangeError',
      'destination.family',
    ],
    ['an unknown field', { address: ADDRESS, wieght: 3 }, 'TypeError', 'destination.wieght'],
    ['a field of a service', { address: ADDRESS, scheduler: 'rr' }, 'TypeError', 'destination.scheduler'],
  ])('cannot be %s', (_, key, name, field) => {
    expect(() => checkDestinationKey(key as DestinationKey, 80)).toThrow(
      expect.objectContaining(refusal(name, field)),
    )
  })
})

describe('a destination', () => {
  it('has weight 1, no thresholds and a plain tunnel by default', () => {
    const defaults = {
      address: ADDRESS,
      port: 80,
      family: 'ipv4',
      weight: 1,
      upperThreshold: 0,
      lowerThreshold: 0,
    }
    expect(write({ forwarding: 'dr' })).toEqual({ ...defaults, forwarding: 'dr', tunnel: null, ...IDLE })
    expect(write({ forwarding: 'tun' })).toEqual({
      ...defaults,
      forwarding: 'tun',
      tunnel: { type: 'ipip' },
      ...IDLE,
    })
  })

  it.each([
    ['nat', 0],
    ['local', 1],
    ['tun', 2],
    ['dr', 3],
    ['bypass', 4],
    [7, 7],
  ])('with forwarding %s has the method %i of the kernel', (forwarding, method) => {
    const writer = new WireWriter()
    const key = checkDestinationKey({ address: ADDRESS }, 80)
    writeDestination(writer, key, { forwarding } as DestinationInput, 'ipv4')
    const set = new AttributeSet(DESTINATION).readStrictly(writer.view, 0, writer.length)
    expect(set.get(fields.forwarding)).toBe(method)
    expect(readDestination(set, 'ipv4').forwarding).toBe(forwarding)
  })

  it.each([0, 1, 65_536, 2 ** 31 - 1])('may have the weight %i', (weight) => {
    expect(write({ forwarding: 'dr', weight }).weight).toBe(weight)
  })

  it('may have thresholds, the lower one at most the upper one', () => {
    const thresholds = { upperThreshold: 100, lowerThreshold: 100 }
    expect(write({ forwarding: 'dr', ...thresholds })).toMatchObject(thresholds)
  })

  it('of the other family is reached through a tunnel, and is sent with its family', () => {
    const input = { address: '2001:db8::7', forwarding: 'tun' }
    expect(write(input, 'ipv4')).toMatchObject({
      address: '2001:db8::7',
      family: 'ipv6',
      tunnel: { type: 'ipip' },
    })
    expect(write({ forwarding: 'tun' }, 'ipv6')).toMatchObject({ address: ADDRESS, family: 'ipv4' })
  })

  it.each<[string, object, 'TypeError' | 'RangeError', string]>([
    ['no forwarding', {}, 'TypeError', 'destination.forwarding'],
    ['an unknown forwarding', { forwarding: 'masq' }, 'TypeError', 'destination.forwarding'],
    ['a forwarding beyond its three bits', { forwarding: 8 }, 'RangeError', 'destination.forwarding'],
    ['a weight in text', { forwarding: 'dr', weight: '1' }, 'TypeError', 'destination.weight'],
    ['a weight of null', { forwarding: 'dr', weight: null }, 'TypeError', 'destination.weight'],
    ['a negative weight', { forwarding: 'dr', weight: -1 }, 'RangeError', 'destination.weight'],
    ['a weight of 2^31', { forwarding: 'dr', weight: 2 ** 31 }, 'RangeError', 'destination.weight'],
    [
      'an upper threshold of 2^31',
      { forwarding: 'dr', upperThreshold: 2 ** 31 },
      'RangeError',
      'destination.upperThreshold',
    ],
    [
      'a lower threshold alone',
      { forwarding: 'dr', lowerThreshold: 1 },
      'RangeError',
      'destination.lowerThreshold',
    ],
    [
      'a lower threshold above the upper one',
      { forwarding: 'dr', upperThreshold: 4, lowerThreshold: 5 },
      'RangeError',
      'destination.lowerThreshold',
    ],
    [
      'a tunnel without tunnelling',
      { forwarding: 'dr', tunnel: { type: 'ipip' } },
      'TypeError',
      'destination.tunnel',
    ],
    ['a wrong tunnel', { forwarding: 'tun', tunnel: { type: 'gue' } }, 'TypeError', 'tunnel.port'],
    [
      'another family without a tunnel',
      { address: '::1', forwarding: 'nat' },
      'TypeError',
      'destination.forwarding',
    ],
  ])('cannot have %s', (_, input, name, field) => {
    expect(() => write(input)).toThrow(expect.objectContaining(refusal(name, field)))
  })
})

describe('a destination from the kernel', () => {
  it('has the family of its service if the reply has none (before Linux 3.18)', () => {
    const writer = new WireWriter()
    writeAttribute(writer, fields.address, Uint8Array.of(198, 51, 100, 7))
    writeAttribute(writer, fields.port, 80)
    writeAttribute(writer, fields.forwarding, 0)
    writeAttribute(writer, fields.weight, 1)
    const read = () =>
      readDestination(new AttributeSet(DESTINATION).readStrictly(writer.view, 0, writer.length), 'ipv4')
    expect(read()).toMatchObject({
      address: ADDRESS,
      family: 'ipv4',
      upperThreshold: 0,
      tunnel: null,
      ...IDLE,
    })
    writeAttribute(writer, fields.family, 0)
    expect(read()).toMatchObject({ address: ADDRESS, family: 'ipv4' })
  })

  it('has three connection counts', () => {
    const counts = { activeConnections: 7, inactiveConnections: 8, persistentConnections: 4_294_967_295 }
    const key = checkDestinationKey({ address: ADDRESS }, 80)
    const write = (writer: WireWriter) => {
      writeDestination(writer, key, { forwarding: 'dr' }, 'ipv4')
      for (const [name, count] of Object.entries(counts)) {
        writeAttribute(writer, fields[name as keyof typeof counts], count)
      }
    }
    expect(destinationWritten(write, 'ipv4')).toMatchObject(counts)
  })

  it('has its forwarding method in the low three bits', () => {
    const writer = new WireWriter()
    writeDestination(writer, checkDestinationKey({ address: ADDRESS }, 80), { forwarding: 'dr' }, 'ipv4')
    writeAttribute(writer, fields.forwarding, 0x2000 | 3)
    const set = new AttributeSet(DESTINATION).readStrictly(writer.view, 0, writer.length)
    expect(readDestination(set, 'ipv4').forwarding).toBe('dr')
  })
})
