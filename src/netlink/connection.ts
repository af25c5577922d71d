import { constants } from 'node:os'
import { AbortListeners } from './abort-listeners.ts'
import { Batch, type DatagramLimits, datagramLimits, Entry, type Outcome } from './batch.ts'
import {
  brokenSocket,
  CUT_ANSWER,
  closed,
  LOST_ANSWERS,
  malformedAnswer,
  NO_ANSWER,
  noAnswerWithin,
  systemFailure,
} from './losses.ts'
import { eachMessage, type MessageHeader, readRefusal } from './messages.ts'
import type { ExchangeReport, NetlinkProtocol, NetlinkSocket, Transport } from './transport.ts'
import { NLM_F_REQUEST, NLMSG_MIN_TYPE } from './uapi.ts'
import type { WireWriter } from './wire.ts'

/** A message to the kernel. */
export interface OutgoingMessage {
  readonly type: number
  readonly flags: number
  /** Writes what follows the header. If it throws, nothing was queued. */
  readonly body: (writer: WireWriter) => void
  /** Gets each message the kernel sends in answer, acknowledgements apart, while it lies in the receive buffer. */
  readonly onReply?: ((view: DataView, message: MessageHeader) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** How a {@link Connection} behaves. */
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

/** Far enough below 2^32 that no batch wraps around; sequence number 0 is the kernel's own. */
const LAST_FIRST_SEQUENCE = 0xf000_0000

/**
 * A netlink socket shared by any number of callers. What is asked while an exchange is under way waits and leaves
 * together as the next batch, so a lone call has no delay and a thousand concurrent ones share a few system calls.
 * Answers are matched by sequence number. A socket that breaks is replaced at the next exchange.
 */
export class Connection {
  readonly activity: Activity = { messages: 0, datagrams: 0, sends: 0, receives: 0 }
  readonly #transport: Transport
  readonly #options: ConnectionOptions
  #socket: NetlinkSocket | undefined
  #limits: DatagramLimits
  #filling = new Batch()
  #spare = new Batch()
  #flying: Batch | undefined
  #replies = new Uint8Array(REPLY_BYTES)
  #closed = false
  readonly #aborts = new AbortListeners()

  private constructor(transport: Transport, socket: NetlinkSocket, options: ConnectionOptions) {
    this.#transport = transport
    this.#options = options
    this.#socket = socket
    this.#limits = datagramLimits(socket)
  }

  /** @throws {SystemError} when the socket cannot be opened. */
  static async open(transport: Transport, options: ConnectionOptions): Promise<Connection> {
    return new Connection(transport, await transport.open(options.protocol), options)
  }

  get closed(): boolean {
    return this.#closed
  }

  /**
   * Queues a message. Never rejects: what happened is the result, so that the caller can throw where the stack shows
   * who asked. Throws at once what `body` throws.
   */
  request(message: OutgoingMessage): Promise<Outcome> {
    const batch = this.#filling
    if (this.#closed) return Promise.resolve({ loss: closed('not-done') })
    if (message.signal?.aborted === true) return Promise.resolve({ aborted: 'unsent' })
    const { writer } = batch
    const flags = message.flags | NLM_F_REQUEST
    const offset = writer.beginMessage(message.type, flags, batch.nextSequence)
    try {
      message.body(writer)
    } catch (error) {
      writer.truncate(offset)
      throw error
    }
    writer.endMessage(offset)
    return new Promise((settle) => {
      const entry = new Entry(offset, message.onReply, settle)
      batch.add(entry, flags, this.#limits)
      if (message.signal !== undefined) this.#abortWith(message.signal, batch, entry)
      if (this.#flying === undefined && batch.entries.length === 1) queueMicrotask(() => void this.#run())
    })
  }

  /** Tells everyone who waits that the client is closed, and closes the socket. Idempotent. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#flying?.lose(closed('unknown'))
    this.#filling.lose(closed('not-done'))
    this.#dropSocket()
  }

  #abortWith(signal: AbortSignal, batch: Batch, entry: Entry): void {
    const forget = this.#aborts.add(signal, () => {
      const waiting = batch === this.#filling
      if (waiting) batch.writer.blank(entry.offset)
      entry.settle({ aborted: waiting ? 'unsent' : 'sent' })
    })
    const settled = entry.onSettled
    entry.onSettled = (outcome) => {
      forget()
      settled(outcome)
    }
  }

  async #run(): Promise<void> {
    while (!this.#closed && this.#filling.entries.length > 0) {
      const batch = this.#filling
      const next = batch.nextSequence
      batch.seal()
      this.#flying = batch
      this.#filling = this.#spare
      this.#filling.reset(next < LAST_FIRST_SEQUENCE ? next : 1)
      const intact = await this.#fly(batch)
      if (intact) batch.reset(1)
      this.#spare = intact ? batch : new Batch()
      this.#flying = undefined
    }
  }

  /** Carries a batch to the kernel and back; false when its buffers may still be in use. */
  async #fly(batch: Batch): Promise<boolean> {
    this.#observeSent(batch)
    let first = 0
    let awaiting = false
    while (!this.#closed && first < batch.datagrams) {
      let report: ExchangeReport | undefined
      try {
        this.#socket ??= await this.#reopen()
        if (this.#socket === undefined) break
        report = await this.#exchange(this.#socket, batch, first, awaiting)
      } catch (cause) {
        batch.lose(brokenSocket(cause, this.#socket === undefined ? 'not-done' : 'unknown'))
        this.#dropSocket()
        return false
      }
      if (report === undefined) {
        this.#abandon(batch)
        return false
      }
      this.#count(batch, report, first, awaiting)
      if (this.#closed) break
      if (!this.#deliver(batch, report)) return true
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
    return true
  }

  /** Opens a socket in place of one that broke; undefined when the client was closed meanwhile. */
  async #reopen(): Promise<NetlinkSocket | undefined> {
    const socket = await this.#transport.open(this.#options.protocol)
    this.#limits = datagramLimits(socket)
    if (!this.#closed) return socket
    socket.close()
    return undefined
  }

  /** One hop; undefined when it took longer than allowed. */
  #exchange(
    socket: NetlinkSocket,
    batch: Batch,
    first: number,
    awaiting: boolean,
  ): Promise<ExchangeReport | undefined> {
    const exchange = socket.exchange({
      datagrams: batch.writer.bytes,
      ends: batch.ends,
      count: batch.datagrams,
      first,
      awaiting,
      replies: this.#replies,
    })
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve(undefined), this.#options.timeout)
      exchange.then(resolve, reject).finally(() => clearTimeout(timer))
    })
  }

  /** Hands each message to the entry that asked for it; false when the answers made no sense. */
  #deliver(batch: Batch, report: ExchangeReport): boolean {
    const view = new DataView(this.#replies.buffer)
    try {
      eachMessage(view, report.received, (message) => {
        this.#options.observe?.('received', view, message)
        const entry = batch.entryOf(message.sequence)
        if (entry !== undefined && !entry.settled) deliver(batch, entry, view, message)
      })
      return true
    } catch (cause) {
      // What was cut off is the last that can be told apart, and belongs to the datagram that is lost anyway.
      if (report.state === 'truncated') return true
      this.#dropSocket()
      batch.lose(malformedAnswer(cause))
      return false
    }
  }

  #abandon(batch: Batch): void {
    batch.lose(noAnswerWithin(this.#options.timeout))
    this.#dropSocket()
    this.#replies = new Uint8Array(REPLY_BYTES)
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
    activity.messages += batch.entriesBefore(sent) - batch.entriesBefore(sentBefore)
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
      entry.onReply?.(view, message)
    } else {
      const refusal = readRefusal(view, message)
      if (refusal === undefined) return
      const unknown = refusal.errno === constants.errno.ENOENT
      entry.outcome = unknown ? { refusal, sent: batch.payloadOf(entry) } : { refusal }
    }
  } catch (cause) {
    entry.outcome ??= { loss: malformedAnswer(cause) }
  }
}
