import { setImmediate } from 'node:timers/promises'
import { ArgumentTypeError, BatchError, type BatchFailure } from '../../errors.ts'
import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { closed } from '../../netlink/connection/transport-failures.ts'
import { lossError } from '../../netlink/connection/outcome.ts'
import { Run } from '../../netlink/connection/bulk-request.ts'
import { isObserved } from '../../netlink/tracing.ts'
import { Turn } from '../../netlink/connection/time-slice.ts'
import { Aborted } from '../read/aborted.ts'
import {
  type BatchCommand,
  call,
  commandOf,
  type DirectCommand,
  directNumber,
  writeDirect,
} from './batch-command.ts'
import type { Client } from '../commands/client.ts'
import { IPVS_GENL_VERSION } from '../protocol/uapi.ts'

/** Commands under way that have a promise each. */
const MOST_CALLS = 1000

/**
 * Sends commands in the order in which they come. They are taken a datagram's worth at a time, and encoded while the
 * kernel executes those before them.
 *
 * @throws {BatchError} when some failed.
 */
export async function sendBatch(
  client: Client,
  commands: Iterable<BatchCommand> | AsyncIterable<BatchCommand>,
  { signal }: CallOptions,
): Promise<void> {
  signal?.throwIfAborted()
  if (client.commands.family.connection.isClosed) throw lossError(closed('not-done'))
  // A copy: the caller may change its array.
  const given: readonly BatchCommand[] | undefined = Array.isArray(commands) ? commands.slice() : undefined
  const sending = new Sending(client, signal, given)
  try {
    if (given !== undefined) await takeArray(sending, given)
    else if (isAsync(commands)) await takeEach(sending, commands[Symbol.asyncIterator]())
    else await takeAll(sending, checkIterable(commands)[Symbol.iterator]())
    await sending.end()
  } catch (error) {
    await sending.stop()
    throw error
  } finally {
    sending.dispose()
  }
}

/** What {@link takeAll} would do; an iterator costs an object a command, a twentieth of what the command takes. */
async function takeArray(sending: Sending, commands: readonly BatchCommand[]): Promise<void> {
  while (!sending.takeRest(commands)) await sending.ready()
}

/** What `for (... of ...)` would do; but V8 hardly optimizes a loop in a function that is interrupted in it. */
async function takeAll(sending: Sending, iterator: Iterator<BatchCommand>): Promise<void> {
  let finished = false
  try {
    while (!finished) {
      finished = sending.takeFrom(iterator)
      if (!finished) await sending.ready()
    }
  } finally {
    if (!finished) iterator.return?.()
  }
}

/** What `for await (... of ...)` would do; but a producer that is long in coming can be given up. */
async function takeEach(sending: Sending, iterator: AsyncIterator<BatchCommand>): Promise<void> {
  let finished = false
  try {
    for (;;) {
      const next = await sending.unlessAborted(iterator.next())
      finished = next.done === true
      if (next.done === true) return
      const goOn = sending.take(next.value)
      sending.flush()
      if (!goOn) await sending.ready()
    }
  } finally {
    if (!finished) iterator.return?.().catch(() => undefined)
  }
}

/** Failures that are looked into: what is wrong with these is wrong with the others, as a rule. */
const MOST_LOOKS = 16

/** Errors that are made before the event loop gets its turn. */
const ERRORS_A_TURN = 256

class Sending {
  readonly #client: Client
  readonly #run: Run<DirectCommand>
  readonly #id: number
  readonly #failures: BatchFailure[] = []
  readonly #aborted: Aborted
  #calls: Promise<void>[] = []
  #count = 0
  #full = false
  #observed = isObserved()
  readonly #turn = new Turn()

  constructor(client: Client, signal: AbortSignal | undefined, given: readonly BatchCommand[] | undefined) {
    this.#client = client
    this.#run = new Run({ version: IPVS_GENL_VERSION, given: given as readonly DirectCommand[] | undefined })
    this.#aborted = new Aborted(signal)
    this.#id = client.commands.family.id
    this.#turn.begin()
  }

  /** Takes what was not taken yet of an array; false when the next one should wait until {@link ready}. */
  takeRest(commands: readonly BatchCommand[]): boolean {
    while (this.#count < commands.length) {
      if (!this.take(commands[this.#count]!)) return false
    }
    return true
  }

  /** Takes commands until there are no more; false when the next one should wait until {@link ready}. */
  takeFrom(iterator: Iterator<BatchCommand>): boolean {
    for (;;) {
      const next = iterator.next()
      if (next.done === true) return true
      if (!this.take(next.value)) return false
    }
  }

  /** Queues a command; false when the next one should wait until {@link ready}. */
  take(given: BatchCommand): boolean {
    const index = this.#count++
    const { commands } = this.#client
    try {
      const number = this.#observed || commands.order.busy ? 0 : directNumber(given)
      if (number === 0) {
        this.#call(index, given)
      } else {
        const { connection, id } = commands.family
        this.#full = !connection.append(this.#run, index, given as DirectCommand, id, number, writeDirect)
      }
    } catch (error) {
      this.#fail(index, error as Error)
    }
    if (this.#full || this.#calls.length >= MOST_CALLS) return false
    return this.#turn.step()
  }

  /** Apart from {@link take}, which would allocate a context for the closure whether it comes here or not. */
  #call(index: number, given: BatchCommand): void {
    const result = call(this.#client, given, { signal: this.#aborted.signal })
    this.#calls.push(result.catch((error: Error) => this.#fail(index, error)))
  }

  /** Sends what waits now rather than with more. */
  flush(): void {
    this.#client.commands.family.connection.flush()
  }

  async ready(): Promise<void> {
    const { connection } = this.#client.commands.family
    if (this.#calls.length >= MOST_CALLS) await this.unlessAborted(Promise.all(this.#calls.splice(0)))
    const waits = this.#full && !connection.mayLeave
    if (this.#full) await this.unlessAborted(connection.departure())
    this.#run.hasLeft ||= this.#full
    this.#full = false
    if (!waits && this.#turn.isOver) await setImmediate()
    this.#turn.begin()
    this.#aborted.signal?.throwIfAborted()
    if (connection.isClosed) throw lossError(closed('unknown'))
    this.#observed = isObserved()
  }

  /** Waits for what is under way. */
  async end(): Promise<void> {
    this.#client.commands.family.connection.flush(true)
    await this.unlessAborted(Promise.all([...this.#calls, this.#run.finished()]))
    const { commands } = this.#client
    if (commands.family.connection.isClosed) throw lossError(closed('unknown'))
    for (const [position, { index, subject, outcome }] of this.#run.failures.entries()) {
      const command = commandOf(this.#client, subject)
      try {
        await commands.finish(command, outcome, this.#id, this.#aborted.signal, position < MOST_LOOKS)
      } catch (error) {
        this.#fail(index, error as Error)
      }
      if (position % ERRORS_A_TURN === ERRORS_A_TURN - 1) await setImmediate()
    }
    if (this.#failures.length === 0) return
    this.#failures.sort((one, other) => one.index - other.index)
    throw new BatchError(this.#failures, this.#count)
  }

  /** Ends before its time. What has not left is not sent if the caller gave up; else everything that was given is. */
  async stop(): Promise<void> {
    const { connection } = this.#client.commands.family
    if (this.#aborted.signal?.aborted === true) return connection.withdraw(this.#run)
    connection.flush()
    await Promise.all([...this.#calls, this.#run.finished()])
  }

  dispose(): void {
    this.#aborted.dispose()
  }

  /** Waits for something, as long as the caller does. */
  unlessAborted<T>(work: Promise<T>): Promise<T> {
    return this.#aborted.unless(work)
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
