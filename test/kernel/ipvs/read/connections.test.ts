/** Compares the connections that the library reads with those that ipvsadm shows. */

import { describe, expect, it } from 'vitest'
import { type ConnectionEntry, formatEndpoint, type Ipvs } from '../../../../src/index.ts'
import { LISTINGS } from '../../../support/kernel/ipvs/ipvsadm-rules.ts'
import type { Namespace } from '../../../support/kernel/namespace.ts'
import { DNS, makeBusyHost, SIP, WEB } from '../../../support/kernel/traffic/busy-host.ts'
import { waitUntil } from '../../../support/kernel/until.ts'

describe('connections', () => {
  it('are listed with their endpoints, their state and their remaining time', async () => {
    const { host, client } = await makeBusyHost()
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

  it('of persistent services have templates, for a client or for data that its engine reads from packets', async () => {
    const { host, client } = await makeBusyHost()
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
    for (let count = 0; count < 3; count++) await client.connect('198.51.100.1', '192.0.2.10', 80)
    expect(await host.ipvs.destinations(WEB)).toMatchObject([
      { activeConnections: 3, inactiveConnections: 0 },
    ])
    await expectTheSameInIpvsadm(host)

    await client.disconnect()
    const ended = await waitUntil(
      () => host.ipvs.destinations(WEB),
      ([destination]) => destination?.inactiveConnections === 3,
    )
    expect(ended).toMatchObject([{ activeConnections: 0, inactiveConnections: 3 }])
    await expectTheSameInIpvsadm(host)
  })

  it('are iterated one by one, and the iteration can be ended or aborted', async () => {
    const { host, client } = await makeBusyHost()
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

async function connections(ipvs: Ipvs): Promise<ConnectionEntry[]> {
  const entries: ConnectionEntry[] = []
  for await (const entry of ipvs.connections()) entries.push(entry)
  return entries
}

/** The connections of `ipvsadm -L -n -c` without times, and their counts in its other listings. */
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
