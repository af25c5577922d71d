import type { Transport } from '../transport/transport.ts'
import { NLM_F_REQUEST } from '../wire/uapi.ts'
import type { MessageHeader, WireWriter } from '../wire/wire.ts'
import { AbortListeners } from './abort-listeners.ts'
import type { BulkRequest } from './bulk-request.ts'
import { DATAGRAM_BYTES, DatagramBatch, type MessageGroup, type MessageOwner } from './datagram-batch.ts'
import { type Activity, type ConnectionOptions, ExchangePipeline } from './exchange-pipeline.ts'
import { clientClosed, type Outcome } from './failures.ts'

/** Receives each message that the kernel sends in reply, acknowledgements excepted, while it is in the receive buffer. */
export type OnReply = (view: DataView, message: MessageHeader) => void

/** A message to the kernel. */
export interface OutgoingMessage {
  readonly type: number
  readonly flags: number
  /** Writes the message after its header. If it throws, nothing is queued. */
  readonly body: (writer: WireWriter) => void
  readonly onReply?: OnReply | undefined
  readonly signal?: AbortSignal | undefined
}

/** Bytes that fill a datagram, with room for one more message. */
const FULL_BYTES = DATAGRAM_BYTES - 512

/** A message within a message would be sent as a part of it. */
const REENTRY =
  'A getter of an argument called the client while the argument was being read. Pass plain objects, or call the client later'

/** Far enough below 2^32 that no batch wraps around. Sequence number 0 belongs to the kernel. */
const LAST_FIRST_SEQUENCE = 0xf000_0000

/**
 * A netlink socket shared by any number of callers. Messages queued while an exchange is in flight are sent together as the
 * next batch: a single call has no delay, and a thousand concurrent calls share a few system calls. Replies are matched by
 * sequence number. A socket that fails is replaced at the next exchange.
 */
export class Connection {
  readonly #pipeline: ExchangePipeline
  readonly #abortListeners = new AbortListeners()
  #pending = new DatagramBatch()
  /** Batches that were passed to the pipeline and have not ended. */
  readonly #inFlight = new Set<DatagramBatch>()
  readonly #pool: DatagramBatch[] = []
  #flushRequested = false
  #lastOfSeries = false
  #sendScheduled = false
  #flushWaiters: (() => void)[] = []
  #closed = false
  /** Whether a message is being encoded: a getter of an argument may call back. */
  #isEncoding = false

  private constructor(pipeline: ExchangePipeline) {
    this.#pipeline = pipeline
  }

  /** @throws {SystemError} if the socket cannot be opened. */
  static async open(transport: Transport, options: ConnectionOptions): Promise<Connection> {
    return new Connection(await ExchangePipeline.open(transport, options))
  }

  /** Totals since the connection was opened. */
  get activity(): Activity {
    return this.#pipeline.activity
  }

  /**
   * Sends a message. Resolves to the outcome and never rejects, so that the caller can throw an error whose stack shows its own
   * caller. An error of `body` is thrown synchronously.
   */
  request({ type, flags, body, onReply, signal }: OutgoingMessage): Promise<Outcome> {
    if (this.#closed) return Promise.resolve({ failure: clientClosed('not-done') })
    if (signal?.aborted === true) return Promise.resolve({ aborted: 'unsent' })
    const owner = new SingleRequest(onReply)
    const batch = this.#pending
    const group = this.#enqueue(owner, 0, type, flags, body, undefined)
    if (group === undefined) return Promise.resolve({ failure: clientClosed('not-done') })
    if (signal !== undefined) owner.stopListening = this.#listenForAbort(signal, batch, group)
    this.flush()
    return owner.outcome
  }

  /**
   * Queues a message of a bulk request under the caller's `index`. {@link flush} sends it. `body` writes the message after its
   * header; if it throws, the error is thrown here and nothing is queued. Returns false if the queue should be sent before more
   * messages are added (see {@link flushed}): if a datagram is full or, at the start of a request while the kernel is idle,
   * partly full.
   */
  append<T>(
    bulk: BulkRequest<T>,
    index: number,
    input: T,
    type: number,
    body: (writer: WireWriter, input: T) => void,
  ): boolean {
    if (this.#closed || this.#enqueue(bulk, index, type, bulk.flags, body, input) === undefined) {
      bulk.fail(index, input, { failure: clientClosed('not-done') })
      return false
    }
    bulk.add(index, input)
    const enough = bulk.hasStarted || !this.#pipeline.isIdle ? FULL_BYTES : FULL_BYTES / 4
    return this.#pending.writer.length < enough
  }

  /** Cancels the queued messages of a bulk request, so that the kernel does not execute them. */
  cancel<T>(bulk: BulkRequest<T>): void {
    this.#pending.cancel(bulk)
  }

  /**
   * Sends the queue as soon as no exchange is in flight, or when it fills a datagram and the socket queues exchanges. With
   * `lastOfSeries` the datagram need not be full.
   */
  flush(lastOfSeries = false): void {
    this.#lastOfSeries ||= lastOfSeries
    this.#flushRequested = true
    if (this.#sendScheduled || !this.canSendNow) return
    this.#sendScheduled = true
    queueMicrotask(() => {
      this.#sendScheduled = false
      this.#send()
    })
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** Whether {@link flush} would send the queue at once. */
  get canSendNow(): boolean {
    const { isIdle, canSend } = this.#pipeline
    return isIdle || (canSend && (this.#lastOfSeries || this.#pending.writer.length >= FULL_BYTES))
  }

  /** Flushes the queue. Resolves when it has been sent, or when it can no longer be sent. */
  flushed(): Promise<void> {
    if (this.#closed || this.#pending.messages === 0) return Promise.resolve()
    this.flush()
    return new Promise((resolve) => this.#flushWaiters.push(resolve))
  }

  /** Fails all requests, and closes the socket. Idempotent. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const batch of this.#inFlight) batch.fail(clientClosed('unknown'))
    this.#pending.fail(clientClosed('not-done'))
    this.#pipeline.close()
    this.#resolveFlushWaiters()
  }

  /** Returns undefined if a getter of an argument closed the connection. */
  #enqueue<T>(
    owner: MessageOwner,
    index: number,
    type: number,
    flags: number,
    body: (writer: WireWriter, input: T) => void,
    input: T,
  ): MessageGroup | undefined {
    if (this.#isEncoding) throw new Error(REENTRY)
    const batch = this.#pending
    const { writer } = batch
    const offset = writer.beginMessage(type, flags | NLM_F_REQUEST, batch.nextSequence)
    this.#isEncoding = true
    try {
      body(writer, input)
    } catch (error) {
      writer.truncate(offset)
      throw error
    } finally {
      this.#isEncoding = false
    }
    if (this.#closed) return undefined
    return batch.add(owner, index, offset, flags, this.#pipeline.limits)
  }

  /** Ends a single request when its signal is aborted. Returns a function that stops listening. */
  #listenForAbort(signal: AbortSignal, batch: DatagramBatch, group: MessageGroup): () => void {
    return this.#abortListeners.add(signal, () => {
      const isUnsent = batch === this.#pending
      if (isUnsent) batch.writer.convertToNoop(group.offset)
      group.end({ aborted: isUnsent ? 'unsent' : 'sent' })
    })
  }

  /** Sends the queue if that was requested and is possible. */
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
    const isIntact = await this.#pipeline.send(batch, () => this.#send())
    this.#inFlight.delete(batch)
    batch.reset(1)
    if (isIntact) this.#pool.push(batch)
  }

  #resolveFlushWaiters(): void {
    for (const resolve of this.#flushWaiters.splice(0)) resolve()
  }
}

/** The owner of a single message. Its promise resolves with the outcome. */
class SingleRequest implements MessageOwner {
  readonly outcome: Promise<Outcome>
  readonly expectsReplies: boolean
  stopListening: (() => void) | undefined
  readonly #onReply: OnReply | undefined
  #resolve: (outcome: Outcome) => void = () => {}

  constructor(onReply: OnReply | undefined) {
    this.#onReply = onReply
    this.expectsReplies = onReply !== undefined
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  handleReply(_index: number, view: DataView, message: MessageHeader): void {
    this.#onReply?.(view, message)
  }

  handleEnd(_index: number, outcome: Outcome): void {
    this.stopListening?.()
    this.#resolve(outcome)
  }
}
