import { setImmediate } from 'node:timers/promises'
import { type Batch, type DatagramLimits, datagramLimits } from './batch.ts'
import { Deadline } from './deadline.ts'
import type { Entry } from './entry.ts'
import { ENOENT } from './errno.ts'
import {
  brokenSocket,
  CUT_ANSWER,
  LOST_ANSWERS,
  malformedAnswer,
  NO_ANSWER,
  noAnswerWithin,
  systemFailure,
} from './losses.ts'
import { eachMessage, type MessageHeader, readRefusal } from './messages.ts'
import type { ExchangeReport, NetlinkProtocol, NetlinkSocket, Transport } from './transport.ts'
import { Turn } from './turn.ts'
import { NLMSG_MIN_TYPE } from './uapi.ts'

/** How a connection behaves. */
export interface ConnectionOptions {
  readonly protocol: NetlinkProtocol
  /** Milliseconds that the kernel may take over one exchange before its callers are told and a new socket is opened. */
  readonly timeout: number
  /** Sees every message on its way out and in; for debugging. */
  readonly observe?:
    | ((direction: 'sent' | 'received', view: DataView, message: MessageHeader) => void)
    | undefined
}

/** Messages, datagrams and system calls since a connection was opened. */
export interface Activity {
  /** Messages handed to the kernel. */
  messages: number
  /** Datagrams they travelled in. */
  datagrams: number
  /** System calls that sent (`sendmsg`). */
  sends: number
  /** System calls that received (`recvmmsg`). */
  receives: number
}

/** Room for some hundreds of records: large enough to save hops, small enough to leave the event loop free between. */
const REPLY_BYTES = 256 * 1024

/** An exchange: its report, or the promise of one, which is undefined when it took longer than allowed. */
type Hop = ExchangeReport | Promise<ExchangeReport | undefined>

/** Where answers arrive. */
interface ReplyBuffer {
  readonly bytes: Uint8Array
  readonly view: DataView
}

function replyBuffer(): ReplyBuffer {
  const bytes = new Uint8Array(REPLY_BYTES)
  return { bytes, view: new DataView(bytes.buffer) }
}

/** Carries batches to the kernel, one at a time, and hands the answers to their entries. Replaces a socket that broke. */
export class Courier {
  readonly activity: Activity = { messages: 0, datagrams: 0, sends: 0, receives: 0 }
  readonly #transport: Transport
  readonly #options: ConnectionOptions
  readonly #deadline: Deadline
  #socket: NetlinkSocket | undefined
  #limits: DatagramLimits
  #replies = replyBuffer()
  #spareReplies = replyBuffer()
  /** Answers that are being read: their buffer is not free yet. */
  #reading: Promise<boolean> | undefined
  #closed = false

  private constructor(transport: Transport, socket: NetlinkSocket, options: ConnectionOptions) {
    this.#transport = transport
    this.#options = options
    this.#deadline = new Deadline(options.timeout)
    this.#socket = socket
    this.#limits = datagramLimits(socket)
  }

  /** @throws {SystemError} when the socket cannot be opened. */
  static async open(transport: Transport, options: ConnectionOptions): Promise<Courier> {
    return new Courier(transport, await transport.open(options.protocol), options)
  }

  /** How much a datagram may hold on the present socket. */
  get limits(): DatagramLimits {
    return this.#limits
  }

  /** Closes the socket; a batch under way is carried no further. */
  close(): void {
    this.#closed = true
    this.#deadline.clear()
    this.#dropSocket()
  }

  /**
   * Carries a batch to the kernel and back; false when its buffers may still be in use. Calls `onAnswered` once the kernel
   * has answered everything, before the answers are read: another batch may be carried from then on.
   */
  async carry(batch: Batch, onAnswered: () => void): Promise<boolean> {
    this.#observeSent(batch)
    let first = 0
    let awaiting = false
    let next: Hop | undefined
    while (!this.#closed && first < batch.datagrams) {
      let report: ExchangeReport | undefined
      try {
        this.#socket ??= await this.#reopen()
        if (this.#socket === undefined) break
        report = await (next ?? this.#exchange(this.#socket, batch, first, awaiting))
      } catch (cause) {
        batch.lose(brokenSocket(cause, this.#socket === undefined ? 'not-done' : 'unknown'))
        this.#dropSocket()
        return false
      }
      if (report === undefined) {
        this.#abandon(batch)
        return false
      }
      await this.#reading
      this.#count(batch, report, first, awaiting)
      if (this.#closed) break
      const view = this.#turnReplies()
      next = report.state === 'full' ? this.#goOn(this.#socket, batch, report) : undefined
      if (report.state === 'complete') onAnswered()
      this.#reading = this.#deliver(batch, report, view)
      if (!(await this.#reading)) return next === undefined
      batch.settle(first, report.datagram)
      first = report.datagram
      awaiting = report.awaiting
      if (report.state === 'failed') {
        this.#dropSocket()
        const cause = systemFailure(report)
        if (awaiting) batch.lose(brokenSocket(cause, 'unknown'), first, first + 1)
        batch.lose(brokenSocket(cause, 'not-done'))
        return true
      }
      if (report.state === 'complete' || report.state === 'full') continue
      if (report.state === 'unanswered') {
        batch.loseLast(first, NO_ANSWER)
        batch.settle(first, first + 1)
      } else {
        batch.lose(report.state === 'overrun' ? LOST_ANSWERS : CUT_ANSWER, first, first + 1)
      }
      first++
      awaiting = false
    }
    return next === undefined
  }

  /** Gives the answers that came; those to come go into the other buffer, so that the kernel need not wait for us. */
  #turnReplies(): DataView {
    const filled = this.#replies
    this.#replies = this.#spareReplies
    this.#spareReplies = filled
    return filled.view
  }

  /** Has the kernel go on while the answers that filled a buffer are read out of it. */
  #goOn(socket: NetlinkSocket, batch: Batch, { datagram, awaiting }: ExchangeReport): Hop {
    const next = this.#exchange(socket, batch, datagram, awaiting)
    // Nobody waits for it where the answers before it make no sense.
    if (next instanceof Promise) next.catch(() => undefined)
    return next
  }

  /** Opens a socket in place of one that broke; undefined when the client was closed meanwhile. */
  async #reopen(): Promise<NetlinkSocket | undefined> {
    const socket = await this.#transport.open(this.#options.protocol)
    this.#limits = datagramLimits(socket)
    if (!this.#closed) return socket
    socket.close()
    return undefined
  }

  #exchange(socket: NetlinkSocket, batch: Batch, first: number, awaiting: boolean): Hop {
    return this.#deadline.hold(() =>
      socket.exchange({
        datagrams: batch.writer.bytes,
        ends: batch.ends,
        count: batch.datagrams,
        first,
        awaiting,
        replies: this.#replies.bytes,
      }),
    )
  }

  /**
   * Hands each message to the entry that asked for it, and lets the event loop go round where that takes long; false when
   * the answers made no sense.
   */
  async #deliver(batch: Batch, report: ExchangeReport, view: DataView): Promise<boolean> {
    const turn = new Turn()
    const { observe } = this.#options
    const visit = (message: MessageHeader) => {
      observe?.('received', view, message)
      const entry = batch.entryOf(message.sequence)
      if (entry !== undefined && !entry.settled) deliver(batch, entry, view, message)
      return turn.step()
    }
    try {
      for (let at = 0; at < report.received && !this.#closed; ) {
        if (at > 0) await setImmediate()
        turn.begin()
        at = eachMessage(view, report.received, visit, at)
      }
      return true
    } catch (cause) {
      // What was cut off is the last that can be told apart, and belongs to the datagram that is lost anyway.
      if (report.state === 'truncated') return true
      this.#dropSocket()
      this.#replies = replyBuffer()
      batch.lose(malformedAnswer(cause))
      return false
    }
  }

  #abandon(batch: Batch): void {
    batch.lose(noAnswerWithin(this.#options.timeout))
    this.#dropSocket()
    this.#replies = replyBuffer()
  }

  #dropSocket(): void {
    this.#socket?.close()
    this.#socket = undefined
  }

  #count(batch: Batch, report: ExchangeReport, first: number, awaiting: boolean): void {
    const { activity } = this
    const lost = report.state === 'unanswered' || report.state === 'overrun' || report.state === 'truncated'
    const sent = report.datagram + (lost || report.awaiting ? 1 : 0)
    const sentBefore = first + (awaiting ? 1 : 0)
    activity.sends += report.sends
    activity.receives += report.receives
    activity.datagrams += sent - sentBefore
    activity.messages += batch.messagesBefore(sent) - batch.messagesBefore(sentBefore)
  }

  #observeSent(batch: Batch): void {
    const { observe } = this.#options
    if (observe === undefined) return
    const { view, length } = batch.writer
    eachMessage(view, length, (message) => observe('sent', view, message))
  }
}

function deliver(batch: Batch, entry: Entry, view: DataView, message: MessageHeader): void {
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
