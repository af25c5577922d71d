import type { Loss } from './pending-request.ts'
import { errorName } from '../wire/errno.ts'
import type { ExchangeReport } from '../transport/transport.ts'

/** What can go wrong between a caller and the kernel, in the words that the caller reads. */

export const LOST_ANSWERS: Loss = {
  code: 'ERR_LVS_OVERRUN',
  message:
    'Answers were lost because the receive buffer overflowed (ENOBUFS); the command may have been done',
  outcome: 'unknown',
}

export const CUT_ANSWER: Loss = {
  code: 'ERR_LVS_OVERRUN',
  message: 'An answer was cut off because it was larger than the room for it; the command may have been done',
  outcome: 'unknown',
}

export const NO_ANSWER: Loss = {
  code: 'ERR_LVS_UNANSWERED',
  message: 'The kernel sent no answer',
  outcome: 'unknown',
}

export function brokenSocket(cause: unknown, outcome: Loss['outcome']): Loss {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return { code: 'ERR_LVS_SOCKET', message: `The netlink socket broke: ${reason}`, outcome, cause }
}

/** The error of a system call that failed. */
export function systemFailure({ errno, syscall }: ExchangeReport): Error {
  const code = errorName(errno)
  return Object.assign(new Error(`${code}, ${syscall}`), { errno, code, syscall })
}

export function malformedAnswer(cause: unknown): Loss {
  const message = cause instanceof Error ? cause.message : String(cause)
  return { code: 'ERR_LVS_MALFORMED', message, outcome: 'unknown', cause }
}

export function noAnswerWithin(milliseconds: number): Loss {
  const message = `The kernel did not answer within ${milliseconds / 1000} s; the command may still be done later`
  return { code: 'ERR_LVS_TIMEOUT', message, outcome: 'unknown' }
}

export function closed(outcome: Loss['outcome']): Loss {
  return { code: 'ERR_LVS_CLOSED', message: 'The client was closed', outcome }
}
