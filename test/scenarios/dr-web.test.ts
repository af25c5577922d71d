import { describe, expect, it } from 'vitest'
import type { Scheduler } from '../../src/index.ts'
import { waitUntil } from '../support/kernel/until.ts'
import { Client, tally } from '../support/scenarios/client.ts'
import type { Machine } from '../support/scenarios/machine.ts'
import { askForLinkAddress, everyLinkAddress } from '../support/scenarios/neighbours.ts'
import { drSite } from '../support/scenarios/sites.ts'
import { makeTopology } from '../support/scenarios/topology.ts'

/** A cluster on one network with hosts and servers, not yet configured for LVS. */
async function makeCluster(prefix: string) {
  const machines = await makeTopology(drSite(prefix))
  await Promise.all([machines.first.serveWeb(80), machines.second.serveWeb(80)])
  return { ...machines, client: await Client.start(machines.surfer) }
}

describe('scenario 2: a web site over DR', () => {
  it('shares requests to 192.168.5.50 by rr', async () => {
    await expectSplit('192.168.5', '192.168.5.50', 'rr', { weight: 1, split: { first: 6, second: 6 } })
  })

  it('shares requests to 192.168.79.110 by wrr 2:1', async () => {
    await expectSplit('192.168.79', '192.168.79.110', 'wrr', { weight: 2, split: { first: 8, second: 4 } })
  })

  it('bypasses the director when ARP is not suppressed, and the doctor names the real server', async () => {
    const vip = '192.168.79.110'
    const { surfer, client, director, first, second } = await makeCluster('192.168.79')
    await director.asDirector({ vips: [{ address: `${vip}/24`, interface: 'eth0' }], forwarding: ['dr'] })
    const web = { protocol: 'tcp', address: vip, port: 80 } as const
    await director.ipvs.addService({ ...web, scheduler: 'rr' })
    for (const address of ['192.168.79.102', '192.168.79.103']) {
      await director.ipvs.addDestination(web, { address, forwarding: 'dr' })
    }
    // All steps of the usual how-tos except arp_ignore and arp_announce.
    for (const { host } of [first, second])
      await host.network.addAddress({ address: `${vip}/32`, interface: 'lo' })

    const realServers = [await first.linkAddress(), await second.linkAddress()]
    const wrongServer = await waitUntil(
      () => askForLinkAddress(surfer, client, vip),
      (linkAddress) => realServers.includes(linkAddress),
    )
    expect(realServers).toContain(wrongServer)

    // The real server with the VIP answers every request, and the director receives none.
    const connectionsBefore = await connectionsOf(director)
    const answering = wrongServer === realServers[0] ? 'first' : 'second'
    expect(tally(await client.servers(`http://${vip}/`, { times: 6 }))).toEqual({ [answering]: 6 })
    expect(await connectionsOf(director)).toBe(connectionsBefore)

    // The doctor finds the problem, and its fix corrects it.
    const asked = { role: 'real-server', vips: [vip], forwarding: 'dr' } as const
    for (const { host } of [first, second]) {
      const findings = await host.doctor(asked)
      expect(findings).toMatchObject([
        { id: 'arp-ignore', severity: 'error', subject: 'eth0' },
        { id: 'arp-announce', severity: 'error', subject: 'eth0' },
      ])
      expect(findings[0]?.message).toContain(`answers ARP for ${vip} instead of the director`)
      for (const { fix } of findings) await fix.run!()
      expect(await host.doctor(asked)).toEqual([])
    }
    expect(await everyLinkAddress(surfer, client, vip)).toEqual(new Set([await director.linkAddress()]))
  })
})

/** The number of connections that a director counts. */
async function connectionsOf({ ipvs }: Machine): Promise<number> {
  let count = 0
  for await (const _ of ipvs.connections()) count++
  return count
}

/** Sets up a cluster with a weight for the first real server. Returns the servers that answer twelve requests. */
async function expectSplit(
  prefix: string,
  vip: string,
  scheduler: Scheduler,
  { weight, split }: { weight: number; split: { first: number; second: number } },
): Promise<void> {
  const { surfer, client, director, first, second } = await makeCluster(prefix)
  for (const realServer of [first, second]) await realServer.asRealServer({ vips: [vip], forwarding: 'dr' })
  await director.asDirector({ vips: [{ address: `${vip}/24`, interface: 'eth0' }], forwarding: ['dr'] })
  const web = { protocol: 'tcp', address: vip, port: 80 } as const
  await director.ipvs.addService({ ...web, scheduler })
  await director.ipvs.addDestination(web, { address: `${prefix}.102`, forwarding: 'dr', weight })
  await director.ipvs.addDestination(web, { address: `${prefix}.103`, forwarding: 'dr' })

  const answers = await client.fetch(`http://${vip}/`, { times: 12 })
  expect(tally(answers.map(({ server }) => server))).toEqual(split)
  expect(new Set(answers.map((answer) => answer.client))).toEqual(new Set([`${prefix}.100`]))

  const { statistics, destinations } = await waitUntil(
    () => director.ipvs.service(web),
    (service) => service.statistics.connections === 12,
  )
  const counted = destinations.map(({ address, statistics }) => [address, statistics.connections])
  expect(Object.fromEntries(counted)).toEqual({
    [`${prefix}.102`]: split.first,
    [`${prefix}.103`]: split.second,
  })
  // Answers go straight from the real servers to the client.
  expect(statistics.outgoingPackets).toBe(0)

  expect(await everyLinkAddress(surfer, client, vip)).toEqual(new Set([await director.linkAddress()]))
}
