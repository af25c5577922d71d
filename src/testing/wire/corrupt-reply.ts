import { LITTLE_ENDIAN } from '../../netlink/wire/wire.ts'
import type { Fault } from './fault.ts'
import type { QueuedReply } from './receive-queue.ts'

type Corruption = (reply: QueuedReply) => QueuedReply

/** Returns the function that applies faults to a reply; undefined if no fault changes replies. */
export function createCorruption(faults: readonly Fault[]): Corruption | undefined {
  const corruptions = faults.map(corruptionBy).filter((corruption) => corruption !== undefined)
  if (corruptions.length === 0) return undefined
  return (reply) => corruptions.reduce((corrupted, corruption) => corruption(corrupted), reply)
}

function corruptionBy(fault: Fault): Corruption | undefined {
  switch (fault.kind) {
    case 'truncate':
      return ({ bytes }) => ({ bytes: shorten(bytes, fault.bytes), truncated: true })
    case 'tear':
      return ({ bytes }) => ({ bytes: shorten(bytes, fault.bytes) })
    case 'foreign-sequence':
      return ({ bytes }) => ({ bytes: withForeignSequence(bytes) })
    default:
      return undefined
  }
}

function shorten(bytes: Uint8Array, missing = 4): Uint8Array {
  return bytes.slice(0, Math.max(0, bytes.length - missing))
}

/** Uses a sequence number far from those that a client uses. */
function withForeignSequence(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice()
  const view = new DataView(copy.buffer)
  view.setUint32(8, (view.getUint32(8, LITTLE_ENDIAN) ^ 0x8000_0000) >>> 0, LITTLE_ENDIAN)
  return copy
}
