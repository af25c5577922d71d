import { renewed } from '../errors.ts'
import type { Refusal } from '../netlink/messages.ts'
import type { Transport } from '../netlink/transport.ts'
import type { Commands, Invocation } from './commands.ts'
import type { WriteOrder } from './write-order.ts'

/** What the commands of one client share. */
export interface Client {
  readonly commands: Commands
  readonly transport: Transport
  readonly order: WriteOrder
}

/** Options of every call. */
export interface CallOptions {
  /**
   * Gives up waiting: the call rejects with the signal's reason. What has not left by then is not sent; what has may
   * still be done.
   */
  readonly signal?: AbortSignal | undefined
}

/** Runs a command that changes something, behind those asked for before it. */
export async function write({ commands, order }: Client, invocation: Invocation): Promise<void> {
  const refusal = await order.write(() => commands.attempt(invocation))
  if (refusal !== undefined) throw await commands.error(invocation, refusal)
}

/**
 * Runs a command that builds on what is read first. `change` says what to run, or that it is refused without asking the
 * kernel.
 */
export async function merge<R>(
  { commands, order }: Client,
  subject: string,
  read: () => Promise<R>,
  change: (reading: R) => { readonly invocation: Invocation; readonly refusal?: Refusal },
): Promise<void> {
  let changed: ReturnType<typeof change> | undefined
  let refusal: Refusal | undefined
  try {
    refusal = await order.merge(subject, read, async (reading) => {
      changed = change(reading)
      return changed.refusal ?? (await commands.attempt(changed.invocation))
    })
  } catch (error) {
    throw renewed(error)
  }
  if (changed !== undefined && refusal !== undefined) throw await commands.error(changed.invocation, refusal)
}
