import { AbortListeners } from './abort-listeners.ts'
import type { Activity } from './activity.ts'
import { Batch, DATAGRAM_BYTES } from './datagram-batch.ts'
import { type ConnectionOptions, Courier } from './exchange-pipeline.ts'
import { type OnReply, type Outcome, Request } from './pending-request.ts'
import { closed } from './transport-failures.ts'
import type { Run } from './bulk-request.ts'
import type { Transport } from '../transport/transport.ts'
import { NLM_F_REQUEST } from '../wire/uapi.ts'
import type { WireWriter } from '../wire/wire.ts'

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
const FULL = DATAGRAM_BYTES - 512

/** Far enough below 2^32 that no batch wraps around; sequence number 0 is the kernel's own. */
const LAST_FIRST_SEQUENCE = 0xf000_0000

/**
 * A netlink socket shared by any number of callers. What is asked while an exchange is under way waits and leaves
 * together as the next batch, so a lone call has no delay and a thousand concurrent ones share a few system calls.
 * Answers are matched by sequence number. A socket that breaks is replaced at the next exchange.
 */
export class Connection {
  readonly #courier: Courier
  readonly #aborts = new AbortListeners()
  #filling = new Batch()
  /** Those under way: what the kernel has yet to answer, and others whose answers are being read. */
  readonly #flying = new Set<Batch>()
  readonly #spares: Batch[] = []
  /** Whether somebody waits for what waits to be sent. */
  #wanted = false
  #nothingFollows = false
  #isAboutToSend = false
  #departures: (() => void)[] = []
  #closed = false

  private constructor(courier: Courier) {
    this.#courier = courier
  }

  /** @throws {SystemError} when the socket cannot be opened. */
  static async open(transport: Transport, options: ConnectionOptions): Promise<Connection> {
    return new Connection(await Courier.open(transport, options))
  }

  /** What was sent and received so far. */
  get activity(): Activity {
    return this.#courier.activity
  }

  /**
   * Queues a message. Never rejects: what happened is the result, so that the caller can throw where the stack shows
   * who asked. Throws at once what `body` throws.
   */
  request(message: OutgoingMessage): Promise<Outcome> {
    const batch = this.#filling
    if (this.#closed) return Promise.resolve({ loss: closed('not-done') })
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
      const entry = new Request(offset, batch.nextSequence, onReply, settle)
      batch.add(entry, flags, this.#courier.limits)
      if (signal !== undefined) this.#abortWith(signal, batch, entry)
      this.flush()
    })
  }

  /**
   * Queues a command of a generic family as one of a run; `index` is the caller's number of it. Throws at once what `body`
   * throws, which writes the attributes. It leaves with {@link flush}. Gives false when so much waits that it should leave
   * before more comes, by {@link departure}: a datagram, or at the beginning, when the kernel has nothing to do, a part of
   * one.
   */
  append<T>(
    run: Run<T>,
    index: number,
    subject: T,
    type: number,
    command: number,
    body: (writer: WireWriter, subject: T) => void,
  ): boolean {
    if (this.#closed) {
      run.fail(index, subject, { loss: closed('not-done') })
      return false
    }
    const batch = this.#filling
    const { writer } = batch
    const flags = run.flags | NLM_F_REQUEST
    const offset = writer.beginRequest(type, flags, batch.nextSequence, command, run.version)
    try {
      body(writer, subject)
    } catch (error) {
      writer.truncate(offset)
      throw error
    }
    batch.addToRun(run, offset, index, subject, this.#courier.limits)
    const enough = run.hasLeft || !this.#courier.isIdle ? FULL : FULL / 4
    return writer.length < enough
  }

  /** Takes back what waits of a run: the kernel will not execute it. */
  withdraw<T>(run: Run<T>): void {
    this.#filling.withdraw(run)
  }

  /**
   * Sends what waits as soon as the kernel has nothing to do, or when it is a whole datagram that can follow what is under
   * way; less than that can if `nothingFollows`.
   */
  flush(nothingFollows = false): void {
    this.#nothingFollows ||= nothingFollows
    this.#wanted = true
    if (this.#isAboutToSend || !this.mayLeave) return
    this.#isAboutToSend = true
    queueMicrotask(() => {
      this.#isAboutToSend = false
      this.#send()
    })
  }

  /** Whether it was closed. */
  get isClosed(): boolean {
    return this.#closed
  }

  /** Whether what waits would leave at once. */
  get mayLeave(): boolean {
    const { isIdle, hasRoom } = this.#courier
    return isIdle || (hasRoom && (this.#nothingFollows || this.#filling.writer.length >= FULL))
  }

  /** Resolves when what waits has left, or never will. */
  departure(): Promise<void> {
    if (this.#closed || this.#filling.messages === 0) return Promise.resolve()
    this.flush()
    return new Promise((resolve) => this.#departures.push(resolve))
  }

  /** Tells everyone who waits that the client is closed, and closes the socket. Idempotent. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const batch of this.#flying) batch.lose(closed('unknown'))
    this.#filling.lose(closed('not-done'))
    this.#courier.close()
    this.#depart()
  }

  #abortWith(signal: AbortSignal, batch: Batch, entry: Request): void {
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

  /** Sends what waits, if it is wanted and may leave. */
  #send(): void {
    const batch = this.#filling
    if (this.#closed || !this.#wanted || !this.mayLeave) return
    this.#wanted = false
    this.#nothingFollows = false
    if (batch.messages === 0) return
    const next = batch.nextSequence
    batch.seal()
    this.#flying.add(batch)
    this.#filling = this.#spares.pop() ?? new Batch()
    this.#filling.reset(next < LAST_FIRST_SEQUENCE ? next : 1)
    void this.#carry(batch)
    this.#depart()
  }

  async #carry(batch: Batch): Promise<void> {
    const intact = await this.#courier.carry(batch, () => this.#send())
    this.#flying.delete(batch)
    batch.reset(1)
    if (intact) this.#spares.push(batch)
  }

  #depart(): void {
    for (const resolve of this.#departures.splice(0)) resolve()
  }
}
