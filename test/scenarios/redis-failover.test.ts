import { describe, expect, it } from 'vitest'
import { waitUntil } from '../support/kernel/until.ts'
import { Client, tally } from '../support/scenarios/client.ts'
import type { Machine } from '../support/scenarios/machine.ts'
import { makeTopology } from '../support/scenarios/topology.ts'

const VIP = '192.168.79.110'
const redis = { protocol: 'tcp', address: VIP, port: 6379 } as const
const ADDRESSES = { left: '192.168.79.101', right: '192.168.79.102' } as const
const destinations = Object.values(ADDRESSES).map((address) => ({ address, forwarding: 'dr' }) as const)

/** The destinations of a node while it is active: both nodes, including itself. */
const node = {
  vips: [VIP],
  interface: 'eth0',
  services: [{ ...redis, scheduler: 'rr', destinations }],
} as const

/** Starts a Redis server that knows the name of its machine. */
async function startRedis(machine: Machine): Promise<void> {
  // Debian also ships the server's program in redis-tools, which starts no service. The name of the program decides its
  // function.
  const words = '--port 6379 --bind 0.0.0.0 --protected-mode no --save "" --appendonly no'
  await machine.startServer(6379, 'bash', '-c', `exec -a redis-server redis-check-rdb ${words}`)
  await machine.run('redis-cli', 'set', 'name', machine.name)
}

describe('scenario 6: Redis on two nodes, each real server and possible director', () => {
  it('fails over without a loop, and the doctor names the loop of a backup that keeps its rules', async () => {
    const { application, left, right } = await makeTopology({
      application: { networks: { lan: '192.168.79.10/24' } },
      left: { networks: { lan: `${ADDRESSES.left}/24` } },
      right: { networks: { lan: `${ADDRESSES.right}/24` } },
    })
    await startRedis(left)
    await startRedis(right)
    const client = await Client.start(application)
    const ask = async (times: number) => tally(await client.redis(VIP, 6379, 'name', times))
    const leftNode = left.asClusterNode(node)
    const rightNode = right.asClusterNode(node)

    await rightNode.demote()
    await leftNode.promote()
    expect(await ask(6)).toEqual({ left: 3, right: 3 })
    expect(await application.neighbour(VIP)).toBe(await left.linkAddress())
    expect(await right.ipvs.services()).toEqual([])

    await leftNode.demote()
    await rightNode.promote()
    // The application has received the announcement: its neighbour cache was not flushed.
    expect(await application.neighbour(VIP)).toBe(await right.linkAddress())
    expect(await ask(6)).toEqual({ left: 3, right: 3 })
    expect(await left.ipvs.services()).toEqual([])
    // Every packet was forwarded at most once: the backup accepted the packets that it received.
    const { statistics: own } = await waitUntil(
      () => right.ipvs.service(redis),
      (service) => service.statistics.connections === 6,
    )
    expect(own.connections).toBe(6)
    expect(own.incomingPackets).toBeLessThan(6 * 12)

    // A backup that keeps its rules.
    const [{ destinations, ...service }] = node.services
    await left.ipvs.addService(service)
    for (const destination of destinations) await left.ipvs.addDestination(redis, destination)
    // Of eight connections four reach the backup. It sends two of them back and receives them again: the first packet moves
    // back and forth until its time to live is used up, and the application gets an error.
    expect(await ask(8)).toEqual({ left: 2, right: 4, EHOSTUNREACH: 2 })
    const { statistics } = await waitUntil(
      () => left.ipvs.service(redis),
      (service) => service.statistics.incomingPackets > 2 * 30,
    )
    expect(statistics.connections).toBe(4)
    expect(statistics.incomingPackets).toBeGreaterThan(2 * 30)

    const asked = { role: 'both', vips: [VIP], peers: [await right.host.facts()] } as const
    const findings = await left.host.doctor(asked)
    expect(findings).toMatchObject([
      { id: 'backup-forwards', severity: 'error', subject: `tcp://${VIP}:6379` },
    ])
    expect(findings[0]?.message).toContain(`return packets to the director ${ADDRESSES.right}`)
    for (const { fix } of findings) await fix.run!()
    expect(await left.host.doctor(asked)).toEqual([])
    expect(await ask(6)).toEqual({ left: 3, right: 3 })
  })
})
