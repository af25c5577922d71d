/** Compares the counters of real traffic with those that ipvsadm shows. */

import { isDeepStrictEqual } from 'node:util'
import { expect, it } from 'vitest'
import { formatEndpoint, formatService, type Service, type Statistics } from '../../../../src/index.ts'
import { listedName } from '../../../support/kernel/ipvs/ipvsadm-rules.ts'
import { NO_COUNTS } from '../../../support/kernel/ipvs/setting-matrix.ts'
import { DNS, makeBusyHost, SIP, WEB, WEB6 } from '../../../support/kernel/traffic/busy-host.ts'
import { waitUntil } from '../../../support/kernel/until.ts'

it('the counters of services, of destinations and in total equal those of ipvsadm, and can be reset', async () => {
  const { host, client } = await makeBusyHost()
  const { ipvs } = host
  await client.send('198.51.100.1', '192.0.2.10', 53, 'x'.repeat(100))
  await client.send('198.51.100.2', '192.0.2.10', 53, 'x'.repeat(200))
  await client.send('198.51.100.1', '192.0.2.10', 5060, 'x'.repeat(300))

  // The kernel samples each counter separately, every two seconds.
  const expected: Record<string, number[]> = {
    [WEB]: sent(0, 0),
    [WEB6]: sent(0, 0),
    [DNS]: sent(2, 300),
    [SIP]: sent(1, 300),
  }
  const counted = await waitUntil(
    async () => countsByName(await ipvs.services()),
    (counts) =>
      Object.keys(expected).every((name) => isDeepStrictEqual(counts[name], twice(expected[name]!))),
  )
  for (const name of Object.keys(expected)) expect(counted[name]).toEqual(twice(expected[name]!))
  const totals = await waitUntil(
    () => ipvs.totals(),
    ({ connections }) => connections === 3,
  )
  expect(countsOf(totals)).toEqual(sent(3, 600))
  const rows = (await ipvs.services()).flatMap(statisticsRows)
  expect((await host.listed('--stats', '--exact')).sort()).toEqual(rows.sort())

  await ipvs.zero(DNS)
  const zeroed = { statistics: NO_COUNTS, destinations: [{ statistics: NO_COUNTS }] }
  expect(await ipvs.service(DNS)).toMatchObject(zeroed)
  expect(countsByName(await ipvs.services())[SIP]).toEqual(twice(sent(1, 300)))
  expect(countsOf(await ipvs.totals())).toEqual(sent(3, 600))
  await ipvs.zero()
  expect(await ipvs.service(SIP)).toMatchObject(zeroed)
  expect(await ipvs.totals()).toEqual(NO_COUNTS)
  expect(await ipvs.destinations(DNS)).toMatchObject([{ inactiveConnections: 2 }])
})

it('the rates rise with traffic', async () => {
  const { host, client } = await makeBusyHost()
  for (let count = 0; count < 40; count++) {
    await client.send('198.51.100.1', '192.0.2.10', 53, 'x'.repeat(1000))
  }
  const service = await waitUntil(
    () => host.ipvs.service(DNS),
    ({ statistics }) => everyRateIsPositive(statistics),
  )
  expect(service.statistics).toSatisfy(everyRateIsPositive)
  expect(await waitUntil(() => host.ipvs.totals(), everyRateIsPositive)).toSatisfy(everyRateIsPositive)
})

function everyRateIsPositive(statistics: Statistics): boolean {
  return Object.entries(statistics).every(([name, value]) => !name.endsWith('PerSecond') || value > 0)
}

/** The counters without rates, which decay on their own. */
function countsOf(statistics: Statistics): number[] {
  const { connections, incomingPackets, outgoingPackets, incomingBytes, outgoingBytes } = statistics
  return [connections, incomingPackets, outgoingPackets, incomingBytes, outgoingBytes]
}

/** The counters after `datagrams` datagrams with `bytes` bytes in total, each from its own port and answered. */
function sent(datagrams: number, bytes: number): number[] {
  const headers = 20 + 8
  const answers = 2 * datagrams
  return [datagrams, datagrams, answers, datagrams * headers + bytes, answers * (headers + 'one'.length)]
}

/** The counters of each service and its destinations. */
function countsByName(services: readonly Service[]): Record<string, number[][]> {
  const entries = services.map((service) => [
    formatService(service),
    [service, ...service.destinations].map(({ statistics }) => countsOf(statistics)),
  ])
  return Object.fromEntries(entries)
}

/** Counters that are equal for a service and its only destination. */
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
