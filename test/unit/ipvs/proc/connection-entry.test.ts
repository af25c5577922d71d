import { describe, expect, it } from 'vitest'
import { parseConnectionEntry } from '../../../../src/ipvs/proc/connection-entry.ts'

/** The lines of ip_vs_conn_seq_show (ip_vs_conn.c): "%-3s %08X %04X %08X %04X %08X %04X %-11s %7u%s". */
const HEADING = 'Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData'
const TCP = 'TCP C6336463 D431 C0000201 0050 C633640A 1F90 ESTABLISHED     897'

describe('an entry of the connection table', () => {
  it('has the client, the service, the destination and the remaining time', () => {
    expect(parseConnectionEntry(TCP)).toEqual({
      protocol: 'tcp',
      client: { address: '198.51.100.99', port: 54321 },
      virtual: { address: '192.0.2.1', port: 80 },
      destination: { address: '198.51.100.10', port: 8080 },
      state: 'ESTABLISHED',
      expires: 897,
      template: false,
      persistenceEngine: undefined,
      persistenceData: undefined,
    })
  })

  it('has IPv6 addresses in full and without brackets', () => {
    const line =
      'UDP 2001:0db8:0000:0000:0000:0000:0000:0063 D431 2001:0db8:0000:0000:0000:0000:0000:0001 0035 2001:0db8:0000:0000:0000:0000:0000:000a 0035 UDP             299'
    expect(parseConnectionEntry(line)).toMatchObject({
      protocol: 'udp',
      client: { address: '2001:db8::63', port: 54321 },
      virtual: { address: '2001:db8::1', port: 53 },
      destination: { address: '2001:db8::a', port: 53 },
      state: 'UDP',
    })
  })

  it('may have a destination of the other family', () => {
    const line =
      'TCP C6336463 D431 C0000201 0050 2001:0db8:0000:0000:0000:0000:0000:000a 0050 FIN_WAIT        118'
    expect(parseConnectionEntry(line)?.destination).toEqual({ address: '2001:db8::a', port: 80 })
  })

  it.each([
    ['NONE', 'TCP C6336400 0000 C0000201 0050 C633640A 0050 NONE            240'],
    ['ASSURED', 'TCP C6336400 0000 C0000201 0050 C633640A 0050 ASSURED         240'],
  ])('in state %s without a client port is a persistence template', (state, line) => {
    const client = { address: '198.51.100.0', port: 0 }
    expect(parseConnectionEntry(line)).toMatchObject({ client, state, template: true })
  })

  it('is not a template in any other state, or with a client port', () => {
    expect(parseConnectionEntry(TCP.replace('D431', '0000'))?.template).toBe(false)
    expect(parseConnectionEntry(TCP.replace('ESTABLISHED', 'NONE       '))?.template).toBe(false)
  })

  it('of a template under a firewall mark has the mark as its address', () => {
    const line = 'IP  C6336463 0000 00000007 0000 C633640A 0000 NONE            240'
    const virtual = { address: '0.0.0.7', port: 0 }
    expect(parseConnectionEntry(line)).toMatchObject({ protocol: 'ip', virtual, template: true })
  })

  it('may expire at once, and may have a protocol that is only a number', () => {
    const line = 'IP_47 C6336463 D431 C0000201 0000 C633640A 0000 NONE              0'
    expect(parseConnectionEntry(line)).toMatchObject({ protocol: 'ip_47', expires: 0 })
  })

  it.each(['abc123@198.51.100.99', 'a b', 'a  b', '', ' leading and trailing ', '\u00e9\u00a0'])(
    'has the data of the persistence engine, byte for byte: %j',
    (data) => {
      const line = `UDP C6336463 13C4 C0000201 13C4 C633640A 13C4 UDP             299 sip ${data}`
      expect(parseConnectionEntry(line)).toMatchObject({
        persistenceEngine: 'sip',
        persistenceData: data,
        expires: 299,
      })
    },
  )
})

describe('no entry', () => {
  it.each([
    ['the heading', HEADING],
    ['an empty line', ''],
    ['blanks', '          '],
    ['a word', 'TCP'],
    ['a line cut short', TCP.slice(0, 50)],
    ['a port that is none', TCP.replace('D431', 'D43Z')],
    ['a port of five digits', TCP.replace('D431', '0D431')],
    ['an address that is too short', TCP.replace('C6336463', 'C633646')],
    ['an IPv6 address of seven groups', TCP.replace('C6336463', '2001:0db8:0000:0000:0000:0000:0063')],
    ['an IPv6 address that is not written in full', TCP.replace('C6336463', '2001:db8:0:0:0:0:0:63')],
    ['a time that is none', TCP.replace('897', 'soon')],
    ['a negative time', TCP.replace(' 897', '-897')],
    ['a line of /proc/net/ip_vs', 'TCP  C0000201:0050 rr  persistent 30000 FFFFFFFF'],
  ])('is %s', (_, line) => {
    expect(parseConnectionEntry(line)).toBeUndefined()
  })
})
