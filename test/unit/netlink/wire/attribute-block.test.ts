import { expect, it } from 'vitest'
import { attributeBlock } from '../../../../src/netlink/wire/attribute-block.ts'
import { attributeTable, writeAttribute } from '../../../../src/netlink/wire/attributes.ts'
import { bytes, u8, u16, u32 } from '../../../../src/netlink/wire/codecs.ts'
import { LITTLE_ENDIAN, WireWriter } from '../../../../src/netlink/wire/wire.ts'

const TABLE = attributeTable('sample', { byte: [1, u8], short: [2, u16], word: [3, u32], raw: [4, bytes] })

it('a block filled in has the bytes of its attributes written one by one', () => {
  const block = attributeBlock(TABLE, { word: 0, byte: 0, raw: new Uint8Array(6), short: 0 })
  const filled = new WireWriter()
  const start = filled.append(block.bytes)
  filled.view.setUint32(start + block.at.word, 0xdead_beef, LITTLE_ENDIAN)
  filled.view.setUint8(start + block.at.byte, 0x7f)
  filled.view.setUint16(start + block.at.short, 0x1234, LITTLE_ENDIAN)
  filled.bytes.set([1, 2, 3, 4, 5, 6], start + block.at.raw)

  const written = new WireWriter()
  const { fields } = TABLE
  writeAttribute(written, fields.word, 0xdead_beef)
  writeAttribute(written, fields.byte, 0x7f)
  writeAttribute(written, fields.raw, Uint8Array.of(1, 2, 3, 4, 5, 6))
  writeAttribute(written, fields.short, 0x1234)

  expect(filled.bytes.slice(0, filled.length)).toEqual(written.bytes.slice(0, written.length))
})
