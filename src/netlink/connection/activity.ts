import type { ExchangeReport } from '../transport/transport.ts'
import type { DatagramBatch } from './datagram-batch.ts'

/** Messages, datagrams and system calls since a connection was opened. */
export interface Activity {
  /** Messages handed to the kernel. */
  messages: number
  /** Datagrams they travelled in. */
  datagrams: number
  /** System calls that sent (`sendmsg`). */
  sends: number
  /** System calls that received (`recvmmsg`). */
  receives: number
}

/** Adds what an exchange did that began with datagram `first`, which an earlier one had sent when it was `awaiting`. */
export function countExchange(
  activity: Activity,
  batch: DatagramBatch,
  report: ExchangeReport,
  first: number,
  awaiting: boolean,
): void {
  const lost = report.state === 'unanswered' || report.state === 'overrun' || report.state === 'truncated'
  const sent = report.datagram + (lost || report.awaiting ? 1 : 0)
  const sentBefore = first + (awaiting ? 1 : 0)
  activity.sends += report.sends
  activity.receives += report.receives
  activity.datagrams += sent - sentBefore
  activity.messages += batch.messagesBefore(sent) - batch.messagesBefore(sentBefore)
}
