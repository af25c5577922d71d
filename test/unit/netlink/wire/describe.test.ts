import { describe, expect, it } from 'vitest'
import { attributeTable, nest, writeAttribute } from '../../../../src/netlink/wire/attributes.ts'
import { bytes, text, u16, u32 } from '../../../../src/netlink/wire/codecs.ts'
import { describeAttributes, describeMessage, genericPayload } from '../../../../src/netlink/wire/describe.ts'
import {
  CTRL_CMD_GETFAMILY,
  GENL_ID_CTRL,
  NLM_F_DUMP,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_NOOP,
} from '../../../../src/netlink/wire/uapi.ts'
import { eachMessage, WireWriter } from '../../../../src/netlink/wire/wire.ts'
import { acknowledgement, encode } from '../../../support/netlink/answers.ts'

const INNER = attributeTable('inner', { name: [1, text], raw: [2, bytes] })
const OUTER = attributeTable('outer', { number: [1, u32], inner: [2, nest(INNER)], short: [4, u16] })
const FAMILY = genericPayload({ commands: { GET_THING: 3, SET_THING: 4 }, tableOf: () => OUTER })
const TYPE = 30

function lineOf(message: Uint8Array): string {
  let line = ''
  const view = new DataView(message.buffer, message.byteOffset, message.length)
  eachMessage(view, message.length, (header) => {
    line = describeMessage(view, header, FAMILY)
  })
  return line
}

function request(
  command: number,
  flags: number,
  body: (writer: WireWriter) => void = () => {},
  type = TYPE,
): Uint8Array {
  return encode(type, flags, 7, (writer) => {
    writer.genericHeader(command, 1)
    body(writer)
  })
}

describe('a message as text', () => {
  it('has its sequence number, its command and its attributes', () => {
    const message = request(4, 0, (writer) => {
      writeAttribute(writer, OUTER.fields.number, 42)
      const inner = writer.beginNest(OUTER.fields.inner.type)
      writeAttribute(writer, INNER.fields.name, 'web')
      writeAttribute(writer, INNER.fields.raw, Uint8Array.of(0xc0, 0, 2, 1))
      writer.endNest(inner)
    })
    expect(lineOf(message)).toBe('#7 SET_THING { number: 42, inner: { name: "web", raw: c0000201 } }')
  })

  it('shows whether it is a dump, and whether it has attributes', () => {
    expect(lineOf(request(3, NLM_F_DUMP))).toBe('#7 GET_THING dump {}')
  })

  it('shows the number of a command without a name', () => {
    expect(lineOf(request(99, 0))).toBe('#7 command 99 {}')
  })

  it.each([
    ['an acknowledgement', acknowledgement(7, 0), '#7 ACK'],
    ['a refusal', acknowledgement(7, 17), '#7 ERROR 17'],
    ['a refusal with a text', acknowledgement(7, 34, 'too small'), '#7 ERROR 34 (too small)'],
    [
      'the end of a dump',
      encode(NLMSG_DONE, 2, 7, (writer) => writer.view.setInt32(writer.reserve(4), 0)),
      '#7 DONE',
    ],
    ['a blanked message', encode(NLMSG_NOOP, 5, 7, () => {}), '#7 NOOP'],
    ['another control message', encode(4, 0, 7, () => {}), '#7 type 4, 0 bytes'],
    ['a message too short for a command', encode(TYPE, 0, 7, () => {}), '#7 type 30, 0 bytes'],
  ])('can be %s', (_, message, line) => {
    expect(lineOf(message)).toBe(line)
  })

  it('shows that a value is too short, and the number of leftover bytes', () => {
    const message = request(4, 0, (writer) => {
      writer.payload(OUTER.fields.number.type, 2)
      writer.view.setUint32(writer.reserve(4), 0xffff_ffff)
    })
    expect(lineOf(message)).toBe('#7 SET_THING { number: too short, 4 bytes left over }')
  })

  it('can be any bytes: an acknowledgement without a status does not throw', () => {
    expect(lineOf(encode(NLMSG_ERROR, 0, 7, () => {}))).toMatch(/^#7 /)
  })

  it('distinguishes messages of the controller from those of the family', () => {
    const lookup = request(CTRL_CMD_GETFAMILY, 0, () => {}, GENL_ID_CTRL)
    expect(lineOf(lookup)).not.toContain('GET_THING')
  })
})

it('attributes as text are in the order of their numbers', () => {
  const writer = new WireWriter()
  writeAttribute(writer, OUTER.fields.short, 2)
  writeAttribute(writer, OUTER.fields.number, 1)
  expect(describeAttributes(writer.view, 0, writer.length, OUTER)).toBe('{ number: 1, short: 2 }')
})
