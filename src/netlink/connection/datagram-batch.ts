import { NLM_F_DUMP, NLMSG_HDRLEN } from '../wire/uapi.ts'
import { LITTLE_ENDIAN, WireWriter } from '../wire/wire.ts'
import { type BulkRequest, BulkSlice } from './bulk-request.ts'
import type { PendingRequest, SingleRequest, TransportFailure } from './pending-request.ts'

/** How much may stand in one datagram. */
export interface DatagramLimits {
  readonly bytes: number
  /** Answers that fit the receive buffer even if every message of the datagram fails. */
  readonly replies: number
}

/** A datagram beyond this gains nothing more and holds the kernel's lock for longer. */
export const DATAGRAM_BYTES = 128 * 1024

/**
 * What one small answer costs of the receive buffer: a whole buffer of the kernel's (skb truesize), 768 bytes on Linux
 * 6.1 and 896 on 6.12 for a capped acknowledgement; extended acknowledgements need more.
 */
const REPLY_COST = 2048

/**
 * Messages that leave together: one buffer cut into datagrams. Only the last message of a datagram asks for an
 * acknowledgement, since the kernel reports failures by themselves and goes on with the rest (netlink_rcv_skb). A dump
 * always has a datagram of its own, because a socket runs one at a time.
 */
export class DatagramBatch {
  readonly writer = new WireWriter(256 * 1024)
  readonly requests: PendingRequest[] = []
  /** The sequence number that the next message gets. */
  nextSequence = 1
  /** Where each datagram ends in the buffer. */
  ends = new Uint32Array(64)
  datagrams = 0
  /** For each datagram, how many entries and how many messages there are up to its end. */
  #requestEnds = new Uint32Array(64)
  #messageEnds = new Uint32Array(64)
  #firstSequence = 1
  /** Of the datagram that is being filled. */
  #openBytes = 0
  #openReplies = 0
  #lastOffset = 0
  /** The run that its last message belongs to. */
  #openSlice: BulkSlice<unknown> | undefined
  #lastFound = 0

  /** Empties the batch for use again. */
  reset(firstSequence: number): void {
    this.writer.truncate(0)
    this.requests.length = 0
    this.datagrams = 0
    this.#firstSequence = firstSequence
    this.nextSequence = firstSequence
    this.#openBytes = 0
    this.#openReplies = 0
    this.#openSlice = undefined
    this.#lastFound = 0
  }

  /** How many messages there are. */
  get messages(): number {
    return this.nextSequence - this.#firstSequence
  }

  /** The entry with a message; answers to one entry come in a row. */
  requestOf(sequence: number): PendingRequest | undefined {
    if (sequence < this.#firstSequence || sequence >= this.nextSequence) return undefined
    const recent = this.requests[this.#lastFound]!
    if (sequence >= recent.sequence && sequence < recent.sequence + recent.count) return recent
    let low = 0
    let high = this.requests.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.requests[middle]!.sequence <= sequence) low = middle
      else high = middle - 1
    }
    this.#lastFound = low
    return this.requests[low]
  }

  /** Takes in the message that was just written from the entry's offset on, and ends it. */
  add(entry: SingleRequest, flags: number, limits: DatagramLimits): void {
    const dump = isDump(flags)
    this.#openSlice = undefined
    this.#append(entry.offset, entry.onReply === undefined ? 1 : 2, dump, limits)
    this.requests.push(entry)
    if (dump) this.#endDatagram(this.writer.length, false)
  }

  /** Takes in the message that was just written from `offset` on as one more of a run, and ends it. */
  addBulk<T>(run: BulkRequest<T>, offset: number, index: number, subject: T, limits: DatagramLimits): void {
    const dump = (run.flags & NLM_F_DUMP) === NLM_F_DUMP
    this.#append(offset, 1, dump, limits)
    const open = this.#openSlice
    if (open !== undefined && open.bulk === run && open.firstIndex + open.count === index) {
      open.count++
      if (run.inputs === undefined) open.remember(subject)
      return
    }
    const entry = run.openSlice(offset, this.nextSequence - 1, index, subject)
    this.#openSlice = entry as BulkSlice<unknown>
    this.requests.push(entry)
    if (dump) this.#endDatagram(this.writer.length, false)
  }

  /** Keeps the kernel from executing the messages of a run. */
  cancel<T>(run: BulkRequest<T>): void {
    for (const entry of this.requests) {
      if (!(entry instanceof BulkSlice) || entry.bulk !== run) continue
      let start = entry.offset
      for (let count = 0; count < entry.count; count++) {
        this.writer.convertToNoop(start)
        start += this.writer.view.getUint32(start, LITTLE_ENDIAN)
      }
      entry.complete({ aborted: 'unsent' })
    }
  }

  /** Ends the last datagram; the batch is ready to leave. */
  finish(): void {
    if (this.#openBytes > 0) this.#endDatagram(this.writer.length)
  }

  /** Settles the datagrams from `from` up to, not including, `to`: what was not refused is done. */
  complete(from: number, to: number): void {
    const end = this.#requestsBefore(to)
    for (let index = this.#requestsBefore(from); index < end; index++)
      this.requests[index]!.complete(undefined)
  }

  /** Settles datagrams whose answers are lost, in whole or in part: only what was refused is certain. */
  fail(loss: TransportFailure, from = 0, to = this.datagrams): void {
    const end = to === this.datagrams ? this.requests.length : this.#requestsBefore(to)
    for (let index = this.#requestsBefore(from); index < end; index++)
      this.requests[index]!.complete({ loss })
  }

  /** Notes what became of the last message of a datagram, the one that is always answered, when it was not. */
  failLast(datagram: number, loss: TransportFailure): void {
    const sequence = this.#firstSequence + this.messagesBefore(datagram + 1) - 1
    this.requestOf(sequence)!.recordFailure(sequence, { loss })
  }

  /** A copy of a message without its header. */
  payloadOf(entry: PendingRequest, sequence: number): Uint8Array {
    const { bytes, view } = this.writer
    let start = entry.offset
    for (let skip = sequence - entry.sequence; skip > 0; skip--) start += view.getUint32(start, LITTLE_ENDIAN)
    return bytes.slice(start + NLMSG_HDRLEN, start + view.getUint32(start, LITTLE_ENDIAN))
  }

  /** How many messages come before a datagram. */
  messagesBefore(datagram: number): number {
    return datagram === 0 ? 0 : this.#messageEnds[datagram - 1]!
  }

  #requestsBefore(datagram: number): number {
    return datagram === 0 ? 0 : this.#requestEnds[datagram - 1]!
  }

  /** Counts the message from `offset` on into the open datagram, or into a new one when it does not fit. */
  #append(offset: number, answers: number, alone: boolean, limits: DatagramLimits): void {
    const size = this.writer.length - offset
    this.writer.words[offset >> 2] = size
    const full = this.#openBytes + size > limits.bytes || this.#openReplies + answers > limits.replies
    if (this.#openBytes > 0 && (alone || full)) this.#endDatagram(offset)
    this.#openBytes += size
    this.#openReplies += answers
    this.#lastOffset = offset
    this.nextSequence++
  }

  #endDatagram(end: number, acknowledge = true): void {
    if (this.datagrams === this.ends.length) {
      this.ends = doubleCapacity(this.ends)
      this.#requestEnds = doubleCapacity(this.#requestEnds)
      this.#messageEnds = doubleCapacity(this.#messageEnds)
    }
    if (acknowledge) this.writer.requestAcknowledgement(this.#lastOffset)
    this.ends[this.datagrams] = end
    this.#requestEnds[this.datagrams] = this.requests.length
    this.#messageEnds[this.datagrams] = this.messages
    this.datagrams++
    this.#openBytes = 0
    this.#openReplies = 0
    this.#openSlice = undefined
  }
}

/** How much one datagram may hold on a socket with these buffers (bytes). */
export function datagramLimits(socket: { sendBuffer: number; receiveBuffer: number }): DatagramLimits {
  const bytes = Math.min(socket.sendBuffer, DATAGRAM_BYTES)
  return { bytes, replies: Math.max(1, Math.floor(socket.receiveBuffer / REPLY_COST)) }
}

function isDump(flags: number): boolean {
  return (flags & NLM_F_DUMP) === NLM_F_DUMP
}

function doubleCapacity(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const copy = new Uint32Array(array.length * 2)
  copy.set(array)
  return copy
}
