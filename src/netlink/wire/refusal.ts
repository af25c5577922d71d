import { AttributeSet, attributeTable } from './attributes.ts'
import { bytes, text, u32 } from './codecs.ts'
import { NLM_F_ACK_TLVS, NLM_F_CAPPED, NLMSG_ERROR, NLMSG_HDRLEN } from './uapi.ts'
import { align4, LITTLE_ENDIAN, type MessageHeader, readErrno } from './wire.ts'

/** The kernel's refusal of a message. */
export interface Refusal {
  /** Positive error number. */
  readonly errno: number
  /** The text of the extended acknowledgement, if there is one. */
  readonly message: string | undefined
}

/** Extended acknowledgement (NLMSGERR_ATTR_*). */
export const EXTENDED_ACK = attributeTable('extendedAck', {
  message: [1, text],
  offset: [2, u32],
  cookie: [3, bytes],
  policy: [4, bytes],
})

const extendedAck = new AttributeSet(EXTENDED_ACK)

/** Reads an `NLMSG_ERROR` or `NLMSG_DONE`; undefined for an acknowledgement. */
export function readRefusal(view: DataView, message: MessageHeader): Refusal | undefined {
  const errno = readErrno(view, message)
  if (errno === 0) return undefined
  return {
    errno,
    message: (message.flags & NLM_F_ACK_TLVS) === 0 ? undefined : readErrorText(view, message),
  }
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
