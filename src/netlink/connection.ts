import { AbortListeners } from './abort-listeners.ts'
import { Batch, Entry, type Outcome } from './batch.ts'
import { type Activity, type ConnectionOptions, Courier } from './courier.ts'
import { closed } from './losses.ts'
import type { MessageHeader } from './messages.ts'
import type { Transport } from './transport.ts'
import { NLM_F_REQUEST } from './uapi.ts'
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
  #spare = new Batch()
  #flying: Batch | undefined
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
      batch.add(entry, flags, this.#courier.limits)
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
    this.#courier.close()
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
      const intact = await this.#courier.carry(batch)
      if (intact) batch.reset(1)
      this.#spare = intact ? batch : new Batch()
      this.#flying = undefined
    }
  }
}
