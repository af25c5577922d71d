import { type CommandOutcome, NetlinkError, type NetlinkErrorCode } from '../../errors.ts'
import type { ExchangeReport } from '../transport/transport.ts'
import { errorName } from '../wire/errno.ts'
import type { Refusal } from '../wire/refusal.ts'

/** The reason for which a message has no reliable reply. */
export interface TransportFailure {
  readonly code: NetlinkErrorCode
  readonly message: string
  readonly outcome: CommandOutcome
  readonly cause?: unknown
}

/**
 * The outcome of a message: undefined if the kernel executed it, otherwise the kernel's refusal, a failure of the transport, or
 * an abort by the caller (and whether the message had been sent by then).
 */
export type Outcome =
  | {
      readonly refusal: Refusal
      /** After `ENOENT`, the message as it was sent, because it may have to be sent again under another family number. */
      readonly sent?: Uint8Array
    }
  | { readonly failure: TransportFailure }
  | { readonly aborted: 'unsent' | 'sent' }
  | undefined

export const LOST_REPLIES: TransportFailure = {
  code: 'ERR_LVS_OVERRUN',
  message:
    'Replies were lost because the receive buffer overflowed (ENOBUFS); the command may have been executed',
  outcome: 'unknown',
}

export const TRUNCATED_REPLY: TransportFailure = {
  code: 'ERR_LVS_OVERRUN',
  message: 'A reply was truncated because it did not fit into the buffer; the command may have been executed',
  outcome: 'unknown',
}

export const NO_REPLY: TransportFailure = {
  code: 'ERR_LVS_UNANSWERED',
  message: 'The kernel sent no reply',
  outcome: 'unknown',
}

export function brokenSocket(cause: unknown, outcome: CommandOutcome): TransportFailure {
  return { code: 'ERR_LVS_SOCKET', message: `The netlink socket failed: ${messageOf(cause)}`, outcome, cause }
}

export function malformedReply(cause: unknown): TransportFailure {
  return { code: 'ERR_LVS_MALFORMED', message: messageOf(cause), outcome: 'unknown', cause }
}

export function timedOut(milliseconds: number): TransportFailure {
  const message = `The kernel did not reply within ${milliseconds / 1000} s; the command may still be executed`
  return { code: 'ERR_LVS_TIMEOUT', message, outcome: 'unknown' }
}

export function clientClosed(outcome: CommandOutcome): TransportFailure {
  return { code: 'ERR_LVS_CLOSED', message: 'The client was closed', outcome }
}

/** The error of a failed system call. */
export function toSystemError({ errno, syscall }: ExchangeReport): Error {
  const code = errorName(errno)
  return Object.assign(new Error(`${code}, ${syscall}`), { errno, code, syscall })
}

/**
 * Returns the kernel's refusal, and throws any other failure. Call it in an async function that the caller awaits, so that
 * the stack of the error shows the caller.
 */
export function unwrapOutcome(outcome: Outcome, signal: AbortSignal | undefined): Refusal | undefined {
  if (outcome === undefined) return undefined
  if ('refusal' in outcome) return outcome.refusal
  if ('aborted' in outcome) throw signal?.reason
  throw toNetlinkError(outcome.failure)
}

export function toNetlinkError({ code, message, outcome, cause }: TransportFailure): NetlinkError {
  return new NetlinkError(code, message, outcome, cause === undefined ? undefined : { cause })
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
