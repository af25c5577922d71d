/**
 * Builds a web cluster with direct routing and sends requests through it: a director, two real servers and a client, each
 * in a network namespace of its own, joined by a bridge.
 *
 * ```text
 *   client 192.168.79.10 ──┐
 *   director        .101 ──┤ bridge     VIP 192.168.79.110: on the director's eth0,
 *   real server     .102 ──┤            and hidden on lo of the real servers
 *   real server     .103 ──┘
 * ```
 *
 * Needs root and a kernel with IPVS; `npm run demo` provides both.
 */

import { Ipvs } from '@lvs/netlink'
import { Hosts } from './hosts.ts'
import { connectionTable, ruleTable, statisticsTable } from './tables.ts'

const VIP = '192.168.79.110'
const REAL_SERVERS = ['192.168.79.102', '192.168.79.103'] as const
const web = { protocol: 'tcp', address: VIP, port: 80 } as const

await using hosts = new Hosts()

step('four hosts on one network: client, director, two real servers')
const client = await hosts.add('client', '192.168.79.10/24')
const director = await hosts.add('director', '192.168.79.101/24')
const realServers = await Promise.all(
  REAL_SERVERS.map((address, index) => hosts.add(`real-server-${index + 1}`, `${address}/24`)),
)

step(`real servers: ${VIP} on lo, hidden by arp_ignore 1 and arp_announce 2, and a web server each`)
for (const host of realServers) {
  await host.sysctl('net.ipv4.conf.all.arp_ignore', '1')
  await host.sysctl('net.ipv4.conf.all.arp_announce', '2')
  await host.run('ip', 'address', 'add', `${VIP}/32`, 'dev', 'lo')
  await host.serve(host.name)
}

step(`director: ${VIP} on eth0`)
await director.run('ip', 'address', 'add', `${VIP}/32`, 'dev', 'eth0')

await using ipvs = await Ipvs.open({ netns: director.netns })
const { version } = await ipvs.info()
step(
  `director: IPVS ${version}; virtual service tcp://${VIP}:80, scheduler rr, two destinations with direct routing`,
)
await ipvs.addService({ ...web, scheduler: 'rr' })
for (const address of REAL_SERVERS) await ipvs.addDestination(web, { address, forwarding: 'dr' })

step('client: eight requests')
const answers = await client.fetch(`http://${VIP}/`, 8)
console.log(`    ${answers.join(' ')}`)
const alternating = answers.every((answer, index) => index === 0 || answer !== answers[index - 1])
expect(alternating, 'the answers alternate between the real servers')

step('director: scheduler wrr, weights 2 and 1')
await ipvs.updateService(web, { scheduler: 'wrr' })
await ipvs.updateDestination(web, { address: REAL_SERVERS[0], weight: 2 })

step('client: nine requests')
const weighted = await client.fetch(`http://${VIP}/`, 9)
console.log(`    ${weighted.join(' ')}`)
const shares = realServers.map(({ name }) => weighted.filter((answer) => answer === name).length)
expect(shares[0] === 6 && shares[1] === 3, 'the answers are shared 2:1')

step('the rules, as ipvsadm -Ln shows them')
const services = await ipvs.services()
console.log(ruleTable(await ipvs.info(), services))
expect(services[0]?.destinations.length === 2, 'the service is read back with both destinations')

step('the connections, as ipvsadm -Lnc shows them')
const connections = await all(ipvs.connections())
console.log(connectionTable(connections))
expect(connections.length === 17, 'every connection is listed')

step('the counters, as ipvsadm -Ln --stats shows them (the kernel samples them every two seconds)')
const counted = await ipvs.services().then(async function sampled(read): Promise<typeof read> {
  if (read[0]?.statistics.connections === 17) return read
  await new Promise((resolve) => setTimeout(resolve, 200))
  return sampled(await ipvs.services())
})
console.log(statisticsTable(await ipvs.info(), counted))
const total = counted[0]?.destinations.reduce((sum, { statistics }) => sum + statistics.connections, 0)
expect(total === 17, 'the destinations add up to the service')
expect(counted[0]?.statistics.outgoingPackets === 0, 'no reply passed through the director: direct routing')

step('done: built, balanced and read back')

function step(description: string): void {
  console.log(`==> ${description}`)
}

function expect(holds: boolean, claim: string): void {
  if (!holds) throw new Error(`expected: ${claim}`)
  console.log(`    ok: ${claim}`)
}

async function all<T>(entries: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const entry of entries) list.push(entry)
  return list
}
