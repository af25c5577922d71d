import { Entry, type Outcome } from './pending-request.ts'
import type { MessageHeader } from '../wire/messages.ts'

/** A message of a run that was not done, or of which it is not known. */
export interface Failure<T> {
  /** The caller's number of the message. */
  readonly index: number
  /** What the message was made of. */
  readonly subject: T
  readonly outcome: NonNullable<Outcome>
}

/** What a run is like. */
export interface RunOptions<T> {
  /** Version of the generic family. Default 1. */
  readonly version?: number
  /** Flags of its messages beside NLM_F_REQUEST and NLM_F_ACK, which are added where they belong. Default none. */
  readonly flags?: number
  /** Gets each message that the kernel sends in answer to one of the run, acknowledgements apart. */
  readonly onReply?: (subject: T, view: DataView, message: MessageHeader) => void
  /** What the messages are made of, by the caller's number of each, where all of it is there; else each is kept. */
  readonly given?: readonly T[] | undefined
}

/** Any number of messages of one caller, of which only those that fail are told: no promise for each. */
export class Run<T> {
  /** Whether any of it has left. */
  hasLeft = false
  /** What failed so far, in no order. */
  readonly failures: Failure<T>[] = []
  readonly version: number
  readonly flags: number
  readonly given: readonly T[] | undefined
  readonly #onReply: RunOptions<T>['onReply']
  #open = 0
  #onFinished: (() => void) | undefined

  constructor({ version = 1, flags = 0, onReply, given }: RunOptions<T> = {}) {
    this.version = version
    this.flags = flags
    this.given = given
    this.#onReply = onReply
  }

  /** Resolves when every message that was added has ended. */
  async finished(): Promise<void> {
    if (this.#open === 0) return
    await new Promise<void>((resolve) => {
      this.#onFinished = resolve
    })
  }

  /** Begins an entry with one message. */
  open(offset: number, sequence: number, index: number, subject: T): RunEntry<T> {
    this.#open++
    return new RunEntry(this, offset, sequence, index, subject)
  }

  reply(subject: T, view: DataView, message: MessageHeader): void {
    this.#onReply?.(subject, view, message)
  }

  fail(index: number, subject: T, outcome: NonNullable<Outcome>): void {
    this.failures.push({ index, subject, outcome })
  }

  closeEntry(): void {
    this.#open--
    if (this.#open === 0) this.#onFinished?.()
  }
}

/** Those messages of a run that stand together in one datagram and were numbered one after another. */
export class RunEntry<T> extends Entry {
  readonly run: Run<T>
  readonly firstIndex: number
  /** Unless they are given. */
  readonly #subjects: T[] = []
  #noted: Set<number> | undefined

  constructor(run: Run<T>, offset: number, sequence: number, index: number, subject: T) {
    super(offset, sequence)
    this.run = run
    this.firstIndex = index
    if (run.given === undefined) this.#subjects.push(subject)
  }

  /** Keeps what one more message was made of. */
  keep(subject: T): void {
    this.#subjects.push(subject)
  }

  reply(view: DataView, message: MessageHeader): void {
    this.run.reply(this.#subject(message.sequence - this.sequence), view, message)
  }

  note(sequence: number, outcome: Outcome): void {
    this.#noted ??= new Set()
    if (outcome === undefined || this.#noted.has(sequence)) return
    this.#noted.add(sequence)
    const position = sequence - this.sequence
    this.run.fail(this.firstIndex + position, this.#subject(position), outcome)
  }

  protected tell(rest: Outcome): void {
    for (let position = 0; rest !== undefined && position < this.count; position++) {
      this.note(this.sequence + position, rest)
    }
    this.run.closeEntry()
  }

  #subject(position: number): T {
    const { given } = this.run
    return given === undefined ? this.#subjects[position]! : given[this.firstIndex + position]!
  }
}
