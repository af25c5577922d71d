import { describe, expect, it } from 'vitest'
import { waitUntil } from '../support/kernel/until.ts'
import { Client, tally } from '../support/scenarios/client.ts'
import { drSite } from '../support/scenarios/sites.ts'
import { makeTopology } from '../support/scenarios/topology.ts'

const VIP = '192.168.79.110'
const shop = { fwmark: 7, family: 'ipv4' } as const

describe('scenario 7: a shop on ports 80 and 443 under one firewall mark', () => {
  it('sends a client to the same real server for both', async () => {
    const { surfer, director, first, second } = await makeTopology(drSite('192.168.79'))
    for (const realServer of [first, second]) {
      await realServer.serveWeb(80, 443, 8443)
      await realServer.asRealServer({ vips: [VIP], forwarding: 'dr' })
    }
    await director.asDirector({ vips: [{ address: `${VIP}/24`, interface: 'eth0' }], forwarding: ['dr'] })
    // The packet filter decides which packets belong to the service, before IPVS sees them.
    const both = `-t mangle -A PREROUTING -d ${VIP} -p tcp -m multiport --dports 80,443 -j MARK --set-mark 7`
    // Some kernels have only one of the two packet filters behind iptables.
    await director.run('sh', '-c', `iptables ${both} 2>/dev/null || iptables-legacy ${both}`)
    await director.ipvs.addService({ ...shop, scheduler: 'rr', persistence: { timeout: 600 } })
    for (const address of ['192.168.79.102', '192.168.79.103']) {
      await director.ipvs.addDestination(shop, { address, forwarding: 'dr' })
    }

    const client = await Client.start(surfer)
    const homes: (string | undefined)[] = []
    for (const from of ['192.168.79.98', '192.168.79.99', '192.168.79.100']) {
      const shown = await client.servers(`http://${VIP}/`, { from, times: 2 })
      const paid = await client.servers(`https://${VIP}/`, { from, times: 2 })
      expect(Object.keys(tally([...shown, ...paid]))).toHaveLength(1)
      homes.push(shown[0])
    }
    expect(homes.slice(0, 2).sort()).toEqual(['first', 'second'])
    expect(homes[2]).toBe(homes[0])

    // Unmarked packets do not belong to the service: they reach the director itself, where no program listens.
    expect(await client.servers(`http://${VIP}:8443/`)).toEqual(['ECONNREFUSED'])

    const { statistics, destinations } = await waitUntil(
      () => director.ipvs.service(shop),
      (service) => service.statistics.connections === 12,
    )
    expect(statistics.connections).toBe(12)
    expect(destinations.map(({ persistentConnections }) => persistentConnections).sort()).toEqual([1, 2])
  })
})
