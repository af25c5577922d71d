import { AttributeSet, attributeTable, malformed } from './attributes.ts'
import { bytes, text, u32 } from './codecs.ts'
import { NLM_F_ACK_TLVS, NLM_F_CAPPED, NLMSG_DONE, NLMSG_ERROR, NLMSG_HDRLEN } from './uapi.ts'
import { align4, LITTLE_ENDIAN } from './wire.ts'

/** A message within a buffer: where it lies and what its header says. One object serves a whole buffer. */
export interface MessageHeader {
  /** Where the payload begins and ends. */
  start: number
  end: number
  type: number
  flags: number
  sequence: number
}

/** The kernel's answer "no" to a message. */
export interface Refusal {
  /** Positive error number. */
  readonly errno: number
  /** The extended acknowledgement's text, if there is one. */
  readonly message: string | undefined
}

/**
 * Calls `visit` with each message between `from` and `length` in `view`, until it gives false. The header object is used
 * again for the next one. Gives where it stopped.
 *
 * @throws {NetlinkError} `ERR_LVS_MALFORMED` when a length makes no sense; messages before it have been visited.
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
  if (at < length) throw malformed(`${length - at} bytes that are no message`)
  return at
}

/** Extended acknowledgement (NLMSGERR_ATTR_*). */
export const EXTENDED_ACK = attributeTable('extendedAck', {
  message: [1, text],
  offset: [2, u32],
  cookie: [3, bytes],
  policy: [4, bytes],
})

const extendedAck = new AttributeSet(EXTENDED_ACK)

/** Reads an `NLMSG_ERROR` or `NLMSG_DONE`: undefined when it says that all went well. */
export function readRefusal(view: DataView, message: MessageHeader): Refusal | undefined {
  const { start, end, type, flags } = message
  if (type !== NLMSG_ERROR && type !== NLMSG_DONE) return undefined
  if (end - start < 4) {
    if (type === NLMSG_DONE) return undefined
    throw malformed(`an acknowledgement of ${end - start} bytes`)
  }
  const errno = -view.getInt32(start, LITTLE_ENDIAN)
  if (errno === 0) return undefined
  return { errno, message: (flags & NLM_F_ACK_TLVS) === 0 ? undefined : readErrorText(view, message) }
}

function readErrorText(view: DataView, { start, end, type, flags }: MessageHeader): string | undefined {
  let attributes = start + 4
  if (type === NLMSG_ERROR) {
    if (end - attributes < NLMSG_HDRLEN) return undefined
    const echoed = (flags & NLM_F_CAPPED) === 0 ? view.getUint32(attributes, LITTLE_ENDIAN) : NLMSG_HDRLEN
    if (echoed < NLMSG_HDRLEN || echoed > end - attributes) return undefined
    attributes += align4(echoed)
  }
  if (attributes > end) return undefined
  const { fields } = EXTENDED_ACK
  return extendedAck.read(view, attributes, end).get(fields.message)
}
