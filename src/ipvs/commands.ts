import { tracingChannel } from 'node:diagnostics_channel'
import { debuglog } from 'node:util'
import { IpvsError } from '../errors.ts'
import type { FamilyRequest, GenericFamily } from '../netlink/generic-family.ts'
import type { Refusal } from '../netlink/messages.ts'
import { type Circumstances, errorName, explain } from './explain.ts'

/** What a subscriber of the channel `lvs:command` gets. */
export interface CommandContext {
  /** The method of the client: `addService`, `destinations`, ... */
  readonly command: string
  /** What it is about, as `tcp://192.0.2.1:80`; may be empty. */
  readonly subject: string
}

/** A command of the family with what an error about it has to say. */
export interface Invocation extends FamilyRequest {
  /** The method of the client. */
  readonly name: string
  /** What it is about; asked for when somebody wants to know. */
  readonly subject?: () => string
  readonly circumstances?: Circumstances
  /** Gives a better explanation for an error where one takes looking into. */
  readonly diagnose?: (code: string) => Promise<string | undefined>
}

const channel = tracingChannel<string, CommandContext>('lvs:command')
const debug = debuglog('lvs')

/** Sends commands of the family, tells those who listen, and turns refusals into errors. */
export class Commands {
  readonly family: GenericFamily

  constructor(family: GenericFamily) {
    this.family = family
  }

  /**
   * Runs one command.
   *
   * @throws {IpvsError} when the kernel refuses.
   */
  async run(invocation: Invocation): Promise<void> {
    const refusal = await this.attempt(invocation)
    if (refusal !== undefined) throw await this.error(invocation, refusal)
  }

  /** Runs one command and gives the kernel's refusal back, if it is one. */
  attempt(invocation: Invocation): Promise<Refusal | undefined> {
    if (!debug.enabled && !hasSubscribers()) return this.family.request(invocation)
    const context = { command: invocation.name, subject: invocation.subject?.() ?? '' }
    return channel.tracePromise(async () => {
      const refusal = await this.family.request(invocation)
      debug(
        '%s %s: %s',
        context.command,
        context.subject,
        refusal === undefined ? 'done' : errorName(refusal.errno),
      )
      return refusal
    }, context)
  }

  /** The error for a refusal. */
  async error(invocation: Invocation, { errno, message }: Refusal): Promise<IpvsError> {
    const { name, subject, circumstances = {}, diagnose } = invocation
    const code = errorName(errno)
    const explanation = (await diagnose?.(code)) ?? explain(name, code, circumstances)
    return new IpvsError({
      ...{ code, errno, command: name, kernelMessage: message, explanation },
      subject: subject?.() ?? '',
    })
  }
}

function hasSubscribers(): boolean {
  const { start, end, asyncStart, asyncEnd, error } = channel
  return (
    start.hasSubscribers ||
    end.hasSubscribers ||
    asyncStart.hasSubscribers ||
    asyncEnd.hasSubscribers ||
    error.hasSubscribers
  )
}
