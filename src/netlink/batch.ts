import type { CommandOutcome, NetlinkErrorCode } from '../errors.ts'
import type { MessageHeader, Refusal } from './messages.ts'
import { NLM_F_DUMP, NLMSG_HDRLEN } from './uapi.ts'
import { LITTLE_ENDIAN, WireWriter } from './wire.ts'

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

/** One message of a batch. */
export class Entry {
  /** Where its message begins in the batch. */
  readonly offset: number
  /** Gets each message the kernel sends in answer, acknowledgements apart. */
  readonly onReply: ((view: DataView, message: MessageHeader) => void) | undefined
  /** What is known so far; final when the datagram is answered. */
  outcome: Outcome = undefined
  settled = false
  /** Called once, when the entry settles. */
  onSettled: (outcome: Outcome) => void

  constructor(offset: number, onReply: Entry['onReply'], onSettled: (outcome: Outcome) => void) {
    this.offset = offset
    this.onReply = onReply
    this.onSettled = onSettled
  }

  /** Tells the caller; later calls do nothing. */
  settle(outcome: Outcome): void {
    if (this.settled) return
    this.settled = true
    this.onSettled(outcome)
  }
}

/** How much may stand in one datagram. */
export interface DatagramLimits {
  readonly bytes: number
  /** Answers that fit the receive buffer even if every message of the datagram fails. */
  readonly answers: number
}

/** A datagram beyond this gains nothing more and holds the kernel's lock for longer. */
const DATAGRAM_BYTES = 128 * 1024

/**
 * What one small answer costs of the receive buffer: a whole buffer of the kernel's (skb truesize), 768 bytes on Linux
 * 6.1 and 896 on 6.12 for a capped acknowledgement; extended acknowledgements need more.
 */
const ANSWER_COST = 2048

/**
 * Messages that leave together: one buffer cut into datagrams. Only the last message of a datagram asks for an
 * acknowledgement, since the kernel reports failures by themselves and goes on with the rest (netlink_rcv_skb). A dump
 * always has a datagram of its own, because a socket runs one at a time.
 */
export class Batch {
  readonly writer = new WireWriter(256 * 1024)
  readonly entries: Entry[] = []
  /** Where each datagram ends in the buffer. */
  ends = new Uint32Array(64)
  /** For each datagram, how many entries there are up to its end. */
  entryEnds = new Uint32Array(64)
  datagrams = 0
  firstSequence = 1
  #openBytes = 0
  #openAnswers = 0

  /** Empties the batch for use again. */
  reset(firstSequence: number): void {
    this.writer.truncate(0)
    this.entries.length = 0
    this.datagrams = 0
    this.firstSequence = firstSequence
    this.#openBytes = 0
    this.#openAnswers = 0
  }

  /** The sequence number that the next message gets. */
  get nextSequence(): number {
    return this.firstSequence + this.entries.length
  }

  entryOf(sequence: number): Entry | undefined {
    return this.entries[sequence - this.firstSequence]
  }

  /** Takes in the message that was just written from `offset` on. */
  add(entry: Entry, flags: number, limits: DatagramLimits): void {
    const size = this.writer.length - entry.offset
    const dump = (flags & NLM_F_DUMP) === NLM_F_DUMP
    const answers = entry.onReply === undefined ? 1 : 2
    const full =
      this.#openBytes + size > Math.min(limits.bytes, DATAGRAM_BYTES) ||
      this.#openAnswers + answers > limits.answers
    if (this.#openBytes > 0 && (dump || full)) this.#cut(entry.offset, this.entries.length)
    this.entries.push(entry)
    this.#openBytes += size
    this.#openAnswers += answers
    if (dump) this.#cut(this.writer.length, this.entries.length, false)
  }

  /** Ends the last datagram; the batch is ready to leave. */
  seal(): void {
    if (this.#openBytes > 0) this.#cut(this.writer.length, this.entries.length)
  }

  /** Settles the datagrams from `from` up to, not including, `to`: what was not refused is done. */
  settle(from: number, to: number): void {
    const end = this.entriesBefore(to)
    for (let index = this.entriesBefore(from); index < end; index++) {
      const entry = this.entries[index]!
      entry.settle(entry.outcome)
    }
  }

  /** Settles datagrams whose answers are lost, in whole or in part: only what was refused is certain. */
  lose(loss: Loss, from = 0, to = this.datagrams): void {
    const end = to === this.datagrams ? this.entries.length : this.entriesBefore(to)
    for (let index = this.entriesBefore(from); index < end; index++) {
      const entry = this.entries[index]!
      entry.settle(entry.outcome ?? { loss })
    }
  }

  /** Notes what became of the last message of a datagram, the one that is always answered, when it was not. */
  loseLast(datagram: number, loss: Loss): void {
    this.entries[this.entriesBefore(datagram + 1) - 1]!.outcome ??= { loss }
  }

  /** A copy of an entry's message without its header. */
  payloadOf({ offset }: Entry): Uint8Array {
    const length = this.writer.view.getUint32(offset, LITTLE_ENDIAN)
    return this.writer.bytes.slice(offset + NLMSG_HDRLEN, offset + length)
  }

  /** How many entries come before a datagram. */
  entriesBefore(datagram: number): number {
    return datagram === 0 ? 0 : this.entryEnds[datagram - 1]!
  }

  #cut(end: number, entryEnd: number, acknowledge = true): void {
    if (this.datagrams === this.ends.length) {
      this.ends = doubled(this.ends)
      this.entryEnds = doubled(this.entryEnds)
    }
    if (acknowledge) this.writer.requestAcknowledgement(this.entries[entryEnd - 1]!.offset)
    this.ends[this.datagrams] = end
    this.entryEnds[this.datagrams] = entryEnd
    this.datagrams++
    this.#openBytes = 0
    this.#openAnswers = 0
  }
}

/** How much one datagram may hold on a socket with these buffers (bytes). */
export function datagramLimits(socket: { sendBuffer: number; receiveBuffer: number }): DatagramLimits {
  return { bytes: socket.sendBuffer, answers: Math.max(1, Math.floor(socket.receiveBuffer / ANSWER_COST)) }
}

function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const copy = new Uint32Array(array.length * 2)
  copy.set(array)
  return copy
}
