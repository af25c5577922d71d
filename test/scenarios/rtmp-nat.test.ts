import { describe, expect, it } from 'vitest'
import { waitUntil } from '../support/kernel/until.ts'
import { Client, type Stream } from '../support/scenarios/client.ts'
import { publishedStreams, startStreamingServer } from '../support/scenarios/streaming-server.ts'
import { makeTopology } from '../support/scenarios/topology.ts'

const VIP = '203.0.113.1'
const ingest = { protocol: 'tcp', address: VIP, port: 1935 } as const

describe('scenario 4: live streams pushed over RTMP', () => {
  it('keeps every stream of one source together under sh, and spreads the sources', async () => {
    const sources = Array.from({ length: 12 }, (_, index) => `203.0.113.${101 + index}`)
    const addresses = ['192.168.5.11', '192.168.5.12', '192.168.5.13']
    const { studio, director, ...nodes } = await makeTopology({
      studio: { networks: { outside: sources.map((source) => `${source}/24`) } },
      director: { networks: { outside: `203.0.113.2/24`, inside: '192.168.5.10/24' } },
      first: { networks: { inside: `${addresses[0]}/24` }, gateways: ['192.168.5.10'] },
      second: { networks: { inside: `${addresses[1]}/24` }, gateways: ['192.168.5.10'] },
      third: { networks: { inside: `${addresses[2]}/24` }, gateways: ['192.168.5.10'] },
    })
    const realServers = Object.values(nodes)
    for (const realServer of realServers) {
      await startStreamingServer(realServer)
      await realServer.asRealServer({ forwarding: 'nat', director: '192.168.5.10' })
    }
    await director.asDirector({ vips: [{ address: `${VIP}/24`, interface: 'eth0' }], forwarding: ['nat'] })
    await director.ipvs.addService({ ...ingest, scheduler: 'sh' })
    for (const address of addresses)
      await director.ipvs.addDestination(ingest, { address, forwarding: 'nat' })

    const publisher = await Client.start(studio)
    const streams = sources.flatMap((from) =>
      ['camera', 'slides', 'sound'].map((what): Stream => {
        return { from, to: VIP, port: 1935, app: 'live', name: `${what}-of-${from}` }
      }),
    )
    expect(await publisher.publish(streams)).toEqual([])

    // According to the servers: the streams that they accept, and their sources.
    const homes = new Map<string, Set<string>>()
    let taken = 0
    for (const realServer of realServers) {
      const published = await publishedStreams(realServer)
      expect(published.length, `${realServer.name} takes some`).toBeGreaterThan(0)
      for (const { name, source } of published) {
        expect(name).toMatch(new RegExp(`-of-${source}$`))
        homes.set(source, (homes.get(source) ?? new Set()).add(realServer.name))
        taken++
      }
    }
    expect(taken).toBe(streams.length)
    expect([...homes.keys()].sort()).toEqual(sources)
    expect([...homes.values()].map(({ size }) => size)).toEqual(sources.map(() => 1))

    // According to the director: the connected clients, and the counters.
    const { destinations } = await director.ipvs.service(ingest)
    expect(destinations.reduce((sum, { activeConnections }) => sum + activeConnections, 0)).toBe(
      streams.length,
    )
    await publisher.hangUp()
    const { statistics } = await waitUntil(
      () => director.ipvs.service(ingest),
      (service) => service.statistics.connections === streams.length,
    )
    expect(statistics.connections).toBe(streams.length)
    expect(statistics.outgoingBytes).toBeGreaterThan(3000 * streams.length)
  })
})
