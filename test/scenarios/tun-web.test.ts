import { describe, expect, it } from 'vitest'
import type { Family, Tunnel } from '../../src/index.ts'
import { waitUntil } from '../support/kernel/until.ts'
import { Client, tally } from '../support/scenarios/client.ts'
import type { Machine } from '../support/scenarios/machine.ts'
import { TUN_SITE } from '../support/scenarios/sites.ts'
import { makeTopology } from '../support/scenarios/topology.ts'

const ipip = { type: 'ipip' } as const
const gre = { type: 'gre' } as const
const gue = { type: 'gue', port: 6080 } as const

describe('scenario 3: a web site over TUN, its real servers in another network', () => {
  // Each encapsulation leaves less room than the previous one, because a client remembers the path MTU that it has learned.
  it('transports IPv4 in IPv4, by ipip, gre and gue', async () => {
    const site = await makeSite({ inner: 'ipv4', outer: 'ipv4' })
    await expectServed(site, ipip, { room: 1480 })
    await expectServed(site, gre, { room: 1476 })
    await expectServed(site, gue, { room: 1468 })
  })

  it('transports IPv4 in IPv6, by ipip, gre and gue', async () => {
    const site = await makeSite({ inner: 'ipv4', outer: 'ipv6' })
    await expectServed(site, ipip, { room: 1460 })
    await expectServed(site, gre, { room: 1456 })
    await expectServed(site, gue, { room: 1448 })
  })

  it('transports IPv6 in IPv4', async () => {
    await expectServed(await makeSite({ inner: 'ipv6', outer: 'ipv4' }), ipip, { room: 1480 })
  })

  it('transports IPv6 in IPv6', async () => {
    await expectServed(await makeSite({ inner: 'ipv6', outer: 'ipv6' }), ipip, { room: 1460 })
  })
})

interface Site {
  readonly surfer: Machine
  readonly director: Machine
  readonly realServers: readonly Machine[]
  readonly client: Client
  readonly inner: Family
  readonly outer: Family
}

/** By family: the VIP, the length of its network's prefix, and the client's own address. */
const INNER = {
  ipv4: { vip: '192.0.2.50', prefixLength: 24, from: '198.51.100.10' },
  ipv6: { vip: '2001:db8:2::50', prefixLength: 64, from: '2001:db8:1::10' },
} as const
const OUTER = {
  ipv4: { first: '203.0.113.11', second: '203.0.113.12' },
  ipv6: { first: '2001:db8:3::11', second: '2001:db8:3::12' },
} as const

/** The site with its servers and a director that has the VIP. */
async function makeSite({ inner, outer }: { inner: Family; outer: Family }): Promise<Site> {
  const { surfer, director, first, second } = await makeTopology(TUN_SITE)
  const realServers = [first, second]
  for (const realServer of realServers) await realServer.serveWeb(80)
  const { vip, prefixLength } = INNER[inner]
  await director.asDirector({
    vips: [{ address: `${vip}/${prefixLength}`, interface: 'eth0' }],
    forwarding: ['tun'],
  })
  return { surfer, director, realServers, client: await Client.start(surfer), inner, outer }
}

/** Serves the VIP through tunnels of a kind for a while. `room` is the part of 1500 bytes that is left for the inner packet. */
async function expectServed(site: Site, tunnel: Tunnel, { room }: { room: number }): Promise<void> {
  const { surfer, director, realServers, client, inner, outer } = site
  const { vip, from } = INNER[inner]
  const roles = []
  for (const realServer of realServers) {
    const end = { type: tunnel.type === 'gre' ? 'gre' : 'ipip', family: outer } as const
    roles.push(await realServer.asRealServer({ vips: [vip], forwarding: 'tun', tunnel: end }))
    if (tunnel === gue) await receiveGue(realServer, outer)
  }
  const web = { protocol: 'tcp', address: vip, port: 80 } as const
  await director.ipvs.addService({ ...web, scheduler: 'wrr' })
  const { first, second } = OUTER[outer]
  await director.ipvs.addDestination(web, { address: first, forwarding: 'tun', tunnel, weight: 2 })
  await director.ipvs.addDestination(web, { address: second, forwarding: 'tun', tunnel })

  const url = inner === 'ipv6' ? `http://[${vip}]/` : `http://${vip}/`
  const answers = await client.fetch(url, { times: 9 })
  expect(tally(answers.map(({ server, error }) => server ?? error))).toEqual({ first: 6, second: 3 })
  expect(new Set(answers.map((answer) => answer.client))).toEqual(new Set([from]))

  // Full packets do not fit the tunnel: the director reports this, and the client sends smaller ones.
  expect(await client.fetch(url, { bytes: 100_000 })).toMatchObject([{ bytes: 100_000 }])
  expect(await surfer.host.network.routeTo(vip)).toMatchObject({ mtu: room })

  const { statistics } = await waitUntil(
    () => director.ipvs.service(web),
    (service) => service.statistics.connections === 10 && service.statistics.incomingBytes > 100_000,
  )
  expect(statistics.connections).toBe(10)
  expect(statistics.incomingBytes).toBeGreaterThan(100_000)
  // No answers return this way. The only outgoing packets are the director's own messages about sizes.
  expect(statistics.outgoingPackets).toBeLessThan(10)

  await director.ipvs.removeService(web)
  for (const role of roles) await role.down()
}

/**
 * GUE is decapsulated in two steps: a port of the kernel module fou removes the UDP header, and the rest is handled as with
 * ipip.
 */
async function receiveGue(realServer: Machine, outer: Family): Promise<void> {
  const family = outer === 'ipv6' ? ['-6'] : []
  await realServer.run('ip', 'fou', 'add', 'port', String(gue.port), 'gue', ...family)
}
