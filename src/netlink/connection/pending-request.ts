import type { CommandOutcome, NetlinkErrorCode } from '../../errors.ts'
import type { MessageHeader, Refusal } from '../wire/messages.ts'

/** Why a message got no answer that can be relied on. */
export interface Loss {
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
  | { readonly loss: Loss }
  | { readonly aborted: 'unsent' | 'sent' }
  | undefined

/** Gets each message that the kernel sends in answer, acknowledgements apart. */
export type OnReply = (view: DataView, message: MessageHeader) => void

/** Messages of one caller that stand together in one datagram. */
export abstract class Entry {
  /** Where its first message begins in the batch. */
  readonly offset: number
  /** Sequence number of its first message. */
  readonly sequence: number
  /** How many messages. */
  count = 1
  settled = false

  constructor(offset: number, sequence: number) {
    this.offset = offset
    this.sequence = sequence
  }

  /** Takes a message that the kernel sends in answer, acknowledgements apart. */
  abstract reply(view: DataView, message: MessageHeader): void

  /** Notes how one of its messages ended; what was noted first counts. */
  abstract note(sequence: number, outcome: Outcome): void

  /** Tells the caller; `rest` is how those messages ended of which nothing was noted. Later calls do nothing. */
  settle(rest: Outcome): void {
    if (this.settled) return
    this.settled = true
    this.tell(rest)
  }

  protected abstract tell(rest: Outcome): void
}

/** A single message, whose caller waits for it. */
export class Request extends Entry {
  /** Called once. */
  onSettled: (outcome: Outcome) => void
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
    this.onSettled = onSettled
  }

  reply(view: DataView, message: MessageHeader): void {
    this.onReply?.(view, message)
  }

  note(_sequence: number, outcome: Outcome): void {
    this.#outcome ??= outcome
  }

  protected tell(rest: Outcome): void {
    this.onSettled(this.#outcome ?? rest)
  }
}
