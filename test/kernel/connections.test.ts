/** What the kernel tells about real connections, against what ipvsadm shows of them. */

import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import {
  type ConnectionEntry,
  formatEndpoint,
  formatService,
  type Ipvs,
  parseService,
  type Service,
  type Statistics,
} from '../../src/index.ts'
import { LISTINGS, listedName } from './ipvsadm-rules.ts'
import { NO_COUNTS } from './matrix.ts'
import type { Namespace } from './namespace.ts'
import { makeBusyHost } from './traffic.ts'
import { until } from './until.ts'

const WEB = 'tcp://192.0.2.10:80'
const WEB6 = 'tcp://[2001:db8::10]:80'
const DNS = 'udp://192.0.2.10:53'
const SIP = 'udp://192.0.2.10:5060'

describe('connections', () => {
  it('are listed with their ends, their state and the time they have', async () => {
    const { host, client } = await makeBusyHost()
    await addServices(host.ipvs)
    const port = await client.connect('198.51.100.1', '192.0.2.10', 80)
    const port6 = await client.connect('2001:db8:1::1', '2001:db8::10', 80)
    await client.send('198.51.100.2', '192.0.2.10', 53)

    const entries = await connections(host.ipvs)

    expect(entries).toHaveLength(3)
    for (const { expires } of entries) expect(expires).toSatisfy((seconds) => seconds > 0 && seconds <= 900)
    expect(entries).toContainEqual({
      protocol: 'tcp',
      client: { address: '198.51.100.1', port },
      virtual: { address: '192.0.2.10', port: 80 },
      destination: { address: '192.0.2.20', port: 8080 },
      state: 'ESTABLISHED',
      expires: expect.any(Number),
      template: false,
      persistenceEngine: undefined,
      persistenceData: undefined,
    })
    expect(entries).toContainEqual(
      expect.objectContaining({
        client: { address: '2001:db8:1::1', port: port6 },
        virtual: { address: '2001:db8::10', port: 80 },
        destination: { address: '2001:db8::20', port: 8080 },
      }),
    )
    expect(entries).toContainEqual(
      expect.objectContaining({
        protocol: 'udp',
        state: 'UDP',
        virtual: { address: '192.0.2.10', port: 53 },
      }),
    )
    await expectTheSameInIpvsadm(host)
  })

  it('of persistent services have templates: the memory of a client, or of what it said', async () => {
    const { host, client } = await makeBusyHost()
    await addServices(host.ipvs)
    await host.ipvs.updateService(DNS, { persistence: { timeout: 100, mask: 24 } })
    await host.ipvs.updateService(SIP, { persistence: { timeout: 200 }, persistenceEngine: 'sip' })
    await client.send('198.51.100.1', '192.0.2.10', 53)
    await client.send('198.51.100.2', '192.0.2.10', 53)
    await client.send('198.51.101.1', '192.0.2.10', 53)
    await client.send('198.51.100.1', '192.0.2.10', 5060, 'INVITE sip:a SIP/2.0\r\nCall-ID: 1@host\r\n\r\n')

    const templates = (await connections(host.ipvs)).filter(({ template }) => template)

    expect(templates.map(({ client, virtual }) => [client, virtual.port])).toEqual(
      expect.arrayContaining([
        [{ address: '198.51.100.0', port: 0 }, 53],
        [{ address: '198.51.101.0', port: 0 }, 53],
        [{ address: '198.51.100.1', port: 0 }, 5060],
      ]),
    )
    expect(templates).toHaveLength(3)
    expect(templates.find(({ virtual }) => virtual.port === 5060)).toMatchObject({
      persistenceEngine: 'sip',
      persistenceData: '1@host',
    })
    const [{ persistentConnections } = { persistentConnections: 0 }] = await host.ipvs.destinations(DNS)
    expect(persistentConnections).toBe(2)
    await expectTheSameInIpvsadm(host)
  })

  it('count as active while they are in use and as inactive when they end', async () => {
    const { host, client } = await makeBusyHost()
    await addServices(host.ipvs)
    for (let count = 0; count < 3; count++) await client.connect('198.51.100.1', '192.0.2.10', 80)
    expect(await host.ipvs.destinations(WEB)).toMatchObject([
      { activeConnections: 3, inactiveConnections: 0 },
    ])
    await expectTheSameInIpvsadm(host)

    await client.hangUp()
    const ended = await until(
      () => host.ipvs.destinations(WEB),
      ([destination]) => destination?.inactiveConnections === 3,
    )
    expect(ended).toMatchObject([{ activeConnections: 0, inactiveConnections: 3 }])
    await expectTheSameInIpvsadm(host)
  })

  it('are walked one by one, and the walk can be left or given up', async () => {
    const { host, client } = await makeBusyHost()
    await addServices(host.ipvs)
    for (let count = 0; count < 3; count++) await client.connect('198.51.100.1', '192.0.2.10', 80)

    for await (const entry of host.ipvs.connections()) {
      expect(entry.protocol).toBe('tcp')
      break
    }
    const given = new AbortController()
    const walk = host.ipvs.connections({ signal: given.signal })[Symbol.asyncIterator]()
    expect((await walk.next()).done).toBe(false)
    given.abort()
    await expect(walk.next()).rejects.toBe(given.signal.reason)
  })
})

describe('counters', () => {
  it('of services, destinations and all together are those of ipvsadm, and can be set to zero', async () => {
    const { host, client } = await makeBusyHost()
    const { ipvs } = host
    await addServices(ipvs)
    await client.send('198.51.100.1', '192.0.2.10', 53, 'x'.repeat(100))
    await client.send('198.51.100.2', '192.0.2.10', 53, 'x'.repeat(200))
    await client.send('198.51.100.1', '192.0.2.10', 5060, 'x'.repeat(300))

    // The kernel samples each of them by itself, every two seconds.
    const expected: Record<string, number[]> = {
      [WEB]: echoed(0, 0),
      [WEB6]: echoed(0, 0),
      [DNS]: echoed(2, 300),
      [SIP]: echoed(1, 300),
    }
    const counted = await until(
      async () => countsByName(await ipvs.services()),
      (counts) =>
        Object.keys(expected).every((name) => isDeepStrictEqual(counts[name], twice(expected[name]!))),
    )
    for (const name of Object.keys(expected)) expect(counted[name]).toEqual(twice(expected[name]!))
    const totals = await until(
      () => ipvs.totals(),
      ({ connections }) => connections === 3,
    )
    expect(countsOf(totals)).toEqual(echoed(3, 600))
    const rows = (await ipvs.services()).flatMap(statisticsRows)
    expect((await host.listed('--stats', '--exact')).sort()).toEqual(rows.sort())

    await ipvs.zero(DNS)
    const zeroed = { statistics: NO_COUNTS, destinations: [{ statistics: NO_COUNTS }] }
    expect(await ipvs.service(DNS)).toMatchObject(zeroed)
    expect(countsByName(await ipvs.services())[SIP]).toEqual(twice(echoed(1, 300)))
    expect(countsOf(await ipvs.totals())).toEqual(echoed(3, 600))
    await ipvs.zero()
    expect(await ipvs.service(SIP)).toMatchObject(zeroed)
    expect(await ipvs.totals()).toEqual(NO_COUNTS)
    expect(await ipvs.destinations(DNS)).toMatchObject([{ inactiveConnections: 2 }])
  })

  it('have rates that rise with traffic', async () => {
    const { host, client } = await makeBusyHost()
    await addServices(host.ipvs)
    for (let count = 0; count < 40; count++) {
      await client.send('198.51.100.1', '192.0.2.10', 53, 'x'.repeat(1000))
    }
    const service = await until(
      () => host.ipvs.service(DNS),
      ({ statistics }) => everyRateIsPositive(statistics),
    )
    expect(service.statistics).toSatisfy(everyRateIsPositive)
    expect(await until(() => host.ipvs.totals(), everyRateIsPositive)).toSatisfy(everyRateIsPositive)
  })
})

function everyRateIsPositive(statistics: Statistics): boolean {
  return Object.entries(statistics).every(([name, value]) => !name.endsWith('PerSecond') || value > 0)
}

async function addServices(ipvs: Ipvs): Promise<void> {
  for (const service of [WEB, WEB6, DNS, SIP]) {
    const key = parseService(service)
    await ipvs.addService({ ...key, scheduler: 'rr' })
    const address = service === WEB6 ? '2001:db8::20' : '192.0.2.20'
    await ipvs.addDestination(service, {
      address,
      port: key.protocol === 'tcp' ? 8080 : 5353,
      forwarding: 'nat',
    })
  }
}

async function connections(ipvs: Ipvs): Promise<ConnectionEntry[]> {
  const entries: ConnectionEntry[] = []
  for await (const entry of ipvs.connections()) entries.push(entry)
  return entries
}

/** The same connections in `ipvsadm -L -n -c`, times apart, and the same counts of them in its other listings. */
async function expectTheSameInIpvsadm(host: Namespace): Promise<void> {
  const rows = (await connections(host.ipvs)).map((entry) => {
    const ends = [entry.client, entry.virtual, entry.destination].map(({ address, port }) =>
      formatEndpoint(address, port),
    )
    const data = entry.persistenceEngine === undefined ? [] : [entry.persistenceEngine, entry.persistenceData]
    return [entry.protocol.toUpperCase(), entry.state, ...ends, ...data].join(' ')
  })
  const listed = (await host.listed('--connection', '--persistent-conn')).map((row) =>
    row.replace(/ \d\d:\d\d/, ''),
  )
  expect(listed.sort()).toEqual(rows.sort())
  const services = await host.ipvs.services()
  for (const option of ['--thresholds', '--persistent-conn']) {
    expect((await host.listed(option)).sort()).toEqual(services.flatMap(LISTINGS[option]!).sort())
  }
}

/** The counters without the rates, which fall by themselves. */
function countsOf(statistics: Statistics): number[] {
  const { connections, incomingPackets, outgoingPackets, incomingBytes, outgoingBytes } = statistics
  return [connections, incomingPackets, outgoingPackets, incomingBytes, outgoingBytes]
}

/** What is counted when datagrams of so many bytes altogether were sent and came back, each from a port of its own. */
function echoed(datagrams: number, bytes: number): number[] {
  const whole = bytes + datagrams * (20 + 8)
  return [datagrams, datagrams, datagrams, whole, whole]
}

/** The counters of each service and its destinations. */
function countsByName(services: readonly Service[]): Record<string, number[][]> {
  const entries = services.map((service) => [
    formatService(service),
    [service, ...service.destinations].map(({ statistics }) => countsOf(statistics)),
  ])
  return Object.fromEntries(entries)
}

/** A service with a single destination counts the same twice. */
function twice<T>(counts: T): T[] {
  return [counts, counts]
}

/** The rows of `ipvsadm -L -n --stats --exact` for a service. */
function statisticsRows(service: Service): string[] {
  return [
    [listedName(service), ...countsOf(service.statistics)].join(' '),
    ...service.destinations.map(({ address, port, statistics }) =>
      ['->', formatEndpoint(address, port), ...countsOf(statistics)].join(' '),
    ),
  ]
}
