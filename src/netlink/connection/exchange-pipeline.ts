import { setImmediate } from 'node:timers/promises'
import type {
  ExchangeReport,
  ExchangeRequest,
  NetlinkProtocol,
  NetlinkSocket,
  Transport,
} from '../transport/transport.ts'
import { eachMessage } from '../wire/messages.ts'
import { type Activity, countExchange } from './activity.ts'
import { type DatagramBatch, type DatagramLimits, datagramLimits } from './datagram-batch.ts'
import { Deadline } from './deadline.ts'
import { type ReplyBuffer, ReplyBufferPool } from './reply-buffers.ts'
import { type MessageObserver, ReplyDispatcher } from './reply-dispatcher.ts'
import {
  brokenSocket,
  LOST_REPLIES,
  malformedReply,
  NO_REPLY,
  TRUNCATED_REPLY,
  timedOut,
  toSystemError,
} from './transport-failures.ts'

/** How a connection behaves. */
export interface ConnectionOptions {
  readonly protocol: NetlinkProtocol
  /** Milliseconds that the kernel may take over one exchange before its callers are told and a new socket is opened. */
  readonly timeout: number
  readonly observe?: MessageObserver | undefined
}

/** An exchange with the room for its answers. */
interface InFlightExchange {
  readonly replies: ReplyBuffer
  readonly result: ExchangeReport | Promise<ExchangeReport>
}

/**
 * Carries batches to the kernel, one after another, and hands the answers to their entries. The next one is handed to the
 * socket while the one before is under way, so that the kernel need not wait for the event loop in between. Replaces a socket
 * that broke.
 */
export class ExchangePipeline {
  readonly activity: Activity = { messages: 0, datagrams: 0, sends: 0, receives: 0 }
  readonly #transport: Transport
  readonly #options: ConnectionOptions
  readonly #deadline: Deadline
  readonly #buffers = new ReplyBufferPool()
  #socket: NetlinkSocket | undefined
  #limits: DatagramLimits
  /** Batches that the kernel has not answered yet. */
  #unanswered = 0
  /** Resolves when the last of them has been answered; absent when there is none. */
  #lastAnswered: Promise<void> | undefined
  /** Answers that are being read, in the order in which they came. */
  #dispatching: Promise<boolean> | undefined
  #closed = false

  private constructor(transport: Transport, socket: NetlinkSocket, options: ConnectionOptions) {
    this.#transport = transport
    this.#options = options
    this.#deadline = new Deadline(options.timeout)
    this.#socket = socket
    this.#limits = datagramLimits(socket)
  }

  /** @throws {SystemError} when the socket cannot be opened. */
  static async open(transport: Transport, options: ConnectionOptions): Promise<ExchangePipeline> {
    return new ExchangePipeline(transport, await transport.open(options.protocol), options)
  }

  /** How much a datagram may hold on the present socket. */
  get limits(): DatagramLimits {
    return this.#limits
  }

  /** Whether the kernel has nothing to do. */
  get isIdle(): boolean {
    return this.#unanswered === 0
  }

  /** Whether a batch may be carried: always when idle, else when the socket takes one more to follow. */
  get canSend(): boolean {
    return this.isIdle || this.#unanswered < (this.#socket?.depth ?? 1)
  }

  /** Closes the socket; a batch under way is carried no further. */
  close(): void {
    this.#closed = true
    this.#deadline.clear()
    this.#discardSocket()
  }

  /**
   * Carries a batch to the kernel and back; there must be room. False when its buffers may still be in use. Calls
   * `onAnswered` once, when the kernel has answered everything: before the answers are read, if all goes well.
   */
  async send(batch: DatagramBatch, onAnswered: () => void): Promise<boolean> {
    const { before, leave } = this.#begin(onAnswered)
    let ahead = before
    let first = 0
    let awaiting = false
    let hop: InFlightExchange | undefined
    try {
      this.#observeSent(batch)
      while (!this.#closed && first < batch.datagrams) {
        let report: ExchangeReport | undefined
        try {
          this.#socket ??= await this.#reopen()
          if (this.#socket === undefined) break
          hop ??= this.#exchange(this.#socket, batch, first, awaiting, ahead !== undefined)
          // Time is counted from its own turn on.
          if (ahead !== undefined) await ahead
          ahead = undefined
          report = await this.#deadline.withTimeout(hop.result)
        } catch (cause) {
          batch.fail(brokenSocket(cause, this.#socket === undefined ? 'not-done' : 'unknown'))
          this.#discardSocket()
          return false
        }
        if (report === undefined) {
          batch.fail(timedOut(this.#options.timeout))
          this.#discardSocket()
          return false
        }
        const { replies }: InFlightExchange = hop
        hop = undefined
        if (report.state === 'not-started') {
          this.#buffers.release(replies)
          continue
        }
        await this.#dispatching
        countExchange(this.activity, batch, report, first, awaiting)
        if (this.#closed) break
        // The kernel goes on while the answers that filled a buffer are read out of it.
        if (report.state === 'full')
          hop = this.#exchange(this.#socket, batch, report.datagram, report.awaiting, false)
        if (report.state === 'complete') leave()
        this.#dispatching = this.#dispatchReplies(batch, report, replies)
        if (!(await this.#dispatching)) break
        first = this.#complete(batch, first, report)
        awaiting = report.awaiting
      }
      return hop === undefined
    } finally {
      leave()
    }
  }

  /** Counts a batch in. `before` resolves when the one before it has been answered, where there is one. */
  #begin(onAnswered: () => void): { before: Promise<void> | undefined; leave: () => void } {
    const before = this.#lastAnswered
    let tellNext = () => {}
    const answered = new Promise<void>((resolve) => {
      tellNext = resolve
    })
    this.#unanswered++
    this.#lastAnswered = answered
    let left = false
    const leave = () => {
      if (left) return
      left = true
      this.#unanswered--
      if (this.#lastAnswered === answered) this.#lastAnswered = undefined
      tellNext()
      onAnswered()
    }
    return { before, leave }
  }

  /** Settles what an exchange that began with datagram `first` came to. Gives the datagram to go on with. */
  #complete(batch: DatagramBatch, first: number, report: ExchangeReport): number {
    const { state, datagram, awaiting } = report
    batch.complete(first, datagram)
    if (state === 'failed') {
      this.#discardSocket()
      const cause = toSystemError(report)
      if (awaiting) batch.fail(brokenSocket(cause, 'unknown'), datagram, datagram + 1)
      batch.fail(brokenSocket(cause, 'not-done'))
      return batch.datagrams
    }
    if (state === 'complete' || state === 'full') return datagram
    if (state === 'unanswered') {
      batch.failLast(datagram, NO_REPLY)
      batch.complete(datagram, datagram + 1)
    } else {
      batch.fail(state === 'overrun' ? LOST_REPLIES : TRUNCATED_REPLY, datagram, datagram + 1)
    }
    return datagram + 1
  }

  /** Opens a socket in place of one that broke; undefined when the client was closed meanwhile. */
  async #reopen(): Promise<NetlinkSocket | undefined> {
    const socket = await this.#transport.open(this.#options.protocol)
    this.#limits = datagramLimits(socket)
    if (!this.#closed) return socket
    socket.close()
    return undefined
  }

  /** Begins an exchange; `onlyIfPreviousComplete`: not before the previous one is complete. */
  #exchange(
    socket: NetlinkSocket,
    batch: DatagramBatch,
    first: number,
    awaiting: boolean,
    onlyIfPreviousComplete: boolean,
  ): InFlightExchange {
    const replies = this.#buffers.acquire()
    const request: ExchangeRequest = {
      datagrams: batch.writer.bytes,
      ends: batch.ends,
      count: batch.datagrams,
      first,
      awaiting,
      onlyIfPreviousComplete,
      replies: replies.bytes,
    }
    try {
      const result = socket.exchange(request)
      // Nobody may come to wait for it: where the answers before it make no sense, or the batch before is lost.
      if (result instanceof Promise) result.catch(() => undefined)
      return { replies, result }
    } catch (error) {
      return { replies, result: Promise.reject(error) }
    }
  }

  /** Reads the answers that came; false when they made no sense. */
  async #dispatchReplies(
    batch: DatagramBatch,
    report: ExchangeReport,
    replies: ReplyBuffer,
  ): Promise<boolean> {
    const delivery = new ReplyDispatcher(batch, replies.view, report.received, this.#options.observe)
    try {
      while (!this.#closed && !delivery.dispatchSlice()) await setImmediate()
      return true
    } catch (cause) {
      // What was cut off is the last that can be told apart, and belongs to the datagram that is lost anyway.
      if (report.state === 'truncated') return true
      this.#discardSocket()
      batch.fail(malformedReply(cause))
      return false
    } finally {
      this.#buffers.release(replies)
    }
  }

  #discardSocket(): void {
    this.#socket?.close()
    this.#socket = undefined
  }

  #observeSent(batch: DatagramBatch): void {
    const { observe } = this.#options
    if (observe === undefined) return
    const { view, length } = batch.writer
    eachMessage(view, length, (message) => observe('sent', view, message))
  }
}
