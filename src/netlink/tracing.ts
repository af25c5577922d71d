import { tracingChannel } from 'node:diagnostics_channel'
import { debuglog } from 'node:util'

/** What a subscriber of the tracing channel `lvs:command` gets. */
export interface CommandContext {
  /** The method of the client: `addService`, `destinations`, `addAddress`, ... */
  readonly command: string
  /** What it is about, as `tcp://192.0.2.1:80` or `192.0.2.1/32 on lo`; may be empty. */
  readonly subject: string
}

const channel = tracingChannel<string, CommandContext>('lvs:command')
const debug = debuglog('lvs')

/** Whether anybody wants to be told of each command. */
export function isTraced(): boolean {
  const { start, end, asyncStart, asyncEnd, error } = channel
  return (
    debug.enabled ||
    start.hasSubscribers ||
    end.hasSubscribers ||
    asyncStart.hasSubscribers ||
    asyncEnd.hasSubscribers ||
    error.hasSubscribers
  )
}

/** Tells the log and the subscribers of the channel how a command goes. */
export function trace<T>(context: CommandContext, run: () => Promise<T>): Promise<T> {
  const logged = async () => {
    try {
      const result = await run()
      debug('%s %s: done', context.command, context.subject)
      return result
    } catch (error) {
      debug('%s %s: %s', context.command, context.subject, error)
      throw error
    }
  }
  return channel.tracePromise(logged, context)
}
