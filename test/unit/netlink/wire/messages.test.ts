import { describe, expect, it } from 'vitest'
import { readRefusal } from '../../../../src/netlink/wire/refusal.ts'
import { NLM_F_ACK_TLVS, NLMSG_DONE, NLMSG_ERROR } from '../../../../src/netlink/wire/uapi.ts'
import {
  eachMessage,
  LITTLE_ENDIAN,
  type MessageHeader,
  type WireWriter,
} from '../../../../src/netlink/wire/wire.ts'
import { acknowledgement, encode } from '../../../support/netlink/answers.ts'

const malformed = expect.objectContaining({ name: 'NetlinkError', code: 'ERR_LVS_MALFORMED' })
const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)

function messagesIn(bytes: Uint8Array, length = bytes.length): MessageHeader[] {
  const messages: MessageHeader[] = []
  eachMessage(viewOf(bytes), length, (message) => messages.push({ ...message }))
  return messages
}

function refusalIn(bytes: Uint8Array) {
  return readRefusal(viewOf(bytes), messagesIn(bytes)[0]!)
}

/** A reply with a status, followed by the output of `rest`. */
function answer(type: number, flags: number, status: number, rest: (writer: WireWriter) => void = () => {}) {
  return encode(type, flags, 1, (writer) => {
    const offset = writer.reserve(4)
    writer.view.setInt32(offset, status, LITTLE_ENDIAN)
    rest(writer)
  })
}

function writeText(writer: WireWriter, text: string): void {
  const offset = writer.payload(1, text.length + 1)
  writer.bytes.set(Buffer.from(`${text}\0`), offset)
}

describe('the messages of a buffer', () => {
  const two = Buffer.concat([
    encode(20, 2, 7, (writer) => writer.reserve(6)),
    Buffer.alloc(2),
    encode(21, 0, 8, () => {}),
  ])

  it('are visited in order, each at a multiple of four', () => {
    expect(messagesIn(two)).toEqual([
      { type: 20, flags: 2, sequence: 7, start: 16, end: 22 },
      { type: 21, flags: 0, sequence: 8, start: 40, end: 40 },
    ])
  })

  it('may be empty', () => {
    expect(messagesIn(Buffer.alloc(0))).toEqual([])
  })

  it('may end without padding', () => {
    expect(messagesIn(two.subarray(0, 22))).toHaveLength(1)
  })

  it('are read only within the given length', () => {
    expect(messagesIn(two, 24)).toHaveLength(1)
  })

  it.each([
    ['a length shorter than a header', Buffer.from(encode(20, 0, 1, () => {})).fill(15, 0, 1)],
    ['a length beyond the end', Buffer.from(encode(20, 0, 1, () => {})).fill(17, 0, 1)],
    ['a length of 4 GiB', Buffer.from(encode(20, 0, 1, () => {})).fill(255, 0, 4)],
    ['less than a header at the end', Buffer.alloc(15)],
  ])('end with an error at %s, after those before it', (_, bytes) => {
    const visited: number[] = []
    const all = Buffer.concat([encode(20, 0, 9, () => {}), bytes])
    expect(() => eachMessage(viewOf(all), all.length, ({ sequence }) => visited.push(sequence))).toThrow(
      malformed,
    )
    expect(visited).toEqual([9])
  })
})

describe('a refusal', () => {
  it('is undefined if the status is zero, or if the message is not an acknowledgement', () => {
    expect(refusalIn(acknowledgement(1, 0))).toBeUndefined()
    expect(refusalIn(answer(NLMSG_DONE, 2, 0))).toBeUndefined()
    expect(refusalIn(answer(20, 0, -17))).toBeUndefined()
  })

  it('is a positive error number', () => {
    expect(refusalIn(acknowledgement(1, 17))).toEqual({ errno: 17, message: undefined })
    expect(refusalIn(answer(NLMSG_DONE, 2, -16))).toEqual({ errno: 16, message: undefined })
  })

  it('has the text of the extended acknowledgement after the header of the request', () => {
    const refusal = { errno: 34, message: 'Attribute failed policy validation' }
    expect(refusalIn(acknowledgement(1, 34, 'Attribute failed policy validation'))).toEqual(refusal)
  })

  it('has it after the whole request if the kernel echoes it', () => {
    const bytes = answer(NLMSG_ERROR, NLM_F_ACK_TLVS, -22, (writer) => {
      const echoed = writer.beginMessage(30, 0, 1)
      writer.reserve(52)
      writer.endMessage(echoed)
      writeText(writer, 'no')
    })
    expect(refusalIn(bytes)).toEqual({ errno: 22, message: 'no' })
  })

  it('has it directly after the status at the end of a dump', () => {
    const bytes = answer(NLMSG_DONE, NLM_F_ACK_TLVS, -22, (writer) => writeText(writer, 'no'))
    expect(refusalIn(bytes)).toEqual({ errno: 22, message: 'no' })
  })

  it('keeps its number if the text cannot be found', () => {
    const bare = answer(NLMSG_ERROR, NLM_F_ACK_TLVS, -22)
    expect(refusalIn(bare)).toEqual({ errno: 22, message: undefined })
  })

  it.each([0, 15, 17, 0x7fff_fffc, 0x8000_0000, 0xffff_fff0, 0xffff_ffff])(
    'keeps its number if the echoed request claims to have %i bytes',
    (length) => {
      const bytes = answer(NLMSG_ERROR, NLM_F_ACK_TLVS, -22, (writer) => {
        const echoed = writer.beginMessage(30, 0, 1)
        writer.view.setUint32(echoed, length, LITTLE_ENDIAN)
      })
      expect(refusalIn(bytes)).toEqual({ errno: 22, message: undefined })
    },
  )

  it('cannot be read from an acknowledgement without a status; a dump may end without one', () => {
    expect(() => refusalIn(encode(NLMSG_ERROR, 0, 1, () => {}))).toThrow(malformed)
    expect(refusalIn(encode(NLMSG_DONE, 2, 1, () => {}))).toBeUndefined()
  })
})
