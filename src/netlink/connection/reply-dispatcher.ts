import { ENOENT } from '../wire/errno.ts'
import { eachMessage, type MessageHeader, readRefusal } from '../wire/messages.ts'
import { NLMSG_MIN_TYPE } from '../wire/uapi.ts'
import type { DatagramBatch } from './datagram-batch.ts'
import type { PendingRequest } from './pending-request.ts'
import { TimeSlice } from './time-slice.ts'
import { malformedReply } from './transport-failures.ts'

/** Sees every message on its way out and in; for debugging. */
export type MessageObserver = (direction: 'sent' | 'received', view: DataView, message: MessageHeader) => void

/** Hands each message of what was received to the entry that asked for it, a turn of the event loop at a time. */
export class ReplyDispatcher {
  readonly #batch: DatagramBatch
  readonly #view: DataView
  readonly #received: number
  readonly #observe: MessageObserver | undefined
  readonly #slice = new TimeSlice()
  #at = 0

  constructor(batch: DatagramBatch, view: DataView, received: number, observe: MessageObserver | undefined) {
    this.#batch = batch
    this.#view = view
    this.#received = received
    this.#observe = observe
  }

  /**
   * Hands over as much as may be done in one turn; whether that was the rest.
   *
   * @throws {NetlinkError} `ERR_LVS_MALFORMED` when messages cannot be told apart; those before have been handed over.
   */
  dispatchSlice(): boolean {
    this.#slice.begin()
    this.#at = eachMessage(this.#view, this.#received, (message) => this.#visit(message), this.#at)
    return this.#at >= this.#received
  }

  #visit(message: MessageHeader): boolean {
    const batch = this.#batch
    const view = this.#view
    this.#observe?.('received', view, message)
    const entry = batch.requestOf(message.sequence)
    if (entry !== undefined && !entry.isComplete) dispatch(batch, entry, view, message)
    return this.#slice.continues()
  }
}

function dispatch(batch: DatagramBatch, entry: PendingRequest, view: DataView, message: MessageHeader): void {
  try {
    if (message.type >= NLMSG_MIN_TYPE) {
      entry.handleReply(view, message)
    } else {
      const refusal = readRefusal(view, message)
      if (refusal === undefined) return
      const unknown = refusal.errno === ENOENT
      const { sequence } = message
      entry.recordFailure(
        sequence,
        unknown ? { refusal, sent: batch.payloadOf(entry, sequence) } : { refusal },
      )
    }
  } catch (cause) {
    entry.recordFailure(message.sequence, { loss: malformedReply(cause) })
  }
}
