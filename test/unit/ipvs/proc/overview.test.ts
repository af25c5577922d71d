import { describe, expect, it } from 'vitest'
import { formatEndpoint } from '../../../../src/ipvs/model/service-key.ts'
import type { ServiceOverview } from '../../../../src/ipvs/proc/overview.ts'
import { readOverview } from '../../../../src/ipvs/proc/overview-text.ts'
import type { Transport } from '../../../../src/netlink/transport/transport.ts'
import { HEADINGS, LINUX_6_1, LINUX_7_2, overviewIn, tableOf } from '../../../support/ipvs/overview-tables.ts'
import { FakeTransport } from '../../../support/netlink/fake-transport.ts'

/** A service on one line: its key, its settings, its destinations. */
function rowOf(service: ServiceOverview): unknown[] {
  const { protocol, address = '', port = 0, fwmark, family, scheduler, onePacket, persistence } = service
  const key = fwmark === undefined ? `${protocol} ${formatEndpoint(address, port)}` : `mark ${fwmark}`
  const destinations = service.destinations.map((destination) =>
    [
      formatEndpoint(destination.address, destination.port),
      destination.family,
      destination.forwarding,
      destination.weight,
    ].join(' '),
  )
  return [key, family, scheduler, onePacket, persistence && Object.values(persistence), destinations]
}

describe('the table as a kernel printed it', () => {
  it('contains services of every kind with their destinations (Linux 6.1)', async () => {
    const web = [
      '[2001:db8::15]:80 ipv6 tun 1',
      '198.51.100.14:80 ipv4 nat 2147483647',
      '198.51.100.13:80 ipv4 local 1',
      '198.51.100.11:80 ipv4 dr 0',
      '198.51.100.10:8080 ipv4 nat 2',
    ]
    const web6 = ['[::1]:80 ipv6 local 1', '198.51.100.12:80 ipv4 tun 1', '[2001:db8:1::11]:80 ipv6 dr 100']
    const tunnel = ['198.51.100.10:0 ipv4 tun 1']
    expect((await overviewIn(LINUX_6_1)).map(rowOf)).toEqual([
      ['tcp [2001:db8::1]:80', 'ipv6', 'sh', undefined, null, web6],
      ['udp [2001:db8::1]:53', 'ipv6', 'wlc', undefined, [30_000, 64], []],
      ['tcp 192.0.2.1:80', 'ipv4', 'wrr', false, null, web],
      ['udp 192.0.2.1:53', 'ipv4', 'wlc', true, null, ['198.51.100.10:5353 ipv4 nat 1']],
      ['udp 192.0.2.1:54', 'ipv4', 'wlc', true, [10_000, '255.255.255.255'], []],
      ['tcp 192.0.2.1:65534', 'ipv4', 'wlc', false, [0, '255.0.255.0'], []],
      ['sctp 192.0.2.1:9899', 'ipv4', 'none', false, [36_000, '255.255.255.0'], []],
      ['mark 4294967295', 'ipv4', 'wlc', false, [6000, '255.255.255.255'], []],
      ['mark 1', 'ipv6', 'rr', false, null, ['[2001:db8:1::10]:0 ipv6 dr 1']],
      ['mark 1', 'ipv4', 'rr', false, null, ['198.51.100.10:0 ipv4 dr 1']],
      ['mark 2', null, 'wlc', true, [6000, undefined], tunnel],
      ['mark 2', null, 'wlc', true, null, tunnel],
    ])
  })

  it('contains them in any order, and protocols without a name under their numbers (Linux 7.2)', async () => {
    expect((await overviewIn(LINUX_7_2)).map(rowOf)).toEqual([
      ['sctp [::]:0', 'ipv6', 'wlc', undefined, [75_000, 128], []],
      ['mark 1', 'ipv4', 'rr', false, null, ['198.51.100.10:0 ipv4 dr 1']],
      ['0 192.0.2.1:0', 'ipv4', 'wlc', false, null, []],
      ['47 192.0.2.1:0', 'ipv4', 'wlc', false, null, []],
      ['58 192.0.2.1:0', 'ipv4', 'wlc', false, null, []],
      ['1 192.0.2.1:0', 'ipv4', 'wlc', false, null, []],
      ['tcp 192.0.2.1:65535', 'ipv4', 'wlc', false, [1_073_741_750, '0.0.0.0'], []],
      ['65535 192.0.2.1:0', 'ipv4', 'wlc', false, null, []],
    ])
  })

  it('has only the values that it shows', async () => {
    const row = '  -> C633640A:1F90      Route   3      42         7         '
    expect(await overviewIn(tableOf('TCP  C0000201:0050 rr  persistent 300 FFFFFF00', row))).toStrictEqual([
      {
        protocol: 'tcp',
        address: '192.0.2.1',
        port: 80,
        family: 'ipv4',
        scheduler: 'rr',
        onePacket: false,
        persistence: { timeoutTicks: 300, mask: '255.255.255.0' },
        destinations: [
          {
            address: '198.51.100.10',
            port: 8080,
            family: 'ipv4',
            forwarding: 'dr',
            weight: 3,
            activeConnections: 42,
            inactiveConnections: 7,
          },
        ],
      },
    ])
  })

  it('may be empty', async () => {
    expect(await overviewIn(HEADINGS)).toEqual([])
    expect(await overviewIn(HEADINGS.replace('4096', '0'))).toEqual([])
  })
})

describe('reading', () => {
  /** The file in these chunks, with a record of the events of reading it. */
  function pieces(...parts: string[]): Transport & { readonly notes: string[] } {
    const notes: string[] = []
    return {
      notes,
      open: () => Promise.reject(new Error('not asked for')),
      async *readFile() {
        try {
          for (const [index, part] of parts.entries()) {
            notes.push(`piece ${index}`)
            yield Buffer.from(part, 'latin1')
          }
        } finally {
          notes.push('closed')
        }
      },
    }
  }
  const [one, two] = ['TCP  C0000201:0050 rr  \n', 'TCP  C0000201:0051 rr  \n']

  it('yields a service as soon as the next one begins', async () => {
    const transport = pieces(HEADINGS + one, `${two}TCP`, '  C0000201:0052 rr  \n')
    for await (const { port } of readOverview(transport, undefined)) transport.notes.push(`port ${port}`)
    expect(transport.notes).toEqual([
      'piece 0',
      'piece 1',
      'port 80',
      'piece 2',
      'port 81',
      'closed',
      'port 82',
    ])
  })

  it('accepts empty chunks and chunks without a line feed', async () => {
    const services = []
    for await (const service of readOverview(pieces('', ...HEADINGS, '', ...one, ...two, ''), undefined)) {
      services.push(service)
    }
    expect(services.map(({ port }) => port)).toEqual([80, 81])
  })

  it('lets the event loop run, even if all chunks are available at once', async () => {
    const row = '  -> C633640A:0050      Masq    1      0          0         \n'
    const transport = pieces(HEADINGS + one + row.repeat(100_000) + two)
    let turns = 0
    let timer = setImmediate(function count() {
      turns++
      timer = setImmediate(count)
    })
    const first = await readOverview(transport, undefined).next()
    clearImmediate(timer)
    expect(first.value).toMatchObject({ port: 80 })
    expect(turns).toBeGreaterThan(3)
  })

  it('closes the file when the iteration ends early', async () => {
    const transport = pieces(HEADINGS + one + two, one)
    for await (const { port } of readOverview(transport, undefined)) {
      expect(port).toBe(80)
      break
    }
    expect(transport.notes).toEqual(['piece 0', 'closed'])
  })

  it('rejects with the reason of its signal, even between two services', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const transport = pieces(HEADINGS + one + two + one)
    const reading = readOverview(transport, controller.signal)
    expect(await reading.next()).toMatchObject({ done: false })
    controller.abort(reason)
    await expect(reading.next()).rejects.toBe(reason)
    expect(transport.notes).toEqual(['piece 0', 'closed'])
  })

  it('opens nothing if its signal is already aborted', async () => {
    const reason = new Error('enough')
    const transport = pieces(HEADINGS)
    await expect(readOverview(transport, AbortSignal.abort(reason)).next()).rejects.toBe(reason)
    expect(transport.notes).toEqual([])
  })

  it('rejects with the error of the system without IPVS', async () => {
    const reading = readOverview(new FakeTransport(), undefined).next()
    await expect(reading).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
