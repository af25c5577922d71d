import type { Transport } from '../../netlink/transport/transport.ts'
import type { Statistics } from '../model/statistics.ts'
import { type ConnectionEntry, parseConnectionEntry } from './connection-entry.ts'
import { parseTotals } from './totals.ts'

/** Reads the connection table as it is walked; entries that come and go meanwhile may or may not be among them. */
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

/** Persistence data may be any bytes, so each byte is taken for one character. */
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
