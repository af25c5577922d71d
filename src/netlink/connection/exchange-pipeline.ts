import type {
  ExchangeReport,
  ExchangeRequest,
  NetlinkProtocol,
  NetlinkSocket,
  Transport,
} from '../transport/transport.ts'
import { eachMessage } from '../wire/wire.ts'
import { type DatagramBatch, type DatagramLimits, datagramLimits } from './datagram-batch.ts'
import { brokenSocket, malformedReply, timedOut, toSystemError } from './failures.ts'
import { type MessageObserver, type ReplyBuffer, ReplyDispatcher } from './reply-dispatcher.ts'

export interface ConnectionOptions {
  readonly protocol: NetlinkProtocol
  /** Milliseconds that one exchange may take. After that its callers fail and a new socket is opened. */
  readonly timeout: number
  readonly observe?: MessageObserver | undefined
}

/** Messages, datagrams and system calls since a connection was opened. */
export interface Activity {
  /** Messages sent to the kernel. */
  messages: number
  /** Datagrams that contained them. */
  datagrams: number
  /** System calls that send (`sendmsg`). */
  sends: number
  /** System calls that receive (`recvmmsg`). */
  receives: number
}

/** An exchange that was passed to the socket. */
interface InFlightExchange {
  readonly replies: ReplyBuffer
  readonly result: ExchangeReport | Promise<ExchangeReport>
}

/**
 * Sends batches one after another and dispatches the replies. A socket that queues exchanges receives the next batch while the
 * previous one is in flight, so that the kernel does not wait for the event loop in between. A socket that fails is replaced.
 */
export class ExchangePipeline {
  readonly activity: Activity = { messages: 0, datagrams: 0, sends: 0, receives: 0 }
  readonly #transport: Transport
  readonly #options: ConnectionOptions
  readonly #deadline: Deadline
  readonly #dispatcher: ReplyDispatcher
  #socket: NetlinkSocket | undefined
  #limits: DatagramLimits
  /** Batches to which the kernel has not replied yet. */
  #unanswered = 0
  /**
   * A queued batch was not started, because the batch before it filled its buffer. No other batch may be sent before it is
   * queued again.
   */
  #mustRestart = false
  /** Resolves when the kernel has replied to the last of them. */
  #lastAnswered: Promise<void> | undefined
  /** Dispatches the replies to one batch after another. */
  #dispatching: Promise<boolean> | undefined
  #closed = false

  private constructor(transport: Transport, socket: NetlinkSocket, options: ConnectionOptions) {
    this.#transport = transport
    this.#options = options
    this.#deadline = new Deadline(options.timeout)
    this.#dispatcher = new ReplyDispatcher(options.observe)
    this.#socket = socket
    this.#limits = datagramLimits(socket)
  }

  /** @throws {SystemError} if the socket cannot be opened. */
  static async open(transport: Transport, options: ConnectionOptions): Promise<ExchangePipeline> {
    return new ExchangePipeline(transport, await transport.open(options.protocol), options)
  }

  /** The limits of a datagram on the current socket. */
  get limits(): DatagramLimits {
    return this.#limits
  }

  /** Whether no batch is in flight. */
  get isIdle(): boolean {
    return this.#unanswered === 0
  }

  /** Whether a batch can be sent: always when idle, otherwise if the socket can queue another exchange. */
  get canSend(): boolean {
    return this.isIdle || (!this.#mustRestart && this.#unanswered < (this.#socket?.depth ?? 1))
  }

  /** Closes the socket, and stops sending and dispatching. */
  close(): void {
    this.#closed = true
    this.#deadline.clear()
    this.#dispatcher.close()
    this.#discardSocket()
  }

  /**
   * Sends a batch and dispatches the replies. Call it only if {@link canSend}. Calls `onAnswered` once, when the kernel has
   * replied to all messages; without a failure, before the replies are dispatched. Resolves to false if the buffers of the
   * batch may still be in use.
   */
  async send(batch: DatagramBatch, onAnswered: () => void): Promise<boolean> {
    const { previous, leave } = this.#enter(onAnswered)
    let ahead = previous
    let first = 0
    let awaiting = false
    let inFlight: InFlightExchange | undefined
    try {
      this.#observeSent(batch)
      while (!this.#closed && first < batch.datagrams) {
        let report: ExchangeReport | undefined
        try {
          this.#socket ??= await this.#reopen()
          if (this.#socket === undefined) break
          inFlight ??= this.#exchange(this.#socket, batch, first, awaiting, ahead !== undefined)
          // The timeout begins when the previous batch has been answered.
          if (ahead !== undefined) await ahead
          ahead = undefined
          report = await this.#deadline.withTimeout(inFlight.result)
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
        const { replies }: InFlightExchange = inFlight
        inFlight = undefined
        if (report.state === 'not-started') {
          this.#dispatcher.releaseBuffer(replies)
          this.#mustRestart = false
          continue
        }
        await this.#dispatching
        this.#count(batch, report, first, awaiting)
        if (this.#closed) break
        // The kernel continues while the replies in the full buffer are dispatched.
        if (report.state === 'full') {
          this.#mustRestart = this.#unanswered > 1
          inFlight = this.#exchange(this.#socket, batch, report.datagram, report.awaiting, false)
        }
        if (report.state === 'complete') leave()
        this.#dispatching = this.#dispatch(batch, report, replies)
        if (!(await this.#dispatching)) break
        first = this.#complete(batch, first, report)
        awaiting = report.awaiting
      }
      return inFlight === undefined
    } finally {
      leave()
    }
  }

  /** Registers a batch. `previous` resolves when the batch before it has been answered, if one is in flight. */
  #enter(onAnswered: () => void): { previous: Promise<void> | undefined; leave: () => void } {
    if (this.isIdle) this.#mustRestart = false
    const previous = this.#lastAnswered
    let resolveAnswered = () => {}
    const answered = new Promise<void>((resolve) => {
      resolveAnswered = resolve
    })
    this.#unanswered++
    this.#lastAnswered = answered
    let hasLeft = false
    const leave = () => {
      if (hasLeft) return
      hasLeft = true
      this.#unanswered--
      if (this.#lastAnswered === answered) this.#lastAnswered = undefined
      resolveAnswered()
      onAnswered()
    }
    return { previous, leave }
  }

  /** Ends the messages of an exchange that began with datagram `first`. Returns the datagram to continue with. */
  #complete(batch: DatagramBatch, first: number, report: ExchangeReport): number {
    if (report.state !== 'failed') return batch.completeExchange(first, report)
    const { datagram, awaiting } = report
    batch.complete(first, datagram)
    this.#discardSocket()
    const cause = toSystemError(report)
    if (awaiting) batch.fail(brokenSocket(cause, 'unknown'), datagram, datagram + 1)
    batch.fail(brokenSocket(cause, 'not-done'))
    return batch.datagrams
  }

  /** Adds up an exchange that began with datagram `first`, which an earlier exchange had sent if `awaiting`. */
  #count(batch: DatagramBatch, report: ExchangeReport, first: number, awaiting: boolean): void {
    const { activity } = this
    const { state } = report
    const lost = state === 'unanswered' || state === 'overrun' || state === 'truncated'
    const sent = report.datagram + (lost || report.awaiting ? 1 : 0)
    const sentBefore = first + (awaiting ? 1 : 0)
    activity.sends += report.sends
    activity.receives += report.receives
    activity.datagrams += sent - sentBefore
    activity.messages += batch.messagesBefore(sent) - batch.messagesBefore(sentBefore)
  }

  /** Opens a socket to replace a failed one; undefined if the client was closed meanwhile. */
  async #reopen(): Promise<NetlinkSocket | undefined> {
    const socket = await this.#transport.open(this.#options.protocol)
    this.#limits = datagramLimits(socket)
    if (!this.#closed) return socket
    socket.close()
    return undefined
  }

  #exchange(
    socket: NetlinkSocket,
    batch: DatagramBatch,
    first: number,
    awaiting: boolean,
    onlyIfPreviousComplete: boolean,
  ): InFlightExchange {
    const replies = this.#dispatcher.acquireBuffer()
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
      // The result is never awaited if the replies before it are malformed or the previous batch fails.
      if (result instanceof Promise) result.catch(() => undefined)
      return { replies, result }
    } catch (error) {
      return { replies, result: Promise.reject(error) }
    }
  }

  /** Dispatches the replies of an exchange. Resolves to false if they are malformed. */
  async #dispatch(batch: DatagramBatch, report: ExchangeReport, replies: ReplyBuffer): Promise<boolean> {
    try {
      await this.#dispatcher.dispatch(batch, replies, report.received)
      return true
    } catch (cause) {
      // Only the truncated reply itself cannot be split, and its datagram fails anyway.
      if (report.state === 'truncated') return true
      this.#discardSocket()
      batch.fail(malformedReply(cause))
      return false
    } finally {
      this.#dispatcher.releaseBuffer(replies)
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

/** A time limit for one result at a time. Its running timer keeps the process alive. */
export class Deadline {
  readonly #milliseconds: number
  #timer: NodeJS.Timeout | undefined

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds
  }

  /** Returns the result, synchronously if it is available; undefined if it takes longer than the limit. */
  withTimeout<T>(result: T | Promise<T>): T | Promise<T | undefined> {
    if (!(result instanceof Promise)) return result
    const expired = new Promise<undefined>((resolve) => {
      this.#timer = setTimeout(resolve, this.#milliseconds, undefined)
    })
    return Promise.race([result, expired]).finally(() => this.clear())
  }

  /** Stops the timer: the limit no longer applies. */
  clear(): void {
    clearTimeout(this.#timer)
  }
}
