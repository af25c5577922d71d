import type { CommandOutcome, NetlinkErrorCode } from '../../errors.ts'
import type { MessageHeader, Refusal } from '../wire/messages.ts'

/** Why a message got no answer that can be relied on. */
export interface TransportFailure {
  readonly code: NetlinkErrorCode
  readonly message: string
  readonly outcome: CommandOutcome
  readonly cause?: unknown
}

/**
 * How a message ended: undefined when the kernel did it, else the kernel's refusal, what was lost on the way, or that
 * its caller gave up (and whether it had left by then).
 */
export type Outcome =
  | {
      readonly refusal: Refusal
      /** After `ENOENT`, the message as it was sent: under another family number it may have to be sent again. */
      readonly sent?: Uint8Array
    }
  | { readonly loss: TransportFailure }
  | { readonly aborted: 'unsent' | 'sent' }
  | undefined

/** Gets each message that the kernel sends in answer, acknowledgements apart. */
export type OnReply = (view: DataView, message: MessageHeader) => void

/** Messages of one caller that stand together in one datagram. */
export abstract class PendingRequest {
  /** Where its first message begins in the batch. */
  readonly offset: number
  /** Sequence number of its first message. */
  readonly sequence: number
  /** How many messages. */
  count = 1
  isComplete = false

  constructor(offset: number, sequence: number) {
    this.offset = offset
    this.sequence = sequence
  }

  /** Takes a message that the kernel sends in answer, acknowledgements apart. */
  abstract handleReply(view: DataView, message: MessageHeader): void

  /** Notes how one of its messages ended; what was noted first counts. */
  abstract recordFailure(sequence: number, outcome: Outcome): void

  /** Tells the caller; `rest` is how those messages ended of which nothing was noted. Later calls do nothing. */
  complete(rest: Outcome): void {
    if (this.isComplete) return
    this.isComplete = true
    this.notifyCaller(rest)
  }

  protected abstract notifyCaller(rest: Outcome): void
}

/** A single message, whose caller waits for it. */
export class SingleRequest extends PendingRequest {
  /** Called once. */
  onComplete: (outcome: Outcome) => void
  readonly onReply: OnReply | undefined
  #outcome: Outcome = undefined

  constructor(
    offset: number,
    sequence: number,
    onReply: OnReply | undefined,
    onSettled: (outcome: Outcome) => void,
  ) {
    super(offset, sequence)
    this.onReply = onReply
    this.onComplete = onSettled
  }

  handleReply(view: DataView, message: MessageHeader): void {
    this.onReply?.(view, message)
  }

  recordFailure(_sequence: number, outcome: Outcome): void {
    this.#outcome ??= outcome
  }

  protected notifyCaller(rest: Outcome): void {
    this.onComplete(this.#outcome ?? rest)
  }
}
