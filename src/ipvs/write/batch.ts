import { setImmediate } from 'node:timers/promises'
import { ArgumentTypeError, BatchError, type BatchFailure } from '../../errors.ts'
import { AbortRace } from '../../netlink/arguments/abort.ts'
import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { BulkRequest } from '../../netlink/connection/bulk-request.ts'
import { clientClosed, toNetlinkError } from '../../netlink/connection/failures.ts'
import { TimeSlice } from '../../netlink/connection/time-slice.ts'
import { BulkTraces } from '../../netlink/tracing.ts'
import { contextOf, type IpvsSession } from '../commands/command-runner.ts'
import {
  type BatchCommand,
  callMethod,
  encodeBatchCommand,
  NOT_DIRECT,
  toDirectCommand,
} from './batch-command.ts'

/** Concurrent commands that have a promise each. */
const MAXIMUM_CALLS = 1000

/** Number of failures that are diagnosed: the causes of the others are usually the same. */
const MAXIMUM_DIAGNOSES = 16

/** Number of errors that are created before the event loop runs. */
const ERRORS_PER_SLICE = 256

/**
 * Sends commands in the given order. They are consumed one datagram at a time, and encoded while the kernel executes the
 * previous ones.
 *
 * @throws {BatchError} if some failed.
 */
export async function sendBatch(
  session: IpvsSession,
  commands: Iterable<BatchCommand> | AsyncIterable<BatchCommand>,
  { signal }: CallOptions,
): Promise<void> {
  signal?.throwIfAborted()
  if (session.commands.family.connection.isClosed) throw toNetlinkError(clientClosed('not-done'))
  const sender = new BatchSender(session, signal)
  try {
    if (isAsync(commands)) await enqueueAsync(sender, commands[Symbol.asyncIterator]())
    else await enqueueAll(sender, checkIterable(commands))
    await sender.finish()
  } catch (error) {
    await sender.stop(error)
    throw error
  } finally {
    sender.dispose()
  }
}

async function enqueueAll(sender: BatchSender, commands: Iterable<BatchCommand>): Promise<void> {
  for (const command of commands) {
    if (!sender.enqueue(command)) await sender.drained()
  }
}

/** Like `for await (... of ...)`, except that an abort does not wait for the producer. */
async function enqueueAsync(sender: BatchSender, iterator: AsyncIterator<BatchCommand>): Promise<void> {
  let hasEnded = false
  try {
    for (;;) {
      const next = await sender.raceAbort(iterator.next())
      hasEnded = next.done === true
      if (next.done === true) return
      const canContinue = sender.enqueue(next.value)
      sender.flush()
      if (!canContinue) await sender.drained()
    }
  } finally {
    if (!hasEnded) iterator.return?.().catch(() => undefined)
  }
}

class BatchSender {
  readonly #session: IpvsSession
  readonly #id: number
  readonly #traces = new BulkTraces((command: BatchCommand) => contextOf(toDirectCommand(command)!))
  /**
   * Keeps the given commands, which exist anyway. A new command object for each would have to survive until the kernel replies.
   */
  readonly #bulk = new BulkRequest<BatchCommand>({ observer: this.#traces })
  readonly #failures: BatchFailure[] = []
  readonly #abortRace: AbortRace
  readonly #slice = new TimeSlice()
  #calls: Promise<void>[] = []
  #count = 0
  #isFull = false

  constructor(session: IpvsSession, signal: AbortSignal | undefined) {
    this.#session = session
    this.#abortRace = new AbortRace(signal)
    this.#id = session.commands.family.id
  }

  /** Queues a command. Returns false if the next one should wait for {@link drained}. */
  enqueue(given: BatchCommand): boolean {
    const index = this.#count++
    try {
      if (this.#session.commands.order.isBusy || !this.#append(index, given)) this.#callMethod(index, given)
    } catch (error) {
      this.#fail(index, error as Error)
    }
    if (this.#isFull || this.#calls.length >= MAXIMUM_CALLS) return false
    return this.#slice.continues()
  }

  /** Returns false, and queues nothing, if the command must be run by its method. */
  #append(index: number, given: BatchCommand): boolean {
    const { connection, id } = this.#session.commands.family
    try {
      this.#isFull = !connection.append(this.#bulk, index, given, id, encodeBatchCommand)
      this.#traces.start(index, given)
    } catch (error) {
      if (error === NOT_DIRECT) return false
      this.#traces.start(index, given)
      this.#traces.fail(index, error)
      throw error
    }
    return true
  }

  #callMethod(index: number, given: BatchCommand): void {
    const result = callMethod(this.#session, given, { signal: this.#abortRace.signal })
    this.#calls.push(result.catch((error: Error) => this.#fail(index, error)))
  }

  /** Sends the queue instead of waiting for more commands. */
  flush(): void {
    this.#session.commands.family.connection.flush()
  }

  async drained(): Promise<void> {
    const { connection } = this.#session.commands.family
    if (this.#calls.length >= MAXIMUM_CALLS) await this.raceAbort(Promise.all(this.#calls.splice(0)))
    const mustWait = this.#isFull && !connection.canSendNow
    if (this.#isFull) await this.raceAbort(connection.flushed())
    this.#bulk.hasStarted ||= this.#isFull
    this.#isFull = false
    if (!mustWait && this.#slice.isOver) await setImmediate()
    this.#slice.begin()
    this.#traces.refresh()
    this.#abortRace.signal?.throwIfAborted()
    if (connection.isClosed) throw toNetlinkError(clientClosed('unknown'))
  }

  /** Sends the rest, and waits until all commands have ended. */
  async finish(): Promise<void> {
    const { commands } = this.#session
    const { connection } = commands.family
    connection.flush(true)
    await this.raceAbort(Promise.all([...this.#calls, this.#bulk.finished()]))
    if (connection.isClosed) throw toNetlinkError(clientClosed('unknown'))
    for (const [position, { index, input, outcome }] of this.#bulk.failures.entries()) {
      try {
        const diagnose = position < MAXIMUM_DIAGNOSES
        const command = toDirectCommand(input)!
        await commands.handleOutcome(command, outcome, this.#id, this.#abortRace.signal, diagnose)
        this.#traces.done(index)
      } catch (error) {
        this.#traces.fail(index, error)
        this.#fail(index, error as Error)
      }
      if (position % ERRORS_PER_SLICE === ERRORS_PER_SLICE - 1) await setImmediate()
    }
    if (this.#failures.length === 0) return
    this.#failures.sort((one, other) => one.index - other.index)
    throw new BatchError(this.#failures, this.#count)
  }

  /** Ends early. After an abort, commands that have not been sent are cancelled; otherwise they are sent. */
  async stop(error: unknown): Promise<void> {
    const { connection } = this.#session.commands.family
    if (this.#abortRace.signal?.aborted === true) {
      connection.cancel(this.#bulk)
    } else {
      connection.flush()
      await Promise.all([...this.#calls, this.#bulk.finished()])
    }
    this.#traces.failAll(error)
  }

  dispose(): void {
    this.#abortRace.dispose()
  }

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
