import { tracingChannel } from 'node:diagnostics_channel'
import { debuglog } from 'node:util'
import { escapeControls } from '../control-characters.ts'

/** The message of the tracing channel `lvs:command`. */
export interface CommandContext {
  /** The method of the client: `addService`, `destinations`, `addAddress`, ... */
  readonly command: string
  /** The object of the command, as `tcp://192.0.2.1:80` or `192.0.2.1/32 on lo`; may be empty. */
  readonly subject: string
}

/** Publishes every command of every client. */
export const commandChannel = tracingChannel<string, CommandContext>('lvs:command')

/** Logs every command if NODE_DEBUG contains `lvs`. */
export const commandLog = debuglog('lvs')

/** Whether a subscriber or the log receives commands. */
export function isTraced(): boolean {
  return commandChannel.hasSubscribers || commandLog.enabled
}

/** Runs a command, and publishes its start and its end. */
export function trace<T>(context: CommandContext, run: () => Promise<T>): Promise<T> {
  const logged = async () => {
    try {
      const result = await run()
      commandLog('%s %s: done', context.command, escapeControls(context.subject))
      return result
    } catch (error) {
      commandLog('%s %s: %s', context.command, escapeControls(context.subject), error)
      throw error
    }
  }
  return commandChannel.tracePromise(logged, context)
}

interface OpenTrace {
  readonly done: () => void
  readonly fail: (error: unknown) => void
}

/** Traces commands that are sent in bulk and have no promise of their own. An index identifies each command. */
export class BulkTraces<T> {
  readonly #contextOf: (command: T) => CommandContext
  readonly #open = new Map<number, OpenTrace>()
  #isTraced = isTraced()

  constructor(contextOf: (command: T) => CommandContext) {
    this.#contextOf = contextOf
  }

  /** Publishes the start of a command, if there was a subscriber at the last {@link refresh}. */
  start(index: number, command: T): void {
    if (!this.#isTraced) return
    const ended = new Promise<void>((resolve, reject) =>
      this.#open.set(index, { done: resolve, fail: reject }),
    )
    // The failure is reported by the bulk request.
    trace(this.#contextOf(command), () => ended).catch(() => undefined)
  }

  /** Looks for subscribers again. Doing that for every command would take longer than encoding it. */
  refresh(): void {
    this.#isTraced = isTraced()
  }

  done(index: number): void {
    if (this.#open.size === 0) return
    this.#open.get(index)?.done()
    this.#open.delete(index)
  }

  fail(index: number, error: unknown): void {
    this.#open.get(index)?.fail(error)
    this.#open.delete(index)
  }

  /** Fails all commands that have not ended. */
  failAll(error: unknown): void {
    for (const index of this.#open.keys()) this.fail(index, error)
  }
}
