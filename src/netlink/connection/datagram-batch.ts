import type { ExchangeReport } from '../transport/transport.ts'
import { NLM_F_DUMP, NLMSG_HDRLEN } from '../wire/uapi.ts'
import { LITTLE_ENDIAN, type MessageHeader, WireWriter } from '../wire/wire.ts'
import { LOST_REPLIES, NO_REPLY, type Outcome, TRUNCATED_REPLY, type TransportFailure } from './failures.ts'

/** The request to which a message belongs. It has one message, or many that it distinguishes by an index. */
export interface MessageOwner {
  /** Whether the kernel sends a message in reply to each of them, besides the acknowledgement. */
  readonly expectsReplies: boolean
  /** Receives a message that the kernel sends in reply, acknowledgements excepted. */
  handleReply(index: number, view: DataView, message: MessageHeader): void
  /** Called once for each message; `outcome` is undefined if the kernel executed it. */
  handleEnd(index: number, outcome: Outcome): void
}

/** Limits of one datagram. */
export interface DatagramLimits {
  readonly bytes: number
  /** Maximum number of replies: they fit the receive buffer even if every message of the datagram fails. */
  readonly replies: number
}

/** A larger datagram saves no more time and holds the kernel's lock for longer. */
export const DATAGRAM_BYTES = 128 * 1024

/**
 * Bytes of the receive buffer that one small reply takes: a whole kernel buffer (skb truesize), 768 bytes on Linux 6.1
 * and 896 on 6.12 for a capped acknowledgement; extended acknowledgements need more.
 */
const REPLY_COST = 2048

/** Consecutive messages of one owner in a datagram, with consecutive indexes. */
export class MessageGroup {
  readonly owner: MessageOwner
  /** Offset of the first message in the buffer. */
  readonly offset: number
  readonly firstSequence: number
  readonly firstIndex: number
  count = 1
  hasEnded = false
  #failures: Map<number, Outcome> | undefined

  constructor(owner: MessageOwner, offset: number, firstSequence: number, firstIndex: number) {
    this.owner = owner
    this.offset = offset
    this.firstSequence = firstSequence
    this.firstIndex = firstIndex
  }

  handleReply(view: DataView, message: MessageHeader): void {
    this.owner.handleReply(this.firstIndex + message.sequence - this.firstSequence, view, message)
  }

  /** Records the failure of one of the messages; the first record counts. */
  recordFailure(sequence: number, outcome: NonNullable<Outcome>): void {
    this.#failures ??= new Map()
    if (!this.#failures.has(sequence)) this.#failures.set(sequence, outcome)
  }

  /** Ends all messages. Messages without a recorded failure end with `outcome`. Further calls do nothing. */
  end(outcome: Outcome): void {
    if (this.hasEnded) return
    this.hasEnded = true
    for (let position = 0; position < this.count; position++) {
      const failure = this.#failures?.get(this.firstSequence + position)
      this.owner.handleEnd(this.firstIndex + position, failure ?? outcome)
    }
  }
}

/**
 * Messages that are sent together: one buffer, cut into datagrams. Only the last message of a datagram requests an
 * acknowledgement, because the kernel reports each failure anyway and continues with the next message
 * (netlink_rcv_skb). A dump always has a datagram of its own, because a socket runs one dump at a time.
 */
export class DatagramBatch {
  readonly writer = new WireWriter(256 * 1024)
  readonly groups: MessageGroup[] = []
  /** The sequence number of the next message. */
  nextSequence = 1
  /** The end of each datagram in the buffer. */
  ends = new Uint32Array(64)
  datagrams = 0
  /** For each datagram, the numbers of groups and of messages up to its end. */
  #groupEnds = new Uint32Array(64)
  #messageEnds = new Uint32Array(64)
  #firstSequence = 1
  /** The bytes of the datagram that is being filled. */
  #openBytes = 0
  #openReplies = 0
  #lastOffset = 0
  #openGroup: MessageGroup | undefined
  #lastFound = 0

  /** Empties the batch so that it can be used again. */
  reset(firstSequence: number): void {
    this.writer.truncate(0)
    this.groups.length = 0
    this.datagrams = 0
    this.#firstSequence = firstSequence
    this.nextSequence = firstSequence
    this.#openBytes = 0
    this.#openReplies = 0
    this.#openGroup = undefined
    this.#lastFound = 0
  }

  get messages(): number {
    return this.nextSequence - this.#firstSequence
  }

  /** Finds the group of a message. Replies to one group usually arrive in a row. */
  groupOf(sequence: number): MessageGroup | undefined {
    if (sequence < this.#firstSequence || sequence >= this.nextSequence) return undefined
    const recent = this.groups[this.#lastFound]!
    if (sequence >= recent.firstSequence && sequence < recent.firstSequence + recent.count) return recent
    let low = 0
    let high = this.groups.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.groups[middle]!.firstSequence <= sequence) low = middle
      else high = middle - 1
    }
    this.#lastFound = low
    return this.groups[low]
  }

  /** Adds the message that was written from `offset` on, and ends it. Returns its group. */
  add(
    owner: MessageOwner,
    index: number,
    offset: number,
    flags: number,
    limits: DatagramLimits,
  ): MessageGroup {
    const isDump = (flags & NLM_F_DUMP) === NLM_F_DUMP
    this.#append(offset, owner.expectsReplies ? 2 : 1, isDump, limits)
    let group = this.#openGroup
    if (group !== undefined && group.owner === owner && group.firstIndex + group.count === index) {
      group.count++
    } else {
      group = new MessageGroup(owner, offset, this.nextSequence - 1, index)
      this.#openGroup = group
      this.groups.push(group)
    }
    if (isDump) this.#endDatagram(this.writer.length, false)
    return group
  }

  /** Turns the messages of an owner into no-ops, so that the kernel does not execute them. */
  cancel(owner: MessageOwner): void {
    for (const group of this.groups) {
      if (group.owner !== owner) continue
      let start = group.offset
      for (let count = 0; count < group.count; count++) {
        this.writer.convertToNoop(start)
        start += this.writer.view.getUint32(start, LITTLE_ENDIAN)
      }
      group.end({ aborted: 'unsent' })
    }
  }

  /** Ends the last datagram; the batch is then ready to be sent. */
  finish(): void {
    if (this.#openBytes > 0) this.#endDatagram(this.writer.length)
  }

  /** Ends the datagrams from `from` up to but not including `to`: messages that were not refused are done. */
  complete(from: number, to: number): void {
    const end = this.#groupsBefore(to)
    for (let index = this.#groupsBefore(from); index < end; index++) this.groups[index]!.end(undefined)
  }

  /**
   * Ends the datagrams of an exchange that began with datagram `first` and whose system calls succeeded. Returns the
   * datagram to continue with.
   */
  completeExchange(first: number, { state, datagram }: ExchangeReport): number {
    this.complete(first, datagram)
    if (state === 'complete' || state === 'full') return datagram
    if (state === 'unanswered') {
      this.failLast(datagram, NO_REPLY)
      this.complete(datagram, datagram + 1)
    } else {
      this.fail(state === 'overrun' ? LOST_REPLIES : TRUNCATED_REPLY, datagram, datagram + 1)
    }
    return datagram + 1
  }

  /** Ends datagrams whose replies are lost completely or partly: only recorded refusals are certain. */
  fail(failure: TransportFailure, from = 0, to = this.datagrams): void {
    const end = to === this.datagrams ? this.groups.length : this.#groupsBefore(to)
    for (let index = this.#groupsBefore(from); index < end; index++) this.groups[index]!.end({ failure })
  }

  /** Records a failure for the last message of a datagram, the one that is always acknowledged. */
  failLast(datagram: number, failure: TransportFailure): void {
    const sequence = this.#firstSequence + this.messagesBefore(datagram + 1) - 1
    this.groupOf(sequence)!.recordFailure(sequence, { failure })
  }

  /** A copy of a message without its header. */
  payloadOf({ offset, firstSequence }: MessageGroup, sequence: number): Uint8Array {
    const { bytes, view } = this.writer
    let start = offset
    for (let skip = sequence - firstSequence; skip > 0; skip--) start += view.getUint32(start, LITTLE_ENDIAN)
    return bytes.slice(start + NLMSG_HDRLEN, start + view.getUint32(start, LITTLE_ENDIAN))
  }

  /** The number of messages before a datagram. */
  messagesBefore(datagram: number): number {
    return datagram === 0 ? 0 : this.#messageEnds[datagram - 1]!
  }

  #groupsBefore(datagram: number): number {
    return datagram === 0 ? 0 : this.#groupEnds[datagram - 1]!
  }

  /** Counts the message from `offset` on into the open datagram, or into a new one if it does not fit. */
  #append(offset: number, replies: number, alone: boolean, limits: DatagramLimits): void {
    const size = this.writer.length - offset
    this.writer.endMessage(offset)
    const full = this.#openBytes + size > limits.bytes || this.#openReplies + replies > limits.replies
    if (this.#openBytes > 0 && (alone || full)) this.#endDatagram(offset)
    this.#openBytes += size
    this.#openReplies += replies
    this.#lastOffset = offset
    this.nextSequence++
  }

  #endDatagram(end: number, acknowledge = true): void {
    if (this.datagrams === this.ends.length) {
      this.ends = doubleCapacity(this.ends)
      this.#groupEnds = doubleCapacity(this.#groupEnds)
      this.#messageEnds = doubleCapacity(this.#messageEnds)
    }
    if (acknowledge) this.writer.requestAcknowledgement(this.#lastOffset)
    this.ends[this.datagrams] = end
    this.#groupEnds[this.datagrams] = this.groups.length
    this.#messageEnds[this.datagrams] = this.messages
    this.datagrams++
    this.#openBytes = 0
    this.#openReplies = 0
    this.#openGroup = undefined
  }
}

/** The limits of a datagram on a socket with buffers of these sizes (bytes). */
export function datagramLimits(socket: { sendBuffer: number; receiveBuffer: number }): DatagramLimits {
  const bytes = Math.min(socket.sendBuffer, DATAGRAM_BYTES)
  return { bytes, replies: Math.max(1, Math.floor(socket.receiveBuffer / REPLY_COST)) }
}

function doubleCapacity(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const copy = new Uint32Array(array.length * 2)
  copy.set(array)
  return copy
}
