import type { MessageHeader } from '../wire/wire.ts'
import type { MessageOwner } from './datagram-batch.ts'
import type { Outcome } from './failures.ts'

/** A message of a bulk request that failed, or whose outcome is unknown. */
export interface BulkFailure<T> {
  /** The caller's number of the message. */
  readonly index: number
  /** The input from which the message was encoded. */
  readonly input: T
  readonly outcome: NonNullable<Outcome>
}

export interface BulkOptions<T> {
  /** Flags of the messages in addition to NLM_F_REQUEST and NLM_F_ACK. Default none. */
  readonly flags?: number
  /** Receives every reply, acknowledgements excepted. */
  readonly onReply?: (input: T, view: DataView, message: MessageHeader) => void
  /** Its `done` is called for every message when it is known that the kernel has executed it. */
  readonly observer?: { done(index: number): void }
}

/** A bulk request: any number of messages of one caller. It reports only failures, so there is no promise per message. */
export class BulkRequest<T> implements MessageOwner {
  /** Whether some of its messages have been sent. */
  hasStarted = false
  /** The failures so far, in no particular order. */
  readonly failures: BulkFailure<T>[] = []
  readonly flags: number
  readonly expectsReplies = false
  readonly #onReply: BulkOptions<T>['onReply']
  readonly #observer: BulkOptions<T>['observer']
  /** The inputs of the messages that have not ended, by index. */
  readonly #inputs: (T | undefined)[] = []
  #pending = 0
  #onFinished: (() => void) | undefined

  constructor({ flags = 0, onReply, observer }: BulkOptions<T> = {}) {
    this.flags = flags
    this.#onReply = onReply
    this.#observer = observer
  }

  /** Resolves when all messages that were added have ended. */
  async finished(): Promise<void> {
    if (this.#pending === 0) return
    await new Promise<void>((resolve) => {
      this.#onFinished = resolve
    })
  }

  /** Adds a message under the caller's number. */
  add(index: number, input: T): void {
    this.#inputs[index] = input
    this.#pending++
  }

  /** Adds a message that will not be sent, as failed. */
  fail(index: number, input: T, outcome: NonNullable<Outcome>): void {
    this.failures.push({ index, input, outcome })
  }

  handleReply(index: number, view: DataView, message: MessageHeader): void {
    this.#onReply?.(this.#inputs[index]!, view, message)
  }

  handleEnd(index: number, outcome: Outcome): void {
    const input = this.#inputs[index]!
    this.#inputs[index] = undefined
    if (outcome === undefined) this.#observer?.done(index)
    else this.fail(index, input, outcome)
    this.#pending--
    if (this.#pending === 0) this.#onFinished?.()
  }
}
