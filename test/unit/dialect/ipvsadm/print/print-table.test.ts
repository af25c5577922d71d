import { describe, expect, it } from 'vitest'
import {
  type EndpointFormatter,
  formatNumeric,
} from '../../../../../src/dialect/ipvsadm/print/endpoint-format.ts'
import {
  type ListingFormat,
  printCounter,
  printTable,
} from '../../../../../src/dialect/ipvsadm/print/print-table.ts'
import { destination, service, WEB } from '../../../../support/dialect/service-samples.ts'
import { NO_TRAFFIC } from '../../../../support/ipvs/encoding.ts'

const PLAIN: ListingFormat = { columns: 'plain', numeric: true, exact: false, sorted: true }
const rows = (text: string) => text.split('\n').slice(2, -1)

describe('printTable', () => {
  it('shows services with their settings and destinations', () => {
    const services = [
      service(WEB, {
        scheduler: 'sh',
        schedulerFlags: ['sh-port', 'flag-3'],
        persistence: { timeout: 60, mask: '255.255.255.0' },
        persistenceEngine: 'sip',
        onePacket: true,
        destinations: [
          destination('10.0.0.1', { activeConnections: 7, inactiveConnections: 8, weight: 100_000 }),
        ],
      }),
      service({ fwmark: 0xffff_ffff, family: 'ipv6' }, { destinations: [destination('2001:db8::1')] }),
    ]
    expect(rows(printTable(services, PLAIN, formatNumeric))).toEqual([
      'TCP  192.0.2.1:80 sh (sh-port) persistent 60 mask 255.255.255.0 pe sip ops',
      '  -> 10.0.0.1:80                  Route   100000 7          8         ',
      'FWM  -1 IPv6 wlc',
      '  -> [2001:db8::1]:80             Route   1      0          0         ',
    ])
  })

  it('shows the counters of services and destinations in 64 bits', () => {
    const statistics = {
      ...NO_TRAFFIC,
      connections: 99_999_999,
      incomingPackets: 100_000_000,
      incomingBytes: 5_000_000_000,
    }
    const services = [service(WEB, { statistics, destinations: [destination('10.0.0.1', { statistics })] })]
    expect(rows(printTable(services, { ...PLAIN, columns: 'stats' }, formatNumeric))).toEqual([
      'TCP  192.0.2.1:80                 99999999  100000K        0    5000M        0',
      '  -> 10.0.0.1:80                  99999999  100000K        0    5000M        0',
    ])
    expect(rows(printTable(services, { ...PLAIN, columns: 'stats', exact: true }, formatNumeric))[0]).toBe(
      'TCP  192.0.2.1:80                 99999999 100000000        0 5000000000        0',
    )
  })

  it('truncates long names where ipvsadm does', () => {
    const label: EndpointFormatter = (address) => (address.includes(':') ? 'x'.repeat(70) : 'y'.repeat(70))
    const services = [service(WEB, { destinations: [destination('10.0.0.1'), destination('2001:db8::1')] })]
    expect(rows(printTable(services, PLAIN, label))).toEqual([
      `TCP  ${'y'.repeat(59)} wlc`,
      `  -> ${'y'.repeat(28)} Route   1      0          0         `,
      `  -> ${'x'.repeat(59)} Route   1      0          0         `,
    ])
  })

  it.each([
    [{ type: 'ipip' } as const, 'ipip'],
    [{ type: 'gue', port: 6080, checksum: 'remote' } as const, 'gue:6080:r+c'],
    [{ type: 'gre', checksum: 'checksum' } as const, 'gre:+c'],
    [null, 'n/a'],
  ])('shows the tunnel %j', (tunnel, shown) => {
    const services = [
      service(WEB, { destinations: [destination('10.0.0.1', { forwarding: 'tun', tunnel } as never)] }),
    ]
    const [, row] = rows(printTable(services, { ...PLAIN, columns: 'tun-info' }, formatNumeric))
    expect(row).toBe(
      `  -> 10.0.0.1:80                  Tunnel  ${shown.padEnd(13)} 1      0          0         `,
    )
  })

  it('shows thresholds and persistent connections', () => {
    const limits = { upperThreshold: 10, lowerThreshold: 5, persistentConnections: 3 }
    const services = [service(WEB, { destinations: [destination('10.0.0.1', limits)] })]
    expect(rows(printTable(services, { ...PLAIN, columns: 'thresholds' }, formatNumeric))[1]).toBe(
      '  -> 10.0.0.1:80                  10         5          0          0         ',
    )
    expect(rows(printTable(services, { ...PLAIN, columns: 'persistent-conn' }, formatNumeric))[1]).toBe(
      '  -> 10.0.0.1:80                  1         3           0          0         ',
    )
  })
})

describe('printCounter', () => {
  it.each([
    [0, '        0'],
    [99_999_999, ' 99999999'],
    [100_000_000, '  100000K'],
    [999_999_999, '  999999K'],
    [1_000_000_000, '    1000M'],
    [99_999_999_999, '   99999M'],
    [100_000_000_000, '     100G'],
    [99_999_999_999_999, '   99999G'],
    [100_000_000_000_000, '     100T'],
  ])('prints %d as %j, as ipvsadm does', (value, text) => {
    expect(printCounter(value, false)).toBe(text)
  })

  it.each([
    [0, '        0'],
    [99_999_999, ' 99999999'],
    [100_000_000, ' 100000000'],
  ])('prints %d exactly as %j', (value, text) => {
    expect(printCounter(value, true)).toBe(text)
  })
})
