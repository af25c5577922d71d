import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AttributeSet, attributeTable } from '../../../../src/netlink/wire/attributes.ts'
import { bytes } from '../../../../src/netlink/wire/codecs.ts'
import { WireWriter } from '../../../../src/netlink/wire/wire.ts'

const TABLE = attributeTable('record', { one: [1, bytes], two: [2, bytes], three: [3, bytes] })

/** A record: attributes by number and payload, and bytes after the last one. */
const records = fc.record({
  attributes: fc.array(fc.tuple(fc.constantFrom(1, 2, 3, 9), fc.uint8Array({ minLength: 0, maxLength: 5 })), {
    maxLength: 5,
  }),
  rest: fc.oneof({ arbitrary: fc.constant(0), weight: 6 }, fc.constantFrom(1, 4)),
})

type Record = { attributes: [number, Uint8Array][]; rest: number }

function encode({ attributes, rest }: Record): DataView {
  const writer = new WireWriter()
  for (const [type, payload] of attributes) writer.bytes.set(payload, writer.payload(type, payload.length))
  writer.reserve(rest)
  return new DataView(writer.bytes.slice(0, writer.length).buffer)
}

function read(set: AttributeSet<(typeof TABLE)['fields']>, view: DataView) {
  set.read(view, 0, view.byteLength)
  const { one, two, three } = TABLE.fields
  return { values: [one, two, three].map((field) => set.get(field)), leftover: set.leftover }
}

it('a set reads every record like a new set', () => {
  fc.assert(
    fc.property(fc.array(records, { minLength: 1, maxLength: 8 }), (list) => {
      const set = new AttributeSet(TABLE)
      for (const view of list.map(encode)) {
        // Twice, so that the second time the layout is known.
        for (const _ of [1, 2]) expect(read(set, view)).toEqual(read(new AttributeSet(TABLE), view))
      }
    }),
    { numRuns: 2000 },
  )
})
