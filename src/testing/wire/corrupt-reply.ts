import { LITTLE_ENDIAN } from '../../netlink/wire/wire.ts'
import type { Fault } from './faults.ts'
import type { QueuedReply } from './request.ts'

/** What becomes of an answer; undefined when nothing goes wrong with it. */
export function corrupter(faults: readonly Fault[]): ((answer: QueuedReply) => QueuedReply) | undefined {
  const ways = faults.map(corruption).filter((way) => way !== undefined)
  if (ways.length === 0) return undefined
  return (answer) => ways.reduce((spoilt, way) => way(spoilt), answer)
}

function corruption(fault: Fault): ((answer: QueuedReply) => QueuedReply) | undefined {
  switch (fault.kind) {
    case 'truncate':
      return ({ bytes }) => ({ bytes: shortened(bytes, fault.bytes), truncated: true })
    case 'tear':
      return ({ bytes }) => ({ bytes: shortened(bytes, fault.bytes) })
    case 'foreign-sequence':
      return ({ bytes }) => ({ bytes: withForeignSequence(bytes) })
    default:
      return undefined
  }
}

function shortened(bytes: Uint8Array, missing = 4): Uint8Array {
  return bytes.slice(0, Math.max(0, bytes.length - missing))
}

/** Numbers far from those that a client uses. */
function withForeignSequence(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice()
  const view = new DataView(copy.buffer)
  view.setUint32(8, (view.getUint32(8, LITTLE_ENDIAN) ^ 0x8000_0000) >>> 0, LITTLE_ENDIAN)
  return copy
}
