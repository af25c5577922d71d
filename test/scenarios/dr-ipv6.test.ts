import { describe, expect, it } from 'vitest'
import { waitUntil } from '../support/kernel/until.ts'
import { Client, tally } from '../support/scenarios/client.ts'
import { askForLinkAddress, everyLinkAddress } from '../support/scenarios/neighbours.ts'
import { makeTopology } from '../support/scenarios/topology.ts'

const VIP = '2001:db8:5::50'
const web = { protocol: 'tcp', address: VIP, port: 80 } as const

describe('scenario 8: a web site over DR with IPv6', () => {
  it('shares requests as configured, and only the director is found by neighbour discovery', async () => {
    const { surfer, director, first, second } = await makeTopology({
      surfer: { networks: { lan: '2001:db8:5::100/64' } },
      first: { networks: { lan: '2001:db8:5::102/64' } },
      second: { networks: { lan: '2001:db8:5::103/64' } },
      // The host that was connected last receives a solicitation first; of several neighbour advertisements the last one
      // counts.
      director: { networks: { lan: '2001:db8:5::101/64' } },
    })
    for (const realServer of [first, second]) {
      await realServer.serveWeb(80)
      await realServer.asRealServer({ vips: [VIP], forwarding: 'dr' })
    }
    await director.asDirector({ vips: [{ address: `${VIP}/64`, interface: 'eth0' }], forwarding: ['dr'] })
    await director.ipvs.addService({ ...web, scheduler: 'wrr' })
    await director.ipvs.addDestination(web, { address: '2001:db8:5::102', forwarding: 'dr', weight: 2 })
    await director.ipvs.addDestination(web, { address: '2001:db8:5::103', forwarding: 'dr' })

    const client = await Client.start(surfer)
    const answers = await client.fetch(`http://[${VIP}]/`, { times: 9 })
    expect(tally(answers.map(({ server, error }) => server ?? error))).toEqual({ first: 6, second: 3 })
    expect(new Set(answers.map((answer) => answer.client))).toEqual(new Set(['2001:db8:5::100']))

    const { statistics, destinations } = await waitUntil(
      () => director.ipvs.service(web),
      (service) => service.statistics.connections === 9,
    )
    const counted = destinations.map(({ address, statistics }) => [address, statistics.connections])
    expect(Object.fromEntries(counted)).toEqual({ '2001:db8:5::102': 6, '2001:db8:5::103': 3 })
    expect(statistics.outgoingPackets).toBe(0)

    // A host answers neighbour solicitations for the addresses of the interface on which they arrive, and lo is a different
    // interface.
    const directorOnly = new Set([await director.linkAddress()])
    expect(await everyLinkAddress(surfer, client, VIP)).toEqual(directorOnly)

    // So a VIP on the interface of a real server is enough to lose it. The doctor finds this problem.
    await first.host.network.addAddress({ address: `${VIP}/64`, interface: 'eth0', nodad: true })
    const thief = await first.linkAddress()
    expect(
      await waitUntil(
        () => askForLinkAddress(surfer, client, VIP),
        (answer) => answer === thief,
      ),
    ).toBe(thief)
    expect(tally(await client.servers(`http://[${VIP}]/`, { times: 6 }))).toEqual({ first: 6 })
    const asked = { role: 'real-server', vips: [VIP], forwarding: 'dr' } as const
    const findings = await first.host.doctor(asked)
    expect(findings).toMatchObject([{ id: 'vip-on-interface', severity: 'error', subject: `${VIP} on eth0` }])
    await findings[0]!.fix.run!()
    expect(await first.host.doctor(asked)).toEqual([])
    expect(await everyLinkAddress(surfer, client, VIP)).toEqual(directorOnly)
  })
})
