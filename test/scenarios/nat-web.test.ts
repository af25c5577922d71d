import { describe, expect, it } from 'vitest'
import { waitUntil } from '../support/kernel/until.ts'
import { Client, tally } from '../support/scenarios/client.ts'
import { NAT_SITE } from '../support/scenarios/sites.ts'
import { makeTopology } from '../support/scenarios/topology.ts'

const VIP = '192.168.4.5'
const web = { protocol: 'tcp', address: VIP, port: 80 } as const

describe('scenario 1: a web site over NAT', () => {
  it('alternates between real servers, and a change of weight shows in the split', async () => {
    const { surfer, director, first, second } = await makeTopology(NAT_SITE)
    await first.serveWeb(80)
    await second.serveWeb(8080)
    for (const realServer of [first, second]) {
      await realServer.asRealServer({ forwarding: 'nat', director: '192.168.5.10' })
    }
    await director.asDirector({ vips: [{ address: `${VIP}/24`, interface: 'eth0' }], forwarding: ['nat'] })
    await director.ipvs.addService({ ...web, scheduler: 'wrr' })
    await director.ipvs.addDestination(web, { address: '192.168.5.11', forwarding: 'nat' })
    // Only NAT can reach a port other than the one that the client connected to.
    await director.ipvs.addDestination(web, { address: '192.168.5.12', port: 8080, forwarding: 'nat' })

    const client = await Client.start(surfer)
    const answers = await client.fetch(`http://${VIP}/`, { times: 10 })
    const servers = answers.map(({ server }) => server)
    expect(tally(servers)).toEqual({ first: 5, second: 5 })
    expect(servers.every((server, index) => index === 0 || server !== servers[index - 1])).toBe(true)
    // Only the destination is translated; a real server sees the address of the client.
    expect(new Set(answers.map((answer) => answer.client))).toEqual(new Set(['192.168.4.100']))

    await director.ipvs.updateDestination(web, { address: '192.168.5.11', weight: 3 })
    expect(tally(await client.servers(`http://${VIP}/`, { times: 12 }))).toEqual({ first: 9, second: 3 })

    const { statistics, destinations } = await waitUntil(
      () => director.ipvs.service(web),
      (service) => service.statistics.connections === 22,
    )
    expect(statistics.connections).toBe(22)
    const counted = destinations.map(({ address, statistics }) => [address, statistics.connections])
    expect(Object.fromEntries(counted)).toEqual({ '192.168.5.11': 14, '192.168.5.12': 8 })
    // Answers pass through the director, which counts them.
    expect(statistics.outgoingPackets).toBeGreaterThan(22)
  })
})
