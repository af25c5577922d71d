import { type KernelRefusal, NetworkError } from '../../errors.ts'
import type { Connection } from '../../netlink/connection/connection.ts'
import { unwrapOutcome } from '../../netlink/connection/outcome.ts'
import { isTraced, trace } from '../../netlink/tracing.ts'
import { errorName } from '../../netlink/wire/errno.ts'
import type { MessageHeader } from '../../netlink/wire/messages.ts'
import { NLM_F_DUMP } from '../../netlink/wire/uapi.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'
import { NLM_F_DUMP_INTR } from '../protocol/uapi.ts'
import { explainNetworkError, type NetworkErrorContext } from './explain.ts'

/** A message of rtnetlink. */
export interface NetworkRequest {
  /** One of RTM. */
  readonly type: number
  /** Flags beside NLM_F_REQUEST and NLM_F_ACK. */
  readonly flags?: number
  /** Writes the structure and the attributes. */
  body(writer: WireWriter): void
  /** What an error about it has to know. */
  readonly errorContext?: NetworkErrorContext
}

/** Reads one message of an answer, whose structure begins at `start`. */
export type ReplyReader<T> = (view: DataView, start: number, end: number) => T | undefined

/** A table that changes all the time is taken as it was read at last. */
const MAXIMUM_DUMPS = 5

/** Makes the calls of one client, and tells those who listen. */
export class Requests {
  readonly connection: Connection

  constructor(connection: Connection) {
    this.connection = connection
  }

  /** Runs a method of the client; what it asks of the kernel and what errors it throws carry its name and its subject. */
  async call<T>(
    command: string,
    subject: string,
    signal: AbortSignal | undefined,
    work: (call: NetworkCall) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted()
    const run = () => work(new NetworkCall(this.connection, command, subject, signal))
    return isTraced() ? await trace({ command, subject }, run) : await run()
  }
}

/** One call of a method, which may take several messages. */
export class NetworkCall {
  readonly #connection: Connection
  readonly #command: string
  readonly #subject: string
  readonly #signal: AbortSignal | undefined

  constructor(connection: Connection, command: string, subject: string, signal: AbortSignal | undefined) {
    this.#connection = connection
    this.#command = command
    this.#subject = subject
    this.#signal = signal
  }

  /**
   * Sends a message.
   *
   * @throws {NetworkError} when the kernel refuses.
   */
  async send(
    request: NetworkRequest,
    onReply?: (view: DataView, message: MessageHeader) => void,
  ): Promise<void> {
    const { type, flags = 0, errorContext: circumstances = {} } = request
    const signal = this.#signal
    const outcome = await this.#connection.request({
      ...{ type, flags, onReply, signal },
      body: (writer) => request.body(writer),
    })
    const refusal = unwrapOutcome(outcome, signal)
    if (refusal === undefined) return
    const { errno, message: kernelMessage } = refusal
    const code = errorName(errno)
    throw this.refusalError({
      code,
      errno,
      kernelMessage,
      explanation: explainNetworkError(this.#command, code, circumstances),
    })
  }

  /** Sends a message and gives what the answer to it says; undefined when it says nothing. */
  async query<T>(request: NetworkRequest, read: ReplyReader<T>): Promise<T | undefined> {
    let answer: T | undefined
    await this.send(request, (view, { start, end }) => {
      answer = read(view, start, end)
    })
    return answer
  }

  /** Reads a table, and once more where it changed meanwhile, since then something may be missing. */
  async dump<T>(request: NetworkRequest, read: ReplyReader<T>): Promise<T[]> {
    const records: T[] = []
    for (let reading = 1; ; reading++) {
      let interrupted = false
      await this.send(
        { ...request, flags: NLM_F_DUMP, body: (writer) => request.body(writer) },
        (view, message) => {
          const { start, end, flags } = message
          interrupted ||= (flags & NLM_F_DUMP_INTR) !== 0
          const record = read(view, start, end)
          if (record !== undefined) records.push(record)
        },
      )
      if (!interrupted || reading === MAXIMUM_DUMPS) return records
      records.length = 0
    }
  }

  /** The refusal of something that is there already, told more exactly: how it is there. */
  existsError({ code, errno, kernelMessage }: NetworkError, how: string): NetworkError {
    const explanation = `it is there already, but ${how}; remove it first`
    return this.refusalError({ code, errno, kernelMessage, explanation })
  }

  /** The error for a refusal. */
  refusalError(refusal: Omit<KernelRefusal, 'command' | 'subject'>, options?: ErrorOptions): NetworkError {
    return new NetworkError({ ...refusal, command: this.#command, subject: this.#subject }, options)
  }
}

/** Whether an error is the kernel's refusal with one of these codes. */
export function isRefusedWith(error: unknown, ...codes: readonly string[]): error is NetworkError {
  return error instanceof NetworkError && codes.includes(error.code)
}

/** Whether something was done: false when the kernel refused with one of these codes, which say that there was no need. */
export async function isChanged(work: Promise<void>, ...codes: readonly string[]): Promise<boolean> {
  try {
    await work
    return true
  } catch (error) {
    if (isRefusedWith(error, ...codes)) return false
    throw error
  }
}
