import { describe, expect, it } from 'vitest'
import { parseTotals } from '../../../../src/ipvs/proc/proc.ts'

/** As ip_vs_stats_show prints it (ip_vs_ctl.c). */
const TEXT = `   Total Incoming Outgoing         Incoming         Outgoing
   Conns  Packets  Packets            Bytes            Bytes
      2A      1F4      190            1E240             C350

 Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s
       1        A        8              4D2              3E8
`

describe('the totals', () => {
  it('are two lines of five hexadecimal numbers', () => {
    expect(parseTotals(TEXT)).toEqual({
      connections: 42,
      incomingPackets: 500,
      outgoingPackets: 400,
      incomingBytes: 123456,
      outgoingBytes: 50000,
      connectionsPerSecond: 1,
      incomingPacketsPerSecond: 10,
      outgoingPacketsPerSecond: 8,
      incomingBytesPerSecond: 1234,
      outgoingBytesPerSecond: 1000,
    })
  })

  it('may be wider than their columns, and beyond 2^53 are rounded to the nearest number', () => {
    const full = TEXT.replace('      2A', 'FFFFFFFF')
      .replace('1E240', 'FFFFFFFFFFFFFFFF')
      .replace('C350', '20000000000001')
    expect(parseTotals(full)).toMatchObject({
      connections: 2 ** 32 - 1,
      incomingBytes: 2 ** 64,
      outgoingBytes: 2 ** 53,
    })
  })

  it.each([
    ['nothing', ''],
    ['the headings alone', TEXT.replaceAll(/^ +[0-9A-F]{1,3} .*$/gm, '')],
    ['no rates', TEXT.split('\n\n')[0]!],
    ['a line of four numbers', TEXT.replace('C350', '')],
    ['numbers that are none', TEXT.replace('2A', '2G').replace('4D2', '4Z2')],
  ])('are malformed when there is %s', (_, text) => {
    expect(() => parseTotals(text)).toThrow(
      expect.objectContaining({ name: 'NetlinkError', code: 'ERR_LVS_MALFORMED' }),
    )
  })
})
