import { malformed } from '../../netlink/wire/attributes.ts'
import type { Statistics } from '../model/statistics.ts'

/**
 * Reads /proc/net/ip_vs_stats, the counters of all services of the network namespace: a line of five totals and, after a
 * blank line and a heading, a line of five rates, all hexadecimal.
 */
export function parseTotals(text: string): Statistics {
  const [totals, rates] = text
    .split('\n')
    .map((line) => line.trim().split(/ +/))
    .filter((words) => words.length === 5 && words.every((word) => /^[0-9A-F]+$/i.test(word)))
    .map((words) => words.map((word) => Number.parseInt(word, 16)))
  if (totals === undefined || rates === undefined) throw malformed('/proc/net/ip_vs_stats')
  return {
    connections: totals[0]!,
    incomingPackets: totals[1]!,
    outgoingPackets: totals[2]!,
    incomingBytes: totals[3]!,
    outgoingBytes: totals[4]!,
    connectionsPerSecond: rates[0]!,
    incomingPacketsPerSecond: rates[1]!,
    outgoingPacketsPerSecond: rates[2]!,
    incomingBytesPerSecond: rates[3]!,
    outgoingBytesPerSecond: rates[4]!,
  }
}
