import type { Batch } from './datagram-batch.ts'
import type { Entry } from './pending-request.ts'
import { ENOENT } from '../wire/errno.ts'
import { malformedAnswer } from './transport-failures.ts'
import { eachMessage, type MessageHeader, readRefusal } from '../wire/messages.ts'
import { Turn } from './time-slice.ts'
import { NLMSG_MIN_TYPE } from '../wire/uapi.ts'

/** Sees every message on its way out and in; for debugging. */
export type Observe = (direction: 'sent' | 'received', view: DataView, message: MessageHeader) => void

/** Hands each message of what was received to the entry that asked for it, a turn of the event loop at a time. */
export class Delivery {
  readonly #batch: Batch
  readonly #view: DataView
  readonly #received: number
  readonly #observe: Observe | undefined
  readonly #turn = new Turn()
  #at = 0

  constructor(batch: Batch, view: DataView, received: number, observe: Observe | undefined) {
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
  takeTurn(): boolean {
    this.#turn.begin()
    this.#at = eachMessage(this.#view, this.#received, (message) => this.#visit(message), this.#at)
    return this.#at >= this.#received
  }

  #visit(message: MessageHeader): boolean {
    const batch = this.#batch
    const view = this.#view
    this.#observe?.('received', view, message)
    const entry = batch.entryOf(message.sequence)
    if (entry !== undefined && !entry.settled) handOver(batch, entry, view, message)
    return this.#turn.step()
  }
}

function handOver(batch: Batch, entry: Entry, view: DataView, message: MessageHeader): void {
  try {
    if (message.type >= NLMSG_MIN_TYPE) {
      entry.reply(view, message)
    } else {
      const refusal = readRefusal(view, message)
      if (refusal === undefined) return
      const unknown = refusal.errno === ENOENT
      const { sequence } = message
      entry.note(sequence, unknown ? { refusal, sent: batch.payloadOf(entry, sequence) } : { refusal })
    }
  } catch (cause) {
    entry.note(message.sequence, { loss: malformedAnswer(cause) })
  }
}
