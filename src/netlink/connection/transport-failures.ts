import type { ExchangeReport } from '../transport/transport.ts'
import { errorName } from '../wire/errno.ts'
import type { TransportFailure } from './pending-request.ts'

/** What can go wrong between a caller and the kernel, in the words that the caller reads. */

export const LOST_REPLIES: TransportFailure = {
  code: 'ERR_LVS_OVERRUN',
  message:
    'Answers were lost because the receive buffer overflowed (ENOBUFS); the command may have been done',
  outcome: 'unknown',
}

export const TRUNCATED_REPLY: TransportFailure = {
  code: 'ERR_LVS_OVERRUN',
  message: 'An answer was cut off because it was larger than the room for it; the command may have been done',
  outcome: 'unknown',
}

export const NO_REPLY: TransportFailure = {
  code: 'ERR_LVS_UNANSWERED',
  message: 'The kernel sent no answer',
  outcome: 'unknown',
}

export function brokenSocket(cause: unknown, outcome: TransportFailure['outcome']): TransportFailure {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return { code: 'ERR_LVS_SOCKET', message: `The netlink socket broke: ${reason}`, outcome, cause }
}

/** The error of a system call that failed. */
export function toSystemError({ errno, syscall }: ExchangeReport): Error {
  const code = errorName(errno)
  return Object.assign(new Error(`${code}, ${syscall}`), { errno, code, syscall })
}

export function malformedReply(cause: unknown): TransportFailure {
  const message = cause instanceof Error ? cause.message : String(cause)
  return { code: 'ERR_LVS_MALFORMED', message, outcome: 'unknown', cause }
}

export function timedOut(milliseconds: number): TransportFailure {
  const message = `The kernel did not answer within ${milliseconds / 1000} s; the command may still be done later`
  return { code: 'ERR_LVS_TIMEOUT', message, outcome: 'unknown' }
}

export function clientClosed(outcome: TransportFailure['outcome']): TransportFailure {
  return { code: 'ERR_LVS_CLOSED', message: 'The client was closed', outcome }
}
