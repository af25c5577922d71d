import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readText, readU64, writeU64 } from '../../../../src/netlink/wire/codecs.ts'
import { NLM_F_ACK, NLM_F_REQUEST, NLMSG_NOOP } from '../../../../src/netlink/wire/uapi.ts'
import { align4, LITTLE_ENDIAN, WireWriter } from '../../../../src/netlink/wire/wire.ts'

const view = (bytes: number[]) => new DataView(Uint8Array.from(bytes).buffer)
const written = (writer: WireWriter) => Buffer.from(writer.bytes.subarray(0, writer.length))

it('aligns lengths to multiples of four', () => {
  expect([0, 1, 2, 3, 4, 5, 8].map(align4)).toEqual([0, 4, 4, 4, 4, 8, 8])
})

it('detects the byte order of this machine', () => {
  expect(LITTLE_ENDIAN).toBe(new Uint16Array(Uint8Array.of(1, 0).buffer)[0] === 1)
})

describe('a writer', () => {
  it('writes a message with its header, and its length at its end', () => {
    const writer = new WireWriter()
    const start = writer.beginMessage(0x1234, NLM_F_REQUEST, 0xfedcba98)
    writer.genericHeader(7, 1)
    writer.endMessage(start)
    const { view } = writer
    expect(view.getUint32(0, LITTLE_ENDIAN)).toBe(20)
    expect(view.getUint16(4, LITTLE_ENDIAN)).toBe(0x1234)
    expect(view.getUint16(6, LITTLE_ENDIAN)).toBe(NLM_F_REQUEST)
    expect(view.getUint32(8, LITTLE_ENDIAN)).toBe(0xfedcba98)
    expect(view.getUint32(12, LITTLE_ENDIAN)).toBe(0)
    expect([...written(writer).subarray(16)]).toEqual([7, 1, 0, 0])
  })

  it('includes the header and the content of a nest in its length', () => {
    const writer = new WireWriter()
    const nest = writer.beginNest(2)
    writer.payload(1, 2)
    writer.endNest(nest)
    expect(writer.view.getUint16(0, LITTLE_ENDIAN)).toBe(12)
    expect(writer.view.getUint16(2, LITTLE_ENDIAN)).toBe(2)
  })

  it.each([1, 2, 3, 5])('pads a payload of %i bytes with zeros, whatever was there before', (size) => {
    const writer = new WireWriter(16)
    writer.bytes.fill(0xff)
    const offset = writer.payload(9, size)
    expect(offset).toBe(4)
    expect(writer.length).toBe(4 + align4(size))
    expect(writer.view.getUint16(0, LITTLE_ENDIAN)).toBe(4 + size)
    expect([...written(writer).subarray(4 + size)]).toEqual(new Array(align4(size) - size).fill(0))
  })

  it('grows and keeps its content', () => {
    const writer = new WireWriter(4)
    for (let index = 0; index <= 100; index++) {
      const offset = writer.reserve(4)
      writer.view.setUint32(offset, index)
    }
    expect(writer.length).toBe(404)
    expect(Array.from({ length: 101 }, (_, index) => writer.view.getUint32(index * 4))).toEqual(
      Array.from({ length: 101 }, (_, index) => index),
    )
    expect(writer.view.buffer).toBe(writer.bytes.buffer)
  })

  it('discards everything after a mark', () => {
    const writer = new WireWriter()
    writer.payload(1, 4)
    const mark = writer.length
    writer.payload(2, 40)
    writer.truncate(mark)
    expect(writer.length).toBe(8)
  })

  it('requests an acknowledgement in addition to the existing flags', () => {
    const writer = new WireWriter()
    const start = writer.beginMessage(16, 0x300, 1)
    writer.requestAcknowledgement(start)
    expect(writer.view.getUint16(6, LITTLE_ENDIAN)).toBe(0x300 | NLM_F_ACK)
  })

  it('converts a message to a no-op: acknowledged and not executed', () => {
    const writer = new WireWriter()
    const start = writer.beginMessage(16, 0x300, 5)
    writer.endMessage(start)
    writer.convertToNoop(start)
    expect(writer.view.getUint16(4, LITTLE_ENDIAN)).toBe(NLMSG_NOOP)
    expect(writer.view.getUint16(6, LITTLE_ENDIAN)).toBe(NLM_F_REQUEST | NLM_F_ACK)
    expect(writer.view.getUint32(8, LITTLE_ENDIAN)).toBe(5)
  })
})

describe('text', () => {
  it('ends at the first NUL, or at the end of its payload', () => {
    expect(readText(view([0x77, 0x72, 0x72, 0, 0x78]), 0, 5)).toBe('wrr')
    expect(readText(view([0x77, 0x72, 0x72, 0x78]), 0, 3)).toBe('wrr')
    expect(readText(view([0x77, 0x72]), 1, 0)).toBe('')
  })
})

describe('64-bit numbers', () => {
  const buffer = new DataView(new ArrayBuffer(16))

  it('are exact up to 2^53', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: 0, max: 8 }), (value, offset) => {
        writeU64(buffer, offset, value)
        expect(buffer.getBigUint64(offset, LITTLE_ENDIAN)).toBe(BigInt(value))
        expect(readU64(buffer, offset)).toBe(value)
      }),
    )
  })

  it('are rounded to the nearest number beyond 2^53', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        buffer.setBigUint64(0, value, LITTLE_ENDIAN)
        expect(readU64(buffer, 0)).toBe(Number(value))
      }),
    )
  })
})
