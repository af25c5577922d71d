import { NetlinkError } from '../../errors.ts'
import {
  GENL_HDRLEN,
  NLA_HDRLEN,
  NLM_F_ACK,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_HDRLEN,
  NLMSG_NOOP,
} from './uapi.ts'

/** Netlink uses the byte order of the host. */
export const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** Rounds up to a multiple of four, the alignment of messages and attributes. */
export function align4(length: number): number {
  return (length + 3) & ~3
}

/** A field of an attribute table with a codec of this kind. */
export interface FieldKind<N extends string> {
  readonly type: number
  readonly codec: { readonly name: N }
}

/**
 * Writes netlink messages one after another into one buffer, which grows and is reused. Aligned values in host order are
 * stored through `words` and `shorts`.
 */
export class WireWriter {
  bytes: Uint8Array<ArrayBuffer>
  view: DataView<ArrayBuffer>
  /** The same memory in units of four and of two bytes. */
  words: Int32Array<ArrayBuffer>
  shorts: Uint16Array<ArrayBuffer>
  /** Bytes written so far; always a multiple of four between messages. */
  length = 0

  constructor(capacity = 4096) {
    this.bytes = new Uint8Array(align4(capacity))
    this.view = new DataView(this.bytes.buffer)
    this.words = new Int32Array(this.bytes.buffer)
    this.shorts = new Uint16Array(this.bytes.buffer)
  }

  /** Discards everything written since `length` was `mark`. */
  truncate(mark: number): void {
    this.length = mark
  }

  /** Reserves `count` bytes, which are not cleared. Returns their offset. */
  reserve(count: number): number {
    const start = this.length
    const end = start + count
    if (end > this.bytes.length) this.#grow(end)
    this.length = end
    return start
  }

  /** Writes the header of a message; {@link endMessage} fills in the length. Returns the offset of the message. */
  beginMessage(type: number, flags: number, sequence: number): number {
    const start = this.reserve(NLMSG_HDRLEN)
    const short = (start >> 1) + 2
    const word = (start >> 2) + 2
    this.shorts[short] = type
    this.shorts[short + 1] = flags
    this.words[word] = sequence
    this.words[word + 1] = 0
    return start
  }

  endMessage(start: number): void {
    this.words[start >> 2] = this.length - start
  }

  /** Writes the header of generic netlink, which follows that of the message. */
  genericHeader(command: number, version: number): void {
    const start = this.reserve(GENL_HDRLEN)
    this.words[start >> 2] = 0
    this.bytes[start] = command
    this.bytes[start + 1] = version
  }

  /** Begins an attribute that contains attributes; {@link endNest} fills in the length. Returns its offset. */
  beginNest(type: number): number {
    const start = this.reserve(NLA_HDRLEN)
    this.shorts[(start >> 1) + 1] = type
    return start
  }

  endNest(start: number): void {
    this.shorts[start >> 1] = this.length - start
  }

  /** Writes the header of an attribute and reserves its payload with zeroed padding. Returns the offset of the payload. */
  payload(type: number, size: number): number {
    const start = this.reserve(NLA_HDRLEN + align4(size))
    this.shorts[start >> 1] = NLA_HDRLEN + size
    this.shorts[(start >> 1) + 1] = type
    if ((size & 3) !== 0) this.words[(this.length - 4) >> 2] = 0
    return start + NLA_HDRLEN
  }

  /** Writes bytes. Returns their offset. */
  append(bytes: Uint8Array): number {
    const start = this.reserve(bytes.length)
    this.bytes.set(bytes, start)
    return start
  }

  /** Writes words in host order. Returns their offset. */
  appendWords(words: Int32Array): number {
    const start = this.reserve(words.length * 4)
    this.words.set(words, start >> 2)
    return start
  }

  // One method for each kind of number, for code that writes many numbers; writeAttribute calls them through the codec.

  u8(field: FieldKind<'u8'>, value: number): void {
    const at = this.payload(field.type, 1)
    this.view.setUint8(at, value)
  }

  u16(field: FieldKind<'u16'>, value: number): void {
    const at = this.payload(field.type, 2)
    this.shorts[at >> 1] = value
  }

  /** 16 bits in network order. */
  u16be(field: FieldKind<'u16be'>, value: number): void {
    const at = this.payload(field.type, 2)
    this.view.setUint16(at, value)
  }

  u32(field: FieldKind<'u32'>, value: number): void {
    const at = this.payload(field.type, 4)
    this.words[at >> 2] = value
  }

  i32(field: FieldKind<'i32'>, value: number): void {
    const at = this.payload(field.type, 4)
    this.words[at >> 2] = value
  }

  /** ASCII text with a terminating NUL. */
  text(field: FieldKind<'text'>, value: string): void {
    const at = this.payload(field.type, value.length + 1)
    for (let index = 0; index < value.length; index++) {
      this.view.setUint8(at + index, value.charCodeAt(index))
    }
    this.view.setUint8(at + value.length, 0)
  }

  /** Requests an acknowledgement of the message at `start`. */
  requestAcknowledgement(start: number): void {
    const flags = (start >> 1) + 3
    this.shorts[flags] = this.shorts[flags]! | NLM_F_ACK
  }

  /** Turns the message at `start` into one that the kernel acknowledges without executing it (netlink_rcv_skb). */
  convertToNoop(start: number): void {
    this.shorts[(start >> 1) + 2] = NLMSG_NOOP
    this.shorts[(start >> 1) + 3] = NLM_F_REQUEST | NLM_F_ACK
  }

  #grow(needed: number): void {
    const bytes = new Uint8Array(align4(Math.max(needed, this.bytes.length * 2)))
    bytes.set(this.bytes)
    this.bytes = bytes
    this.view = new DataView(bytes.buffer)
    this.words = new Int32Array(bytes.buffer)
    this.shorts = new Uint16Array(bytes.buffer)
  }
}

/** Position and header of a message in a buffer. One object is reused for all messages of a buffer. */
export interface MessageHeader {
  /** Offset of the payload, and its end. */
  start: number
  end: number
  type: number
  flags: number
  sequence: number
}

/**
 * Calls `visit` for each message between `from` and `length`, until it returns false. Returns the offset of the next
 * message.
 *
 * @throws {NetlinkError} `ERR_LVS_MALFORMED` if a length is invalid; the messages before it have been visited.
 */
export function eachMessage(
  view: DataView,
  length: number,
  visit: (message: MessageHeader) => unknown,
  from = 0,
): number {
  const message: MessageHeader = { start: 0, end: 0, type: 0, flags: 0, sequence: 0 }
  let at = from
  while (length - at >= NLMSG_HDRLEN) {
    const size = view.getUint32(at, LITTLE_ENDIAN)
    if (size < NLMSG_HDRLEN || size > length - at)
      throw malformed(`a message of ${size} bytes in ${length - at}`)
    message.start = at + NLMSG_HDRLEN
    message.end = at + size
    message.type = view.getUint16(at + 4, LITTLE_ENDIAN)
    message.flags = view.getUint16(at + 6, LITTLE_ENDIAN)
    message.sequence = view.getUint32(at + 8, LITTLE_ENDIAN)
    at += align4(size)
    if (visit(message) === false) return at
  }
  if (at < length) throw malformed(`${length - at} bytes that are not a message`)
  return at
}

/** The error number in an `NLMSG_ERROR` or `NLMSG_DONE`; 0 for an acknowledgement and for any other message. */
export function readErrno(view: DataView, { start, end, type }: MessageHeader): number {
  if (type !== NLMSG_ERROR && type !== NLMSG_DONE) return 0
  if (end - start < 4) {
    if (type === NLMSG_DONE) return 0
    throw malformed(`an acknowledgement of ${end - start} bytes`)
  }
  return -view.getInt32(start, LITTLE_ENDIAN)
}

/** The error for a reply that cannot be decoded. */
export function malformed(what: string): NetlinkError {
  return new NetlinkError('ERR_LVS_MALFORMED', `The kernel's reply cannot be decoded: ${what}`, 'unknown')
}
