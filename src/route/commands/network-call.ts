import { type KernelError, type KernelRefusal, NetworkError } from '../../errors.ts'
import type { Connection } from '../../netlink/connection/connection.ts'
import { unwrapOutcome } from '../../netlink/connection/failures.ts'
import { undefinedIfRefused } from '../../netlink/refused.ts'
import { errorName } from '../../netlink/wire/errno.ts'
import { NLM_F_DUMP } from '../../netlink/wire/uapi.ts'
import type { MessageHeader, WireWriter } from '../../netlink/wire/wire.ts'
import { NLM_F_DUMP_INTR } from '../protocol/uapi.ts'
import { explainNetworkError, type NetworkErrorContext } from './explain.ts'

/** An rtnetlink message to send. */
export interface NetworkRequest {
  /** One of {@link RTM}. */
  readonly type: number
  /** Flags in addition to NLM_F_REQUEST and NLM_F_ACK. */
  readonly flags?: number
  /** Writes the structure and the attributes. */
  body(writer: WireWriter): void
  /** Details for the explanation of an error. */
  readonly errorContext?: NetworkErrorContext
}

/** Reads one message of a reply; its structure begins at `start`. */
export type ReplyReader<T> = (view: DataView, start: number, end: number) => T | undefined

/** A table that changes during this many dumps in a row is returned as last read. */
const MAXIMUM_DUMPS = 5

/** One call of a method of {@link Network}. It may send several messages. */
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
   * Sends a message and waits for its acknowledgement.
   *
   * @throws {NetworkError} if the kernel refuses it.
   */
  async send(
    request: NetworkRequest,
    onReply?: (view: DataView, message: MessageHeader) => void,
  ): Promise<void> {
    const { type, flags = 0, errorContext = {} } = request
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
      explanation: explainNetworkError(this.#command, code, errorContext),
    })
  }

  /** Sends a message and returns what `read` returns for the last reply; undefined if there is no reply. */
  async query<T>(request: NetworkRequest, read: ReplyReader<T>): Promise<T | undefined> {
    let result: T | undefined
    await this.send(request, (view, { start, end }) => {
      result = read(view, start, end)
    })
    return result
  }

  /** Reads a table. Reads it again if it changes during the dump, since entries may then be missing. */
  async dump<T>(request: NetworkRequest, read: ReplyReader<T>): Promise<T[]> {
    const records: T[] = []
    for (let dumps = 1; ; dumps++) {
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
      if (!interrupted || dumps === MAXIMUM_DUMPS) return records
      records.length = 0
    }
  }

  /** Explains an EEXIST error: `difference` says how the existing entry differs from the requested one. */
  existsError({ code, errno, kernelMessage }: KernelError, difference: string): NetworkError {
    const explanation = `it already exists, but ${difference}; remove it first`
    return this.refusalError({ code, errno, kernelMessage, explanation })
  }

  /** Creates the error of this call for a refusal. */
  refusalError(refusal: Omit<KernelRefusal, 'command' | 'subject'>, options?: ErrorOptions): NetworkError {
    return new NetworkError({ ...refusal, command: this.#command, subject: this.#subject }, options)
  }
}

/** Resolves to true if something was removed, and to false if the kernel refuses with one of these codes. */
export async function isRemoved(work: Promise<void>, ...codes: readonly string[]): Promise<boolean> {
  return (
    (await undefinedIfRefused(
      work.then(() => true),
      ...codes,
    )) ?? false
  )
}
