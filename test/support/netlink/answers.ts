import {
  AttributeSet,
  type AttributeTable,
  type Fields,
  writeAttribute,
} from '../../../src/netlink/wire/attributes.ts'
import { EXTENDED_ACK } from '../../../src/netlink/wire/refusal.ts'
import * as uapi from '../../../src/netlink/wire/uapi.ts'
import { LITTLE_ENDIAN, WireWriter } from '../../../src/netlink/wire/wire.ts'

/** A message that was sent, as the kernel sees it. */
export interface SentMessage {
  readonly type: number
  readonly flags: number
  readonly sequence: number
  /** The command of generic netlink; undefined when the message is too short for one. */
  readonly command: number | undefined
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** The scripted reply to a message. By default the message succeeds, and is acknowledged if it requests that. */
export interface Answer {
  readonly replies?: readonly Reply[]
  /** A refusal, with the text of an extended acknowledgement. */
  readonly errno?: number
  readonly text?: string
  /** The kernel sends neither an acknowledgement nor the end of a dump. */
  readonly silent?: boolean
  /** These bytes instead of everything else. */
  readonly raw?: Uint8Array
}

export interface Reply {
  /** The command of generic netlink; without it the output of `body` follows the message's header. */
  readonly command?: number
  /** Default: that of the request. */
  readonly type?: number
  /** Flags in addition to those of a dump. */
  readonly flags?: number
  readonly body: (writer: WireWriter) => void
  /** Default: that of the request. */
  readonly sequence?: number
}

/** The attributes of a message, read through a table. */
export function attributesOf<F extends Fields>(
  message: SentMessage,
  table: AttributeTable<F>,
): AttributeSet<F> {
  const { buffer, length } = message.bytes
  return new AttributeSet(table).readStrictly(
    new DataView(buffer),
    uapi.NLMSG_HDRLEN + uapi.GENL_HDRLEN,
    length,
  )
}

/** Splits a datagram into messages, independently of the code under test. */
export function messagesOf(datagram: Uint8Array<ArrayBuffer>): SentMessage[] {
  const messages: SentMessage[] = []
  for (let at = 0; at < datagram.length; ) {
    const view = new DataView(datagram.buffer, datagram.byteOffset + at)
    const length = view.getUint32(0, LITTLE_ENDIAN)
    if (length < uapi.NLMSG_HDRLEN || length > datagram.length - at)
      throw new Error(`message of ${length} bytes`)
    messages.push({
      type: view.getUint16(4, LITTLE_ENDIAN),
      flags: view.getUint16(6, LITTLE_ENDIAN),
      sequence: view.getUint32(8, LITTLE_ENDIAN),
      command: length > uapi.NLMSG_HDRLEN ? view.getUint8(uapi.NLMSG_HDRLEN) : undefined,
      bytes: datagram.slice(at, at + length),
    })
    at += Math.ceil(length / 4) * 4
  }
  return messages
}

/** The replies to one message, each as one datagram, and whether the last one ends the exchange. */
export function encodeAnswers(message: SentMessage, answer: Answer): { pieces: Uint8Array[]; ends: boolean } {
  if (answer.raw !== undefined) return { pieces: [answer.raw], ends: true }
  const { type, sequence, flags } = message
  const dump = (flags & uapi.NLM_F_DUMP) === uapi.NLM_F_DUMP
  const replyFlags = dump ? uapi.NLM_F_MULTI : 0
  const pieces = (answer.replies ?? []).map((reply) =>
    encode(reply.type ?? type, replyFlags | (reply.flags ?? 0), reply.sequence ?? sequence, (writer) => {
      if (reply.command !== undefined) writer.genericHeader(reply.command, 1)
      reply.body(writer)
    }),
  )
  if (answer.silent === true) return { pieces, ends: false }
  if (answer.errno !== undefined) pieces.push(acknowledgement(sequence, answer.errno, answer.text))
  else if (dump)
    pieces.push(encode(uapi.NLMSG_DONE, uapi.NLM_F_MULTI, sequence, (writer) => int32(writer, 0)))
  else if ((flags & uapi.NLM_F_ACK) !== 0) pieces.push(acknowledgement(sequence, 0))
  else return { pieces, ends: false }
  return { pieces, ends: true }
}

/** A capped NLMSG_ERROR: it contains the header of the request, but not the body that the header's length includes. */
export function acknowledgement(sequence: number, errno: number, text?: string): Uint8Array<ArrayBuffer> {
  const flags = uapi.NLM_F_CAPPED | (text === undefined ? 0 : uapi.NLM_F_ACK_TLVS)
  return encode(uapi.NLMSG_ERROR, flags, sequence, (writer) => {
    int32(writer, -errno)
    const request = writer.beginMessage(0, 0, sequence)
    writer.view.setUint32(request, 104, LITTLE_ENDIAN)
    if (text === undefined) return
    writeAttribute(writer, EXTENDED_ACK.fields.message, text)
  })
}

/** Encodes one message. */
export function encode(
  type: number,
  flags: number,
  sequence: number,
  body: (writer: WireWriter) => void,
): Uint8Array<ArrayBuffer> {
  const writer = new WireWriter(64)
  const start = writer.beginMessage(type, flags, sequence)
  body(writer)
  writer.endMessage(start)
  return writer.bytes.slice(0, writer.length)
}

function int32(writer: WireWriter, value: number): void {
  const offset = writer.reserve(4)
  writer.view.setInt32(offset, value, LITTLE_ENDIAN)
}
