/**
 * What the guide page says about ARP, and what the doctor believes about it, against what a kernel does: a client asks a host
 * for the VIP, and listens whom the host says it is.
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

/** The rows of the table whose first heading this is. */
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

/** The levels that a row is about: `0, the default`, `4, 5, 6, 7`. */
function levelsOf(cell: string): number[] {
  return (cell.match(/-?\d+/g) ?? []).map(Number)
}

async function makeNetwork(): Promise<{ client: Machine; server: Machine }> {
  const machines = await makeTopology({
    client: { networks: { lan: `${CLIENT}/24` } },
    server: { networks: { lan: '192.168.79.102/24' } },
  })
  const { client, server } = machines
  // One question, a short wait: nobody here is far away.
  await client.host.sysctls.setText('net.ipv4.neigh.eth0.mcast_solicit', '1')
  await client.host.sysctls.setText('net.ipv4.neigh.eth0.retrans_time_ms', '200')
  // From here answers go out in the name of the VIP, as those of a server behind it.
  await server.host.network.addAddress({ address: `${FAR_VIP}/32`, interface: 'lo' })
  return machines
}

/** Whether somebody answers when the client asks for the VIP. */
async function isAnswered(client: Machine): Promise<boolean> {
  await client.forgetNeighbours()
  await client.run('bash', '-c', `echo >/dev/udp/${VIP}/9`)
  const look = async () => (await client.host.network.neighbours()).find(({ address }) => address === VIP)
  const found = await waitUntil(
    look,
    (neighbour) => neighbour !== undefined && neighbour.state !== 'incomplete',
  )
  return found?.linkAddress !== undefined
}

/** Whether the client, asked for its own address by a server that answers as `vip`, hears that the server is `vip`. */
async function isNamed(client: Machine, server: Machine, vip: string): Promise<boolean> {
  await client.forgetNeighbours()
  await server.forgetNeighbours()
  const route = { destination: `${CLIENT}/32`, interface: 'eth0', source: vip }
  await server.host.network.addRoute(route)
  await server.run('bash', '-c', `echo >/dev/udp/${CLIENT}/9`)
  await server.host.network.removeRoute(route)
  // The question names one address or the other, and the client knows that then.
  const names = [vip, '192.168.79.102']
  const look = async () =>
    (await client.host.network.neighbours()).filter(
      ({ address, linkAddress }) => names.includes(address) && linkAddress !== undefined,
    )
  const heard = await waitUntil(look, (neighbours) => neighbours.length > 0)
  return heard.some(({ address }) => address === vip)
}

describe('a host with the VIP, asked for it on eth0', () => {
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
    const seen: unknown[] = []
    const believed: unknown[] = []
    for (const { level } of rows) {
      // With -1 the larger of the two would be the 0 of all.
      for (const owner of ['all', 'eth0'])
        await sysctls.setText(`net.ipv4.conf.${owner}.arp_ignore`, String(level))
      seen.push({ level, said: (await isAnswered(client)) ? 'answered' : 'silent' })
      const view = new HostView(await readFacts(server.host), {})
      const eth0 = view.link('eth0')!
      believed.push({ level, said: view.answers(VIP, eth0) ? 'answered' : 'silent' })
    }
    expect(seen).toEqual(rows)
    expect(believed).toEqual(rows)
  })
})

describe('a host that answers as the VIP', () => {
  it('names itself as the page says when it asks for the client', async () => {
    const { client, server } = await makeNetwork()
    const { sysctls, network } = server.host
    await network.addAddress({ address: `${VIP}/32`, interface: 'lo' })
    // The client may ask for the VIP too, to say that nothing listens there, and is to learn nothing from that.
    await sysctls.set('net.ipv4.conf.all.arp_ignore', 1)
    const rows = rowsUnder('`arp_announce`').flatMap((row) =>
      levelsOf(row[0]!).map((level) => ({ level, near: row[2]!, far: row[3]! })),
    )
    expect(rows.map(({ level }) => level)).toEqual([0, 1, 2, -1, 3])
    const words = (named: boolean) => (named ? 'named' : 'not named')
    const seen: unknown[] = []
    for (const { level } of rows) {
      for (const owner of ['all', 'eth0'])
        await sysctls.setText(`net.ipv4.conf.${owner}.arp_announce`, String(level))
      const near = words(await isNamed(client, server, VIP))
      seen.push({ level, near, far: words(await isNamed(client, server, FAR_VIP)) })
    }
    expect(seen).toEqual(rows)
  })
})

describe('all and the interface', () => {
  it('go together as the page says', async () => {
    const { server } = await makeNetwork()
    const { sysctls } = server.host
    const rows = rowsUnder('`all`').map((row) => row.map(Number))
    expect(rows.length).toBeGreaterThan(5)
    const seen: number[][] = []
    for (const [all, own] of rows as [number, number, number][]) {
      await sysctls.setText('net.ipv4.conf.all.arp_ignore', String(all))
      await sysctls.setText('net.ipv4.conf.eth0.arp_ignore', String(own))
      seen.push([all, own, await sysctls.effective('arp_ignore', 'eth0')])
    }
    expect(seen).toEqual(rows)
  })
})
