import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  AttributeSet,
  attributeTable,
  nest,
  writeAttribute,
} from '../../../../src/netlink/wire/attributes.ts'
import {
  bytes,
  type Field,
  i32,
  pad,
  text,
  u8,
  u16,
  u16be,
  u32,
  u64,
} from '../../../../src/netlink/wire/codecs.ts'
import { LITTLE_ENDIAN, WireWriter } from '../../../../src/netlink/wire/wire.ts'

const INNER = attributeTable('inner', { weight: [1, u32], name: [2, text] })
const OUTER = attributeTable('outer', {
  byte: [1, u8],
  short: [2, u16],
  port: [3, u16be],
  word: [4, u32],
  signed: [5, i32],
  wide: [6, u64],
  name: [7, text],
  raw: [8, bytes],
  inner: [9, nest(INNER)],
  filler: [11, pad],
})
const { fields } = OUTER
const malformed = expect.objectContaining({ name: 'NetlinkError', code: 'ERR_LVS_MALFORMED' })

function read(writer: WireWriter, length = writer.length): AttributeSet<typeof fields> {
  return new AttributeSet(OUTER).read(writer.view, 0, length)
}

function write(...pairs: [type: number, payload: number[]][]): WireWriter {
  const writer = new WireWriter()
  for (const [type, payload] of pairs) {
    const offset = writer.payload(type, payload.length)
    writer.bytes.set(payload, offset)
  }
  return writer
}

/** The value of every field in a set. */
function contentOf(set: AttributeSet<typeof fields>): unknown {
  return [
    set.leftover,
    ...Object.values(fields).map((field) => [set.has(field), set.offsetOf(field), set.lengthOf(field)]),
  ]
}

describe('every codec reads the value that it wrote', () => {
  const cases: [keyof typeof fields, fc.Arbitrary<unknown>][] = [
    ['byte', fc.integer({ min: 0, max: 0xff })],
    ['short', fc.integer({ min: 0, max: 0xffff })],
    ['port', fc.integer({ min: 0, max: 0xffff })],
    ['word', fc.integer({ min: 0, max: 0xffff_ffff })],
    ['signed', fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })],
    ['wide', fc.maxSafeNat()],
    ['name', fc.string({ unit: fc.integer({ min: 1, max: 127 }).map((code) => String.fromCharCode(code)) })],
    ['raw', fc.uint8Array({ maxLength: 40 })],
  ]
  it.each(cases)('%s', (name, values) => {
    const field = fields[name] as Field<unknown>
    const writer = new WireWriter(8)
    fc.assert(
      fc.property(values, (value) => {
        writer.truncate(0)
        writer.payload(100, 1)
        field.codec.write(writer, field, value)
        expect(writer.length % 4).toBe(0)
        expect(read(writer).require(field)).toEqual(value)
      }),
    )
  })
})

it('writes ports in network order and other numbers in host order', () => {
  const writer = new WireWriter()
  writeAttribute(writer, fields.port, 0x1f90)
  writeAttribute(writer, fields.short, 0x1f90)
  expect([writer.view.getUint16(4), writer.view.getUint16(12, LITTLE_ENDIAN)]).toEqual([0x1f90, 0x1f90])
})

it('terminates text with a NUL, which its length includes', () => {
  const writer = new WireWriter()
  writer.bytes.fill(0xff)
  writeAttribute(writer, fields.name, 'wrr')
  expect(writer.view.getUint16(0, LITTLE_ENDIAN)).toBe(8)
  expect([...writer.bytes.subarray(4, 8)]).toEqual([0x77, 0x72, 0x72, 0])
})

it('returns bytes as a view of the message, not as a copy', () => {
  const writer = write([fields.raw.type, [1, 2, 3]])
  const raw = read(writer).require(fields.raw)
  writer.bytes[4] = 9
  expect([...raw]).toEqual([9, 2, 3])
})

describe('a table', () => {
  it('finds its fields by name and by number, and has no holes', () => {
    expect(OUTER.byType[fields.port.type]).toBe(fields.port)
    expect(OUTER.byType[10]).toBeUndefined()
    expect(Object.keys(OUTER.byType)).toHaveLength(12)
  })
})

describe('a set', () => {
  it('distinguishes absent and present attributes', () => {
    const set = read(write([fields.byte.type, [0]]))
    expect([set.has(fields.byte), set.has(fields.word)]).toEqual([true, false])
    expect(set.get(fields.word)).toBeUndefined()
    expect([set.offsetOf(fields.word), set.lengthOf(fields.word)]).toEqual([0, 0])
    expect([set.offsetOf(fields.byte), set.lengthOf(fields.byte)]).toEqual([4, 1])
  })

  it('throws if a required attribute is absent', () => {
    expect(() => read(write()).require(fields.word)).toThrow(malformed)
    expect(() => read(write()).require(fields.word)).toThrow(/outer\.word is missing/)
  })

  it('skips unknown numbers, small and large', () => {
    const set = read(write([0, [1]], [10, [1, 2]], [12, [1]], [0x3fff, [1]], [fields.byte.type, [7]]))
    expect(set.get(fields.byte)).toBe(7)
    expect(set.leftover).toBe(0)
  })

  it('uses the last of several attributes with the same number, as the kernel does', () => {
    expect(read(write([fields.byte.type, [1]], [fields.byte.type, [2]])).get(fields.byte)).toBe(2)
  })

  it('ignores the two bits above the number (NLA_F_NESTED, NLA_F_NET_BYTEORDER)', () => {
    expect(read(write([0xc000 | fields.byte.type, [5]])).get(fields.byte)).toBe(5)
  })

  it('truncates a payload that is too long and rejects one that is too short', () => {
    expect(read(write([fields.byte.type, [3, 9, 9]])).get(fields.byte)).toBe(3)
    expect(() => read(write([fields.word.type, [1, 2, 3]])).get(fields.word)).toThrow(malformed)
    expect(() => read(write([fields.word.type, [1, 2, 3]])).get(fields.word)).toThrow(
      /outer\.word has 3 bytes/,
    )
  })

  it('accepts a last attribute without its padding', () => {
    const set = read(write([fields.word.type, [1, 0, 0, 0]], [fields.byte.type, [8]]), 13)
    expect([set.get(fields.byte), set.leftover]).toEqual([8, 0])
  })

  it('discards the previous message', () => {
    const set = read(write([fields.byte.type, [1]]))
    expect(set.read(write([fields.short.type, [1, 0]]).view, 0, 8).has(fields.byte)).toBe(false)
  })

  it('reads each of several similar messages like the first', () => {
    const attribute = fc.tuple(
      fc.constantFrom(0, 1, 2, 4, 8, 13, 0x8002),
      fc.array(fc.nat(255), { maxLength: 5 }),
    )
    // Bytes that may be headers, so that messages with the same beginning continue differently.
    const tail = fc.array(fc.constantFrom(0, 1, 4, 5, 8), { maxLength: 8 })
    const message = fc.tuple(fc.array(attribute, { maxLength: 3 }), tail)
    const used = new AttributeSet(OUTER)
    fc.assert(
      fc.property(fc.array(message, { minLength: 2, maxLength: 6 }), (messages) => {
        for (const [attributes, rest] of messages) {
          const writer = new WireWriter()
          // Each at a different offset in its buffer.
          writer.append(new Uint8Array(attributes.length * 4))
          const begin = writer.length
          for (const [type, payload] of attributes) {
            writer.bytes.set(payload, writer.payload(type, payload.length))
          }
          writer.append(Uint8Array.from(rest))
          const fresh = new AttributeSet(OUTER).read(writer.view, begin, writer.length)
          used.read(writer.view, begin, writer.length)
          expect(contentOf(used)).toEqual(contentOf(fresh))
        }
      }),
      { numRuns: 5000 },
    )
  })

  it('finds nothing in a message that ends before its attributes, whatever it read before', () => {
    const { bytes, length } = write([fields.byte.type, [1]], [fields.byte.type, [2]])
    const view = new DataView(bytes.buffer, 0, length)
    const set = new AttributeSet(OUTER)
    for (const end of [length - 1, length, length - 5]) {
      set.read(view, 0, end)
      expect(set.read(view, length, length - 1).has(fields.byte)).toBe(false)
      expect(set.leftover).toBe(0)
    }
  })

  it('reads messages of very many attributes', () => {
    const many = (last: number) =>
      write(...Array.from({ length: 100 }, (_, index): [number, number[]] => [0, [index]]), [last, [3]])
    const set = read(many(fields.byte.type))
    expect(set.get(fields.byte)).toBe(3)
    const { view, length } = many(0)
    expect(set.read(view, 0, length).has(fields.byte)).toBe(false)
  })

  it.each([
    ['a length shorter than its own header', [3, 0, 1, 0]],
    ['a length that reaches beyond the end', [9, 0, 1, 0, 1, 0, 0, 0]],
    ['less than a header', [4, 0]],
  ])('counts bytes that begin with %s as leftover, and throws for them in strict mode', (_, tail) => {
    const writer = write([fields.byte.type, [1]])
    const start = writer.reserve(tail.length)
    writer.bytes.set(tail, start)
    const set = read(writer)
    expect([set.get(fields.byte), set.leftover]).toEqual([1, tail.length])
    expect(() => set.readStrictly(writer.view, 0, writer.length)).toThrow(malformed)
  })

  it('skips padding attributes', () => {
    const writer = write([fields.filler.type, []], [fields.byte.type, [1]], [fields.filler.type, []])
    const set = read(writer)
    expect([set.get(fields.filler), set.get(fields.byte), set.leftover]).toEqual([undefined, 1, 0])
  })
})

describe('a nest', () => {
  const inner = new AttributeSet(INNER)

  it('is read into a separate set', () => {
    const writer = new WireWriter()
    const start = writer.beginNest(fields.inner.type)
    writeAttribute(writer, INNER.fields.weight, 5)
    writeAttribute(writer, INNER.fields.name, 'a')
    writer.endNest(start)
    const set = read(writer)
    expect(set.nest(fields.inner, inner)?.get(INNER.fields.weight)).toBe(5)
    expect(inner.get(INNER.fields.name)).toBe('a')
  })

  it('may be absent, and may be empty', () => {
    expect(read(write()).nest(fields.inner, inner)).toBeUndefined()
    expect(
      read(write([fields.inner.type, []]))
        .nest(fields.inner, inner)
        ?.has(INNER.fields.weight),
    ).toBe(false)
  })

  it('does not reach beyond its own end', () => {
    const set = read(write([fields.inner.type, [8, 0, 1, 0]], [fields.word.type, [1, 0, 0, 0]]))
    expect(() => set.nest(fields.inner, inner)).toThrow(malformed)
  })
})
