import { describe, expect, it } from 'vitest'
import type { ConnectionEntry } from '../../src/index.ts'
import { waitUntil } from '../support/kernel/until.ts'
import { Client, tally } from '../support/scenarios/client.ts'
import type { Machine } from '../support/scenarios/machine.ts'
import { NAT_SITE } from '../support/scenarios/sites.ts'
import { makeTopology } from '../support/scenarios/topology.ts'

const VIP = '192.168.4.5'
const forum = { protocol: 'tcp', address: VIP, port: 80 } as const
const ADDRESSES: Readonly<Record<string, string>> = { first: '192.168.5.11', second: '192.168.5.12' }

/** The persistence templates of a director, which record clients. */
async function templates(director: Machine): Promise<ConnectionEntry[]> {
  const entries: ConnectionEntry[] = []
  for await (const entry of director.ipvs.connections()) if (entry.template) entries.push(entry)
  return entries
}

describe('scenario 5: a forum whose sessions live on one real server', () => {
  it('keeps a client on its real server by wlc with persistence, and moves it when that is drained', async () => {
    const { surfer, director, first, second } = await makeTopology(NAT_SITE)
    for (const realServer of [first, second]) {
      await realServer.serveWeb(80)
      await realServer.asRealServer({ forwarding: 'nat', director: '192.168.5.10' })
    }
    await director.asDirector({ vips: [{ address: `${VIP}/24`, interface: 'eth0' }], forwarding: ['nat'] })
    await director.ipvs.addService({ ...forum, scheduler: 'wlc', persistence: { timeout: 3600 } })
    for (const address of Object.values(ADDRESSES)) {
      await director.ipvs.addDestination(forum, { address, forwarding: 'nat' })
    }
    const client = await Client.start(surfer)
    const visit = async (from: string, times: number) =>
      tally(await client.servers(`http://${VIP}/`, { from, times }))

    const [home = ''] = await client.servers(`http://${VIP}/`, { from: '192.168.4.100' })
    const other = home === 'first' ? 'second' : 'first'
    expect(await visit('192.168.4.100', 8)).toEqual({ [home]: 8 })
    // The least-connection scheduler sends another client to the idle server.
    expect(await visit('192.168.4.101', 4)).toEqual({ [other]: 4 })

    // As in ipvsadm -Lnc: a line without a client port.
    const memory = (await templates(director)).filter(({ client }) => client.address === '192.168.4.100')
    expect(memory).toMatchObject([
      {
        protocol: 'tcp',
        client: { address: '192.168.4.100', port: 0 },
        virtual: { address: VIP, port: 80 },
        destination: { address: ADDRESSES[home], port: 80 },
      },
    ])
    const { destinations } = await director.ipvs.service(forum)
    expect(destinations.map(({ persistentConnections }) => persistentConnections)).toEqual([1, 1])

    // The server is drained: as long as the kernel honours the templates of real servers with weight 0, its clients stay.
    const drained = ADDRESSES[home]!
    await director.ipvs.updateDestination(forum, { address: drained, weight: 0 })
    expect(await visit('192.168.4.100', 3)).toEqual({ [home]: 3 })
    await director.host.sysctls.set('net.ipv4.vs.expire_quiescent_template', 1)
    expect(await visit('192.168.4.100', 3)).toEqual({ [other]: 3 })

    const moved = (await templates(director)).filter(({ client }) => client.address === '192.168.4.100')
    expect(moved.map(({ destination }) => destination.address)).toContain(ADDRESSES[other])
    const { statistics } = await waitUntil(
      () => director.ipvs.service(forum),
      (service) => service.statistics.connections === 19,
    )
    expect(statistics.connections).toBe(19)
  })
})
