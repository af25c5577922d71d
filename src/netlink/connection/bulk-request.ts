import type { MessageHeader } from '../wire/messages.ts'
import { type Outcome, PendingRequest } from './pending-request.ts'

/** A message of a run that was not done, or of which it is not known. */
export interface BulkFailure<T> {
  /** The caller's number of the message. */
  readonly index: number
  /** What the message was made of. */
  readonly input: T
  readonly outcome: NonNullable<Outcome>
}

/** What a run is like. */
export interface BulkOptions<T> {
  /** Version of the generic family. Default 1. */
  readonly version?: number
  /** Flags of its messages beside NLM_F_REQUEST and NLM_F_ACK, which are added where they belong. Default none. */
  readonly flags?: number
  /** Gets each message that the kernel sends in answer to one of the run, acknowledgements apart. */
  readonly onReply?: (subject: T, view: DataView, message: MessageHeader) => void
  /** What the messages are made of, by the caller's number of each, where all of it is there; else each is kept. */
  readonly inputs?: readonly T[] | undefined
}

/** Any number of messages of one caller, of which only those that fail are told: no promise for each. */
export class BulkRequest<T> {
  /** Whether any of it has left. */
  hasStarted = false
  /** What failed so far, in no order. */
  readonly failures: BulkFailure<T>[] = []
  readonly version: number
  readonly flags: number
  readonly inputs: readonly T[] | undefined
  readonly #onReply: BulkOptions<T>['onReply']
  #openSlices = 0
  #onFinished: (() => void) | undefined

  constructor({ version = 1, flags = 0, onReply, inputs: given }: BulkOptions<T> = {}) {
    this.version = version
    this.flags = flags
    this.inputs = given
    this.#onReply = onReply
  }

  /** Resolves when every message that was added has ended. */
  async finished(): Promise<void> {
    if (this.#openSlices === 0) return
    await new Promise<void>((resolve) => {
      this.#onFinished = resolve
    })
  }

  /** Begins an entry with one message. */
  openSlice(offset: number, sequence: number, index: number, subject: T): BulkSlice<T> {
    this.#openSlices++
    return new BulkSlice(this, offset, sequence, index, subject)
  }

  handleReply(subject: T, view: DataView, message: MessageHeader): void {
    this.#onReply?.(subject, view, message)
  }

  fail(index: number, subject: T, outcome: NonNullable<Outcome>): void {
    this.failures.push({ index, input: subject, outcome })
  }

  closeSlice(): void {
    this.#openSlices--
    if (this.#openSlices === 0) this.#onFinished?.()
  }
}

/** Those messages of a run that stand together in one datagram and were numbered one after another. */
export class BulkSlice<T> extends PendingRequest {
  readonly bulk: BulkRequest<T>
  readonly firstIndex: number
  /** Unless they are given. */
  readonly #inputs: T[] = []
  #recorded: Set<number> | undefined

  constructor(run: BulkRequest<T>, offset: number, sequence: number, index: number, subject: T) {
    super(offset, sequence)
    this.bulk = run
    this.firstIndex = index
    if (run.inputs === undefined) this.#inputs.push(subject)
  }

  /** Keeps what one more message was made of. */
  remember(subject: T): void {
    this.#inputs.push(subject)
  }

  handleReply(view: DataView, message: MessageHeader): void {
    this.bulk.handleReply(this.#input(message.sequence - this.sequence), view, message)
  }

  recordFailure(sequence: number, outcome: Outcome): void {
    this.#recorded ??= new Set()
    if (outcome === undefined || this.#recorded.has(sequence)) return
    this.#recorded.add(sequence)
    const position = sequence - this.sequence
    this.bulk.fail(this.firstIndex + position, this.#input(position), outcome)
  }

  protected notifyCaller(rest: Outcome): void {
    for (let position = 0; rest !== undefined && position < this.count; position++) {
      this.recordFailure(this.sequence + position, rest)
    }
    this.bulk.closeSlice()
  }

  #input(position: number): T {
    const { inputs: given } = this.bulk
    return given === undefined ? this.#inputs[position]! : given[this.firstIndex + position]!
  }
}
