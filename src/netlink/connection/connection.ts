import type { Transport } from '../transport/transport.ts'
import { NLM_F_REQUEST } from '../wire/uapi.ts'
import type { WireWriter } from '../wire/wire.ts'
import { AbortListeners } from './abort-listeners.ts'
import type { Activity } from './activity.ts'
import type { BulkRequest } from './bulk-request.ts'
import { DATAGRAM_BYTES, DatagramBatch } from './datagram-batch.ts'
import { type ConnectionOptions, ExchangePipeline } from './exchange-pipeline.ts'
import { type OnReply, type Outcome, SingleRequest } from './pending-request.ts'
import { clientClosed } from './transport-failures.ts'

/** A message to the kernel. */
export interface OutgoingMessage {
  readonly type: number
  readonly flags: number
  /** Writes what follows the header. If it throws, nothing was queued. */
  readonly body: (writer: WireWriter) => void
  /** Gets each message the kernel sends in answer, acknowledgements apart, while it lies in the receive buffer. */
  readonly onReply?: OnReply | undefined
  readonly signal?: AbortSignal | undefined
}

/** Bytes that fill a datagram, with room for a message more. */
const FULL_BYTES = DATAGRAM_BYTES - 512

/** Far enough below 2^32 that no batch wraps around; sequence number 0 is the kernel's own. */
const LAST_FIRST_SEQUENCE = 0xf000_0000

/**
 * A netlink socket shared by any number of callers. What is asked while an exchange is under way waits and leaves
 * together as the next batch, so a lone call has no delay and a thousand concurrent ones share a few system calls.
 * Answers are matched by sequence number. A socket that breaks is replaced at the next exchange.
 */
export class Connection {
  readonly #pipeline: ExchangePipeline
  readonly #abortListeners = new AbortListeners()
  #pending = new DatagramBatch()
  /** Those under way: what the kernel has yet to answer, and others whose answers are being read. */
  readonly #inFlight = new Set<DatagramBatch>()
  readonly #pool: DatagramBatch[] = []
  /** Whether somebody waits for what waits to be sent. */
  #flushRequested = false
  #lastOfSeries = false
  #sendScheduled = false
  #flushWaiters: (() => void)[] = []
  #closed = false

  private constructor(courier: ExchangePipeline) {
    this.#pipeline = courier
  }

  /** @throws {SystemError} when the socket cannot be opened. */
  static async open(transport: Transport, options: ConnectionOptions): Promise<Connection> {
    return new Connection(await ExchangePipeline.open(transport, options))
  }

  /** What was sent and received so far. */
  get activity(): Activity {
    return this.#pipeline.activity
  }

  /**
   * Queues a message. Never rejects: what happened is the result, so that the caller can throw where the stack shows
   * who asked. Throws at once what `body` throws.
   */
  request(message: OutgoingMessage): Promise<Outcome> {
    const batch = this.#pending
    if (this.#closed) return Promise.resolve({ loss: clientClosed('not-done') })
    if (message.signal?.aborted === true) return Promise.resolve({ aborted: 'unsent' })
    const { type, flags, body, onReply, signal } = message
    const { writer } = batch
    const offset = writer.beginMessage(type, flags | NLM_F_REQUEST, batch.nextSequence)
    try {
      body(writer)
    } catch (error) {
      writer.truncate(offset)
      throw error
    }
    return new Promise((settle) => {
      const entry = new SingleRequest(offset, batch.nextSequence, onReply, settle)
      batch.add(entry, flags, this.#pipeline.limits)
      if (signal !== undefined) this.#listenForAbort(signal, batch, entry)
      this.flush()
    })
  }

  /**
   * Queues a command of a generic family as one of a run; `index` is the caller's number of it. Throws at once what `body`
   * throws, which writes the attributes. It leaves with {@link flush}. Gives false when so much waits that it should leave
   * before more comes, by {@link flushed}: a datagram, or at the beginning, when the kernel has nothing to do, a part of
   * one.
   */
  append<T>(
    run: BulkRequest<T>,
    index: number,
    subject: T,
    type: number,
    command: number,
    body: (writer: WireWriter, subject: T) => void,
  ): boolean {
    if (this.#closed) {
      run.fail(index, subject, { loss: clientClosed('not-done') })
      return false
    }
    const batch = this.#pending
    const { writer } = batch
    const flags = run.flags | NLM_F_REQUEST
    const offset = writer.beginRequest(type, flags, batch.nextSequence, command, run.version)
    try {
      body(writer, subject)
    } catch (error) {
      writer.truncate(offset)
      throw error
    }
    batch.addBulk(run, offset, index, subject, this.#pipeline.limits)
    const enough = run.hasStarted || !this.#pipeline.isIdle ? FULL_BYTES : FULL_BYTES / 4
    return writer.length < enough
  }

  /** Takes back what waits of a run: the kernel will not execute it. */
  cancel<T>(run: BulkRequest<T>): void {
    this.#pending.cancel(run)
  }

  /**
   * Sends what waits as soon as the kernel has nothing to do, or when it is a whole datagram that can follow what is under
   * way; less than that can if `nothingFollows`.
   */
  flush(nothingFollows = false): void {
    this.#lastOfSeries ||= nothingFollows
    this.#flushRequested = true
    if (this.#sendScheduled || !this.canSendNow) return
    this.#sendScheduled = true
    queueMicrotask(() => {
      this.#sendScheduled = false
      this.#send()
    })
  }

  /** Whether it was closed. */
  get isClosed(): boolean {
    return this.#closed
  }

  /** Whether what waits would leave at once. */
  get canSendNow(): boolean {
    const { isIdle, canSend: hasRoom } = this.#pipeline
    return isIdle || (hasRoom && (this.#lastOfSeries || this.#pending.writer.length >= FULL_BYTES))
  }

  /** Resolves when what waits has left, or never will. */
  flushed(): Promise<void> {
    if (this.#closed || this.#pending.messages === 0) return Promise.resolve()
    this.flush()
    return new Promise((resolve) => this.#flushWaiters.push(resolve))
  }

  /** Tells everyone who waits that the client is closed, and closes the socket. Idempotent. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const batch of this.#inFlight) batch.fail(clientClosed('unknown'))
    this.#pending.fail(clientClosed('not-done'))
    this.#pipeline.close()
    this.#resolveFlushWaiters()
  }

  #listenForAbort(signal: AbortSignal, batch: DatagramBatch, entry: SingleRequest): void {
    const forget = this.#abortListeners.add(signal, () => {
      const waiting = batch === this.#pending
      if (waiting) batch.writer.convertToNoop(entry.offset)
      entry.complete({ aborted: waiting ? 'unsent' : 'sent' })
    })
    const settled = entry.onComplete
    entry.onComplete = (outcome) => {
      forget()
      settled(outcome)
    }
  }

  /** Sends what waits, if it is wanted and may leave. */
  #send(): void {
    const batch = this.#pending
    if (this.#closed || !this.#flushRequested || !this.canSendNow) return
    this.#flushRequested = false
    this.#lastOfSeries = false
    if (batch.messages === 0) return
    const next = batch.nextSequence
    batch.finish()
    this.#inFlight.add(batch)
    this.#pending = this.#pool.pop() ?? new DatagramBatch()
    this.#pending.reset(next < LAST_FIRST_SEQUENCE ? next : 1)
    void this.#exchange(batch)
    this.#resolveFlushWaiters()
  }

  async #exchange(batch: DatagramBatch): Promise<void> {
    const intact = await this.#pipeline.send(batch, () => this.#send())
    this.#inFlight.delete(batch)
    batch.reset(1)
    if (intact) this.#pool.push(batch)
  }

  #resolveFlushWaiters(): void {
    for (const resolve of this.#flushWaiters.splice(0)) resolve()
  }
}
