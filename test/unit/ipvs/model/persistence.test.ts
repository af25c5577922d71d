import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkPersistence,
  noPersistence,
  type Persistence,
  readPersistence,
} from '../../../../src/ipvs/model/persistence.ts'
import type { Family } from '../../../../src/netlink/wire/address.ts'
import { LITTLE_ENDIAN } from '../../../../src/netlink/wire/wire.ts'

const netmask = (persistence: Persistence, family: Family) => [
  ...checkPersistence(persistence, family).netmask,
]
const native = (number: number) => [...new Uint8Array(Uint32Array.of(number).buffer)]

describe('the mask of IPv4', () => {
  it.each([
    ['255.255.255.0', [255, 255, 255, 0]],
    ['0.0.0.0', [0, 0, 0, 0]],
    ['255.0.255.0', [255, 0, 255, 0]],
    [24, [255, 255, 255, 0]],
    [32, [255, 255, 255, 255]],
    [1, [128, 0, 0, 0]],
    [0, [0, 0, 0, 0]],
    [undefined, [255, 255, 255, 255]],
  ])('%s is sent in network order', (mask, bytes) => {
    expect(netmask({ mask }, 'ipv4')).toEqual(bytes)
  })

  it('is read as a dotted mask, even if it is not a prefix', () => {
    expect(readPersistence(300, Uint8Array.of(255, 255, 255, 0), 'ipv4')).toEqual({
      timeout: 300,
      mask: '255.255.255.0',
    })
    expect(readPersistence(0, Uint8Array.of(1, 2, 3, 4), 'ipv4').mask).toBe('1.2.3.4')
  })

  it.each([33, -1, 1.5])('cannot be %d bits long', (mask) => {
    expect(() => netmask({ mask }, 'ipv4')).toThrow(
      expect.objectContaining({ name: 'RangeError', field: 'persistence.mask' }),
    )
  })

  it.each(['24', '/24', '255.255.255', 'ffffff00', '::', '', null, true])('cannot be %j', (mask) => {
    const persistence = { mask } as Persistence
    expect(() => netmask(persistence, 'ipv4')).toThrow(
      expect.objectContaining({ name: 'TypeError', field: 'persistence.mask' }),
    )
  })
})

describe('the mask of IPv6', () => {
  it.each([1, 64, 128])('%i is sent as a prefix length in host order', (mask) => {
    expect(netmask({ mask }, 'ipv6')).toEqual(native(mask))
    expect(LITTLE_ENDIAN ? native(mask)[0] : native(mask)[3]).toBe(mask)
  })

  it('covers the whole address by default', () => {
    expect(netmask({}, 'ipv6')).toEqual(native(128))
  })

  it('is read as a prefix length', () => {
    expect(readPersistence(300, Uint8Array.from(native(64)), 'ipv6')).toEqual({ timeout: 300, mask: 64 })
  })

  it.each([0, 129])('cannot be %i: the kernel requires 1 to 128', (mask) => {
    expect(() => netmask({ mask }, 'ipv6')).toThrow(
      expect.objectContaining({ name: 'RangeError', field: 'persistence.mask' }),
    )
  })

  it.each(['255.255.255.0', '64', 'ffff::'])('cannot be %j', (mask) => {
    expect(() => netmask({ mask }, 'ipv6')).toThrow(
      expect.objectContaining({ name: 'TypeError', field: 'persistence.mask' }),
    )
  })
})

describe('the timeout', () => {
  it('is 360 seconds by default, as in ipvsadm 1.31', () => {
    expect(checkPersistence({}, 'ipv4').timeout).toBe(360)
  })

  it.each([0, 1, 4_294_967])('may be %i', (timeout) =>
    expect(checkPersistence({ timeout }, 'ipv4').timeout).toBe(timeout),
  )

  it.each([-1, 4_294_968, 0.5])('cannot be %d', (timeout) => {
    expect(() => checkPersistence({ timeout }, 'ipv4')).toThrow(
      expect.objectContaining({ name: 'RangeError', field: 'persistence.timeout' }),
    )
  })

  it('has a maximum below the wrap of 32-bit ticks at the fastest clock', () => {
    expect(4_294_967 * 1000).toBeLessThan(2 ** 32)
    expect(4_294_968 * 1000).toBeGreaterThan(2 ** 32)
  })
})

it('without persistence the mask covers the whole address', () => {
  expect(noPersistence('ipv4')).toEqual({ timeout: 0, netmask: Uint8Array.of(255, 255, 255, 255) })
  expect(noPersistence('ipv6')).toEqual({ timeout: 0, netmask: Uint8Array.from(native(128)) })
})

it('persistence that was read can be written again', () => {
  const netmasks = fc.uint8Array({ minLength: 4, maxLength: 4 })
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_294_967 }), netmasks, (timeout, bytes) => {
      const read = readPersistence(timeout, bytes, 'ipv4')
      expect(checkPersistence(read, 'ipv4')).toEqual({ timeout, netmask: bytes })
    }),
  )
})

it('a netmask that is too short is malformed', () => {
  expect(() => readPersistence(300, new Uint8Array(3), 'ipv4')).toThrow(
    expect.objectContaining({ code: 'ERR_LVS_MALFORMED' }),
  )
})

it.each([
  ['true', true, 'persistence'],
  ['a number of seconds', 300, 'persistence'],
  ['a misspelled field', { timout: 300 }, 'persistence.timout'],
])('cannot be %s', (_, value, field) => {
  expect(() => checkPersistence(value as Persistence, 'ipv4')).toThrow(
    expect.objectContaining({ name: 'TypeError', field }),
  )
})
