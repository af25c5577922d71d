import { describe, expect, it } from 'vitest'
import type { ConnectionEntry } from '../../../../src/ipvs/proc/connection-entry.ts'
import { readConnections, readTotals } from '../../../../src/ipvs/proc/proc.ts'
import { FakeTransport } from '../../../support/netlink/fake-transport.ts'

const HEADING = 'Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData\n'
const line = (client: number, data = '') =>
  `TCP ${client.toString(16).padStart(8, '0')} D431 C0000201 0050 C633640A 1F90 ESTABLISHED     897${data}\n`

/** A transport with one file, which arrives in chunks of seven bytes. */
function fileAt(path: string, text: string | Error): FakeTransport {
  const transport = new FakeTransport()
  transport.files.set(path, text)
  return transport
}

async function connectionsIn(text: string, signal?: AbortSignal): Promise<ConnectionEntry[]> {
  const entries: ConnectionEntry[] = []
  for await (const entry of readConnections(fileAt('/proc/net/ip_vs_conn', text), signal)) entries.push(entry)
  return entries
}

describe('the connection table', () => {
  it('is read line by line, whatever the chunks', async () => {
    const entries = await connectionsIn(HEADING + line(1) + line(2) + line(0xffff_ffff))
    expect(entries.map(({ client }) => client.address)).toEqual(['0.0.0.1', '0.0.0.2', '255.255.255.255'])
  })

  it('may be empty, and may end without a newline', async () => {
    expect(await connectionsIn(HEADING)).toEqual([])
    expect(await connectionsIn(HEADING + line(1).trimEnd())).toHaveLength(1)
  })

  it('skips lines that are not entries', async () => {
    expect(await connectionsIn(`${HEADING}\n???\n${line(1)}\n`)).toHaveLength(1)
  })

  it('has every byte of persistence data as the character with its number', async () => {
    const data = String.fromCharCode(
      ...Array.from({ length: 222 }, (_, index) => index + 33).filter((code) => code !== 127),
    )
    const [entry] = await connectionsIn(line(1, ` sip ${data}`))
    expect(entry?.persistenceData).toBe(data)
  })

  it('can be read in part', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const seen: string[] = []
    const walk = async () => {
      const transport = fileAt('/proc/net/ip_vs_conn', HEADING + line(1) + line(2))
      for await (const { client } of readConnections(transport, controller.signal)) {
        seen.push(client.address)
        controller.abort(reason)
      }
    }
    await expect(walk()).rejects.toBe(reason)
    expect(seen).toEqual(['0.0.0.1'])
  })

  it('does not exist without IPVS, as the system error says', async () => {
    const walk = readConnections(new FakeTransport(), undefined).next()
    await expect(walk).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('the totals', () => {
  const rows = '1 2 3 4 5\n\nheading\n6 7 8 9 a\n'

  it('are read from their own file', async () => {
    const totals = await readTotals(fileAt('/proc/net/ip_vs_stats', rows), undefined)
    expect([totals.connections, totals.outgoingBytesPerSecond]).toEqual([1, 10])
  })

  it('reject with the reason of their signal', async () => {
    const reason = new Error('enough')
    const reading = readTotals(fileAt('/proc/net/ip_vs_stats', rows), AbortSignal.abort(reason))
    await expect(reading).rejects.toBe(reason)
  })
})
