import type { Entry, Loss, Request } from './pending-request.ts'
import { type Run, RunEntry } from './bulk-request.ts'
import { NLM_F_DUMP, NLMSG_HDRLEN } from '../wire/uapi.ts'
import { LITTLE_ENDIAN, WireWriter } from '../wire/wire.ts'

/** How much may stand in one datagram. */
export interface DatagramLimits {
  readonly bytes: number
  /** Answers that fit the receive buffer even if every message of the datagram fails. */
  readonly answers: number
}

/** A datagram beyond this gains nothing more and holds the kernel's lock for longer. */
export const DATAGRAM_BYTES = 128 * 1024

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
  /** The sequence number that the next message gets. */
  nextSequence = 1
  /** Where each datagram ends in the buffer. */
  ends = new Uint32Array(64)
  datagrams = 0
  /** For each datagram, how many entries and how many messages there are up to its end. */
  #entryEnds = new Uint32Array(64)
  #messageEnds = new Uint32Array(64)
  #firstSequence = 1
  /** Of the datagram that is being filled. */
  #openBytes = 0
  #openAnswers = 0
  #lastOffset = 0
  /** The run that its last message belongs to. */
  #openRun: RunEntry<unknown> | undefined
  #lastFound = 0

  /** Empties the batch for use again. */
  reset(firstSequence: number): void {
    this.writer.truncate(0)
    this.entries.length = 0
    this.datagrams = 0
    this.#firstSequence = firstSequence
    this.nextSequence = firstSequence
    this.#openBytes = 0
    this.#openAnswers = 0
    this.#openRun = undefined
    this.#lastFound = 0
  }

  /** How many messages there are. */
  get messages(): number {
    return this.nextSequence - this.#firstSequence
  }

  /** The entry with a message; answers to one entry come in a row. */
  entryOf(sequence: number): Entry | undefined {
    if (sequence < this.#firstSequence || sequence >= this.nextSequence) return undefined
    const recent = this.entries[this.#lastFound]!
    if (sequence >= recent.sequence && sequence < recent.sequence + recent.count) return recent
    let low = 0
    let high = this.entries.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.entries[middle]!.sequence <= sequence) low = middle
      else high = middle - 1
    }
    this.#lastFound = low
    return this.entries[low]
  }

  /** Takes in the message that was just written from the entry's offset on, and ends it. */
  add(entry: Request, flags: number, limits: DatagramLimits): void {
    const dump = isDump(flags)
    this.#openRun = undefined
    this.#take(entry.offset, entry.onReply === undefined ? 1 : 2, dump, limits)
    this.entries.push(entry)
    if (dump) this.#cut(this.writer.length, false)
  }

  /** Takes in the message that was just written from `offset` on as one more of a run, and ends it. */
  addToRun<T>(run: Run<T>, offset: number, index: number, subject: T, limits: DatagramLimits): void {
    const dump = (run.flags & NLM_F_DUMP) === NLM_F_DUMP
    this.#take(offset, 1, dump, limits)
    const open = this.#openRun
    if (open !== undefined && open.run === run && open.firstIndex + open.count === index) {
      open.count++
      if (run.given === undefined) open.keep(subject)
      return
    }
    const entry = run.open(offset, this.nextSequence - 1, index, subject)
    this.#openRun = entry as RunEntry<unknown>
    this.entries.push(entry)
    if (dump) this.#cut(this.writer.length, false)
  }

  /** Keeps the kernel from executing the messages of a run. */
  withdraw<T>(run: Run<T>): void {
    for (const entry of this.entries) {
      if (!(entry instanceof RunEntry) || entry.run !== run) continue
      let start = entry.offset
      for (let count = 0; count < entry.count; count++) {
        this.writer.blank(start)
        start += this.writer.view.getUint32(start, LITTLE_ENDIAN)
      }
      entry.settle({ aborted: 'unsent' })
    }
  }

  /** Ends the last datagram; the batch is ready to leave. */
  seal(): void {
    if (this.#openBytes > 0) this.#cut(this.writer.length)
  }

  /** Settles the datagrams from `from` up to, not including, `to`: what was not refused is done. */
  settle(from: number, to: number): void {
    const end = this.#entriesBefore(to)
    for (let index = this.#entriesBefore(from); index < end; index++) this.entries[index]!.settle(undefined)
  }

  /** Settles datagrams whose answers are lost, in whole or in part: only what was refused is certain. */
  lose(loss: Loss, from = 0, to = this.datagrams): void {
    const end = to === this.datagrams ? this.entries.length : this.#entriesBefore(to)
    for (let index = this.#entriesBefore(from); index < end; index++) this.entries[index]!.settle({ loss })
  }

  /** Notes what became of the last message of a datagram, the one that is always answered, when it was not. */
  loseLast(datagram: number, loss: Loss): void {
    const sequence = this.#firstSequence + this.messagesBefore(datagram + 1) - 1
    this.entryOf(sequence)!.note(sequence, { loss })
  }

  /** A copy of a message without its header. */
  payloadOf(entry: Entry, sequence: number): Uint8Array {
    const { bytes, view } = this.writer
    let start = entry.offset
    for (let skip = sequence - entry.sequence; skip > 0; skip--) start += view.getUint32(start, LITTLE_ENDIAN)
    return bytes.slice(start + NLMSG_HDRLEN, start + view.getUint32(start, LITTLE_ENDIAN))
  }

  /** How many messages come before a datagram. */
  messagesBefore(datagram: number): number {
    return datagram === 0 ? 0 : this.#messageEnds[datagram - 1]!
  }

  #entriesBefore(datagram: number): number {
    return datagram === 0 ? 0 : this.#entryEnds[datagram - 1]!
  }

  /** Counts the message from `offset` on into the open datagram, or into a new one when it does not fit. */
  #take(offset: number, answers: number, alone: boolean, limits: DatagramLimits): void {
    const size = this.writer.length - offset
    this.writer.words[offset >> 2] = size
    const full = this.#openBytes + size > limits.bytes || this.#openAnswers + answers > limits.answers
    if (this.#openBytes > 0 && (alone || full)) this.#cut(offset)
    this.#openBytes += size
    this.#openAnswers += answers
    this.#lastOffset = offset
    this.nextSequence++
  }

  #cut(end: number, acknowledge = true): void {
    if (this.datagrams === this.ends.length) {
      this.ends = doubled(this.ends)
      this.#entryEnds = doubled(this.#entryEnds)
      this.#messageEnds = doubled(this.#messageEnds)
    }
    if (acknowledge) this.writer.requestAcknowledgement(this.#lastOffset)
    this.ends[this.datagrams] = end
    this.#entryEnds[this.datagrams] = this.entries.length
    this.#messageEnds[this.datagrams] = this.messages
    this.datagrams++
    this.#openBytes = 0
    this.#openAnswers = 0
    this.#openRun = undefined
  }
}

/** How much one datagram may hold on a socket with these buffers (bytes). */
export function datagramLimits(socket: { sendBuffer: number; receiveBuffer: number }): DatagramLimits {
  const bytes = Math.min(socket.sendBuffer, DATAGRAM_BYTES)
  return { bytes, answers: Math.max(1, Math.floor(socket.receiveBuffer / ANSWER_COST)) }
}

function isDump(flags: number): boolean {
  return (flags & NLM_F_DUMP) === NLM_F_DUMP
}

function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const copy = new Uint32Array(array.length * 2)
  copy.set(array)
  return copy
}
