import { NetlinkError } from '../../errors.ts'
import type { Refusal } from '../wire/messages.ts'
import type { Outcome, TransportFailure } from './pending-request.ts'

/**
 * The kernel's refusal; throws what is no answer of the kernel. To be called in an async function that the caller awaits,
 * so that the stack shows who that is.
 */
export function unwrapOutcome(outcome: Outcome, signal: AbortSignal | undefined): Refusal | undefined {
  if (outcome === undefined) return undefined
  if ('refusal' in outcome) return outcome.refusal
  if ('aborted' in outcome) throw signal?.reason
  throw toNetlinkError(outcome.loss)
}

/** The error that tells of a loss. */
export function toNetlinkError({ code, message, outcome, cause }: TransportFailure): NetlinkError {
  return new NetlinkError(code, message, outcome, cause === undefined ? undefined : { cause })
}
