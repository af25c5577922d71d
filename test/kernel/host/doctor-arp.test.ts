/**
 * Compares the guide page about ARP, and the doctor, with the kernel: a client resolves the VIP of a host, and checks which
 * address the host announces.
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { HostView } from '../../../src/host/doctor/model/host-view.ts'
import { readFacts } from '../../../src/host/facts/facts-reader.ts'
import { VIP } from '../../support/kernel/host/doctor-clusters.ts'
import { waitUntil } from '../../support/kernel/until.ts'
import type { Machine } from '../../support/scenarios/machine.ts'
import { makeTopology } from '../../support/scenarios/topology.ts'

const CLIENT = '192.168.79.10'
const FAR_VIP = '192.0.2.110'
const page = readFileSync(join(import.meta.dirname, '../../../docs/guide/arp-problem.md'), 'utf8')

/** The rows of the table with this first heading. */
function rowsUnder(heading: string): string[][] {
  const table = page.slice(page.indexOf(`| ${heading} `)).split('\n\n')[0]!
  const rows = table.split('\n').map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  return rows.slice(2)
}

/** The values of a row: `0, the default`, `4, 5, 6, 7`. */
function levelsOf(cell: string): number[] {
  return (cell.match(/-?\d+/g) ?? []).map(Number)
}

async function makeNetwork(): Promise<{ client: Machine; server: Machine }> {
  const machines = await makeTopology({
    client: { networks: { lan: `${CLIENT}/24` } },
    server: { networks: { lan: '192.168.79.102/24' } },
  })
  const { client, server } = machines
  // One request and a short timeout, because all hosts are near.
  await client.host.sysctls.setText('net.ipv4.neigh.eth0.mcast_solicit', '1')
  await client.host.sysctls.setText('net.ipv4.neigh.eth0.retrans_time_ms', '200')
  // The source address of replies, as for a server behind the VIP.
  await server.host.network.addAddress({ address: `${FAR_VIP}/32`, interface: 'lo' })
  return machines
}

/** Whether a host answers when the client resolves the VIP. */
async function isAnswered(client: Machine): Promise<boolean> {
  await client.forgetNeighbours()
  await client.run('bash', '-c', `echo >/dev/udp/${VIP}/9`)
  const findVip = async () => (await client.host.network.neighbours()).find(({ address }) => address === VIP)
  const found = await waitUntil(
    findVip,
    (neighbour) => neighbour !== undefined && neighbour.state !== 'incomplete',
  )
  return found?.linkAddress !== undefined
}

/** Whether the server announces `vip` when it resolves the client to reply as `vip`. */
async function isAnnounced(client: Machine, server: Machine, vip: string): Promise<boolean> {
  await client.forgetNeighbours()
  await server.forgetNeighbours()
  const route = { destination: `${CLIENT}/32`, interface: 'eth0', source: vip }
  await server.host.network.addRoute(route)
  await server.run('bash', '-c', `echo >/dev/udp/${CLIENT}/9`)
  await server.host.network.removeRoute(route)
  // The request announces one of these addresses, and the client learns it.
  const names = [vip, '192.168.79.102']
  const findNames = async () =>
    (await client.host.network.neighbours()).filter(
      ({ address, linkAddress }) => names.includes(address) && linkAddress !== undefined,
    )
  const learned = await waitUntil(findNames, (neighbours) => neighbours.length > 0)
  return learned.some(({ address }) => address === vip)
}

describe('a host with the VIP, when a client resolves it on eth0', () => {
  const places = [
    { where: 'on lo', column: 2, interface: 'lo', scope: 'global' },
    { where: 'on lo with scope host', column: 3, interface: 'lo', scope: 'host' },
    { where: 'on eth0', column: 4, interface: 'eth0', scope: 'global' },
  ] as const

  it.each(places)('answers as the page says, with the VIP $where', async ({ column, scope, ...place }) => {
    const { client, server } = await makeNetwork()
    const { sysctls, network } = server.host
    await network.addAddress({ address: `${VIP}/32`, interface: place.interface, scope })
    const rows = rowsUnder('`arp_ignore`').flatMap((row) =>
      levelsOf(row[0]!).map((level) => ({ level, said: row[column]! })),
    )
    expect(rows.map(({ level }) => level)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, -1, 9])
    const observed: unknown[] = []
    const predicted: unknown[] = []
    for (const { level } of rows) {
      // With -1 on the interface alone, the 0 of all would be the larger value.
      for (const owner of ['all', 'eth0'])
        await sysctls.setText(`net.ipv4.conf.${owner}.arp_ignore`, String(level))
      observed.push({ level, said: (await isAnswered(client)) ? 'answered' : 'silent' })
      const view = new HostView(await readFacts(server.host), {})
      const eth0 = view.link('eth0')!
      predicted.push({ level, said: view.answers(VIP, eth0) ? 'answered' : 'silent' })
    }
    expect(observed).toEqual(rows)
    expect(predicted).toEqual(rows)
  })
})

describe('a host that replies as the VIP', () => {
  it('announces addresses as the page says when it resolves the client', async () => {
    const { client, server } = await makeNetwork()
    const { sysctls, network } = server.host
    await network.addAddress({ address: `${VIP}/32`, interface: 'lo' })
    // The client may also resolve the VIP, to send an ICMP error, and must not learn an address from that.
    await sysctls.set('net.ipv4.conf.all.arp_ignore', 1)
    const rows = rowsUnder('`arp_announce`').flatMap((row) =>
      levelsOf(row[0]!).map((level) => ({ level, near: row[2]!, far: row[3]! })),
    )
    expect(rows.map(({ level }) => level)).toEqual([0, 1, 2, -1, 3])
    const words = (isNamed: boolean) => (isNamed ? 'named' : 'not named')
    const observed: unknown[] = []
    for (const { level } of rows) {
      for (const owner of ['all', 'eth0'])
        await sysctls.setText(`net.ipv4.conf.${owner}.arp_announce`, String(level))
      const near = words(await isAnnounced(client, server, VIP))
      observed.push({ level, near, far: words(await isAnnounced(client, server, FAR_VIP)) })
    }
    expect(observed).toEqual(rows)
  })
})

describe('all and the interface', () => {
  it('are combined as the page says', async () => {
    const { server } = await makeNetwork()
    const { sysctls } = server.host
    const rows = rowsUnder('`all`').map((row) => row.map(Number))
    expect(rows.length).toBeGreaterThan(5)
    const observed: number[][] = []
    for (const [all, own] of rows as [number, number, number][]) {
      await sysctls.setText('net.ipv4.conf.all.arp_ignore', String(all))
      await sysctls.setText('net.ipv4.conf.eth0.arp_ignore', String(own))
      observed.push([all, own, await sysctls.effective('arp_ignore', 'eth0')])
    }
    expect(observed).toEqual(rows)
  })
})
