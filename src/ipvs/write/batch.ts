import { setImmediate } from 'node:timers/promises'
import { ArgumentTypeError, BatchError, type BatchFailure } from '../../errors.ts'
import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { BulkRequest } from '../../netlink/connection/bulk-request.ts'
import { toNetlinkError } from '../../netlink/connection/outcome.ts'
import { TimeSlice } from '../../netlink/connection/time-slice.ts'
import { clientClosed } from '../../netlink/connection/transport-failures.ts'
import { isTraced } from '../../netlink/tracing.ts'
import type { IpvsSession } from '../commands/client.ts'
import { IPVS_GENL_VERSION } from '../protocol/uapi.ts'
import { AbortRace } from '../read/aborted.ts'
import {
  type BatchCommand,
  callMethod,
  type DirectCommand,
  directCommandNumber,
  encodeDirectCommand,
  toCommand,
} from './batch-command.ts'

/** Commands under way that have a promise each. */
const MAXIMUM_CALLS = 1000

/**
 * Sends commands in the order in which they come. They are taken a datagram's worth at a time, and encoded while the
 * kernel executes those before them.
 *
 * @throws {BatchError} when some failed.
 */
export async function sendBatch(
  client: IpvsSession,
  commands: Iterable<BatchCommand> | AsyncIterable<BatchCommand>,
  { signal }: CallOptions,
): Promise<void> {
  signal?.throwIfAborted()
  if (client.commands.family.connection.isClosed) throw toNetlinkError(clientClosed('not-done'))
  // A copy: the caller may change its array.
  const given: readonly BatchCommand[] | undefined = Array.isArray(commands) ? commands.slice() : undefined
  const sending = new BatchSender(client, signal, given)
  try {
    if (isAsync(commands)) await enqueueAsyncIterable(sending, commands[Symbol.asyncIterator]())
    else await enqueueIterable(sending, given ?? checkIterable(commands))
    await sending.finish()
  } catch (error) {
    await sending.stop()
    throw error
  } finally {
    sending.dispose()
  }
}

async function enqueueIterable(sending: BatchSender, commands: Iterable<BatchCommand>): Promise<void> {
  for (const command of commands) {
    if (!sending.enqueue(command)) await sending.drained()
  }
}

/** What `for await (... of ...)` would do; but a producer that is long in coming can be given up. */
async function enqueueAsyncIterable(
  sending: BatchSender,
  iterator: AsyncIterator<BatchCommand>,
): Promise<void> {
  let finished = false
  try {
    for (;;) {
      const next = await sending.raceAbort(iterator.next())
      finished = next.done === true
      if (next.done === true) return
      const goOn = sending.enqueue(next.value)
      sending.flush()
      if (!goOn) await sending.drained()
    }
  } finally {
    if (!finished) iterator.return?.().catch(() => undefined)
  }
}

/** Failures that are looked into: what is wrong with these is wrong with the others, as a rule. */
const MAXIMUM_DIAGNOSES = 16

/** Errors that are made before the event loop gets its turn. */
const ERRORS_PER_SLICE = 256

class BatchSender {
  readonly #client: IpvsSession
  readonly #bulk: BulkRequest<DirectCommand>
  readonly #id: number
  readonly #failures: BatchFailure[] = []
  readonly #abortRace: AbortRace
  #calls: Promise<void>[] = []
  #count = 0
  #full = false
  #traced = isTraced()
  readonly #slice = new TimeSlice()

  constructor(
    client: IpvsSession,
    signal: AbortSignal | undefined,
    given: readonly BatchCommand[] | undefined,
  ) {
    this.#client = client
    this.#bulk = new BulkRequest({
      version: IPVS_GENL_VERSION,
      inputs: given as readonly DirectCommand[] | undefined,
    })
    this.#abortRace = new AbortRace(signal)
    this.#id = client.commands.family.id
    this.#slice.begin()
  }

  /** Queues a command; false when the next one should wait until {@link drained}. */
  enqueue(given: BatchCommand): boolean {
    const index = this.#count++
    const { commands } = this.#client
    try {
      const number = this.#traced || commands.order.busy ? 0 : directCommandNumber(given)
      if (number === 0) {
        this.#callMethod(index, given)
      } else {
        const { connection, id } = commands.family
        this.#full = !connection.append(
          this.#bulk,
          index,
          given as DirectCommand,
          id,
          number,
          encodeDirectCommand,
        )
      }
    } catch (error) {
      this.#fail(index, error as Error)
    }
    if (this.#full || this.#calls.length >= MAXIMUM_CALLS) return false
    return this.#slice.continues()
  }

  /** Apart from {@link enqueue}, which would allocate a context for the closure whether it comes here or not. */
  #callMethod(index: number, given: BatchCommand): void {
    const result = callMethod(this.#client, given, { signal: this.#abortRace.signal })
    this.#calls.push(result.catch((error: Error) => this.#fail(index, error)))
  }

  /** Sends what waits now rather than with more. */
  flush(): void {
    this.#client.commands.family.connection.flush()
  }

  async drained(): Promise<void> {
    const { connection } = this.#client.commands.family
    if (this.#calls.length >= MAXIMUM_CALLS) await this.raceAbort(Promise.all(this.#calls.splice(0)))
    const waits = this.#full && !connection.canSendNow
    if (this.#full) await this.raceAbort(connection.flushed())
    this.#bulk.hasStarted ||= this.#full
    this.#full = false
    if (!waits && this.#slice.isOver) await setImmediate()
    this.#slice.begin()
    this.#abortRace.signal?.throwIfAborted()
    if (connection.isClosed) throw toNetlinkError(clientClosed('unknown'))
    this.#traced = isTraced()
  }

  /** Waits for what is under way. */
  async finish(): Promise<void> {
    this.#client.commands.family.connection.flush(true)
    await this.raceAbort(Promise.all([...this.#calls, this.#bulk.finished()]))
    const { commands } = this.#client
    if (commands.family.connection.isClosed) throw toNetlinkError(clientClosed('unknown'))
    for (const [position, { index, input: subject, outcome }] of this.#bulk.failures.entries()) {
      const command = toCommand(this.#client, subject)
      try {
        await commands.handleOutcome(
          command,
          outcome,
          this.#id,
          this.#abortRace.signal,
          position < MAXIMUM_DIAGNOSES,
        )
      } catch (error) {
        this.#fail(index, error as Error)
      }
      if (position % ERRORS_PER_SLICE === ERRORS_PER_SLICE - 1) await setImmediate()
    }
    if (this.#failures.length === 0) return
    this.#failures.sort((one, other) => one.index - other.index)
    throw new BatchError(this.#failures, this.#count)
  }

  /** Ends before its time. What has not left is not sent if the caller gave up; else everything that was given is. */
  async stop(): Promise<void> {
    const { connection } = this.#client.commands.family
    if (this.#abortRace.signal?.aborted === true) return connection.cancel(this.#bulk)
    connection.flush()
    await Promise.all([...this.#calls, this.#bulk.finished()])
  }

  dispose(): void {
    this.#abortRace.dispose()
  }

  /** Waits for something, as long as the caller does. */
  raceAbort<T>(work: Promise<T>): Promise<T> {
    return this.#abortRace.race(work)
  }

  #fail(index: number, error: Error): void {
    this.#failures.push({ index, error })
  }
}

function isAsync<T>(commands: Iterable<T> | AsyncIterable<T>): commands is AsyncIterable<T> {
  return typeof (commands as Partial<AsyncIterable<T>> | undefined)?.[Symbol.asyncIterator] === 'function'
}

function checkIterable<T>(commands: Iterable<T>): Iterable<T> {
  if (typeof commands === 'object' && typeof commands?.[Symbol.iterator] === 'function') return commands
  throw new ArgumentTypeError('commands', 'an array or another iterable of commands', commands)
}
