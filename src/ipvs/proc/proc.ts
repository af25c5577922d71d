import type { Transport } from '../../netlink/transport/transport.ts'
import { malformed } from '../../netlink/wire/wire.ts'
import type { Statistics } from '../model/statistics.ts'
import { type ConnectionEntry, parseConnectionEntry } from './connection-entry.ts'

/** Reads the connection table. Entries that appear or disappear meanwhile may or may not be included. */
export async function* readConnections(
  transport: Transport,
  signal: AbortSignal | undefined,
): AsyncGenerator<ConnectionEntry, void, undefined> {
  for await (const line of readLines(transport, '/proc/net/ip_vs_conn')) {
    signal?.throwIfAborted()
    const entry = parseConnectionEntry(line)
    if (entry !== undefined) yield entry
  }
}

export async function readTotals(transport: Transport, signal: AbortSignal | undefined): Promise<Statistics> {
  const text: string[] = []
  for await (const line of readLines(transport, '/proc/net/ip_vs_stats')) {
    signal?.throwIfAborted()
    text.push(line)
  }
  return parseTotals(text.join('\n'))
}

/** Persistence data may be any bytes, so each byte is decoded as one character. */
async function* readLines(transport: Transport, path: string): AsyncGenerator<string, void, undefined> {
  let rest = ''
  for await (const piece of transport.readFile(path)) {
    const parts = (rest + Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString('latin1')).split(
      '\n',
    )
    rest = parts.pop() ?? ''
    yield* parts
  }
  if (rest !== '') yield rest
}

/**
 * Parses /proc/net/ip_vs_stats, the counters of all services of the network namespace: a line of five totals and, after a
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
