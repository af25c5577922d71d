import { setImmediate } from 'node:timers/promises'
import { ENOENT } from '../wire/errno.ts'
import { readRefusal } from '../wire/refusal.ts'
import { NLMSG_MIN_TYPE } from '../wire/uapi.ts'
import { eachMessage, type MessageHeader, readErrno } from '../wire/wire.ts'
import type { DatagramBatch, MessageGroup } from './datagram-batch.ts'
import { malformedReply } from './failures.ts'
import { TimeSlice } from './time-slice.ts'

/** Called with every message that is sent or received, for debugging. */
export type MessageObserver = (direction: 'sent' | 'received', view: DataView, message: MessageHeader) => void

/** The memory that the kernel's replies are read into. */
export interface ReplyBuffer {
  readonly bytes: Uint8Array
  readonly view: DataView
}

/** Holds some hundreds of records: a dump takes few exchanges, with short periods of decoding between them. */
const REPLY_BYTES = 256 * 1024

/** Messages between two checks of the clock. */
const MESSAGES_PER_CHECK = 64

/** Passes each received message to the request that it answers, and lets the event loop run in between. */
export class ReplyDispatcher {
  readonly #observe: MessageObserver | undefined
  readonly #freeBuffers: ReplyBuffer[] = []
  #closed = false

  constructor(observe: MessageObserver | undefined) {
    this.#observe = observe
  }

  acquireBuffer(): ReplyBuffer {
    const buffer = this.#freeBuffers.pop()
    if (buffer !== undefined) return buffer
    const bytes = new Uint8Array(REPLY_BYTES)
    return { bytes, view: new DataView(bytes.buffer) }
  }

  /** Takes back a buffer that the kernel no longer writes to. */
  releaseBuffer(buffer: ReplyBuffer): void {
    this.#freeBuffers.push(buffer)
  }

  /** Stops at the next message. */
  close(): void {
    this.#closed = true
  }

  /**
   * Dispatches the messages in the first `length` bytes.
   *
   * @throws {NetlinkError} `ERR_LVS_MALFORMED` if the bytes cannot be split into messages; the messages before the mistake have
   * been dispatched.
   */
  async dispatch(batch: DatagramBatch, { view }: ReplyBuffer, length: number): Promise<void> {
    let slice: TimeSlice | undefined
    let messages = 0
    const visit = (message: MessageHeader) => {
      this.#observe?.('received', view, message)
      const group = batch.groupOf(message.sequence)
      if (group !== undefined && !group.hasEnded) handle(batch, group, view, message)
      return ++messages % MESSAGES_PER_CHECK !== 0
    }
    for (let at = 0; at < length && !this.#closed; ) {
      at = eachMessage(view, length, visit, at)
      if (at >= length) return
      slice ??= new TimeSlice()
      if (!slice.isOver) continue
      await setImmediate()
      slice.begin()
    }
  }
}

function handle(batch: DatagramBatch, group: MessageGroup, view: DataView, message: MessageHeader): void {
  const { sequence } = message
  try {
    if (message.type >= NLMSG_MIN_TYPE) {
      group.handleReply(view, message)
    } else {
      if (readErrno(view, message) === 0) return
      const refusal = readRefusal(view, message)!
      const sent = refusal.errno === ENOENT ? { sent: batch.payloadOf(group, sequence) } : {}
      group.recordFailure(sequence, { refusal, ...sent })
    }
  } catch (cause) {
    group.recordFailure(sequence, { failure: malformedReply(cause) })
  }
}
