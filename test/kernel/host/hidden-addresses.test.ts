/** Mistakes with hidden addresses that guides on the web advise: the roles and the doctor judge them by what the kernel does. */

import { describe, expect, it } from 'vitest'
import { doctor } from '../../../src/host/doctor/doctor.ts'
import type { RoleStatus } from '../../../src/host/role/role-item.ts'
import { VIP } from '../../support/kernel/host/doctor-clusters.ts'
import type { Machine } from '../../support/scenarios/machine.ts'
import { makeTopology } from '../../support/scenarios/topology.ts'

const OPTIONS = { forwarding: 'dr', vips: [VIP] } as const

/** A real server and a client in the network of the virtual address. */
async function makeNetwork(): Promise<{ server: Machine; client: Machine }> {
  return await makeTopology({
    server: { networks: { lan: '192.168.79.102/24' } },
    client: { networks: { lan: '192.168.79.100/24' } },
  })
}

/** Whether a host answers a connection from the client: it refuses it, because nothing listens. */
async function isReachable(client: Machine, address: string): Promise<boolean> {
  await client.forgetNeighbours()
  const connect = `timeout 2 bash -c 'exec 3<>/dev/tcp/${address}/9' 2>&1 | grep refused || true`
  return (await client.run('bash', '-c', connect)) !== ''
}

function notOk({ items }: RoleStatus): string[] {
  return items.filter(({ ok }) => !ok).map(({ name }) => name)
}

describe('a virtual address on lo with the prefix of its network', () => {
  it('is reported by status() and removed by up(), so that the network gets replies, and is restored by down()', async () => {
    const { server, client } = await makeNetwork()
    const role = server.host.realServer({ ...OPTIONS, stateFile: server.stateFile })
    await server.run('ip', 'address', 'add', `${VIP}/24`, 'dev', 'lo', 'label', 'lo:1')
    const before = await server.run('ip', 'address', 'show', 'lo')
    expect(await isReachable(client, '192.168.79.102')).toBe(false)
    expect(notOk(await role.status())).toContain(`whole-network ${VIP}`)
    expect(notOk(await role.up())).toEqual([])
    expect(await isReachable(client, '192.168.79.102')).toBe(true)
    expect((await role.down()).ok).toBe(true)
    expect(await server.run('ip', 'address', 'show', 'lo')).toBe(before)
  })

  it('is fixed by the doctor beside the same address with /32', async () => {
    const { server, client } = await makeNetwork()
    const role = await server.asRealServer(OPTIONS)
    await server.run('ip', 'address', 'add', `${VIP}/24`, 'dev', 'lo')
    expect(notOk(await role.status())).toEqual([`whole-network ${VIP}`])
    const [finding, ...others] = await doctor(server.host)
    expect([finding?.id, ...others]).toEqual(['vip-prefix'])
    await finding!.fix.run!()
    expect(await doctor(server.host)).toEqual([])
    expect(notOk(await role.status())).toEqual([])
    expect(await isReachable(client, '192.168.79.102')).toBe(true)
  })

  it('is removed from a director and from a node of a cluster, too', async () => {
    const { server, client } = await makeNetwork()
    await server.run('ip', 'address', 'add', `${VIP}/24`, 'dev', 'lo')
    const director = await server.asDirector({
      vips: [{ address: `${VIP}/24`, interface: 'eth0' }],
      forwarding: ['dr'],
    })
    expect(await isReachable(client, '192.168.79.102')).toBe(true)
    await director.down()
    const node = server.asClusterNode({ vips: [`${VIP}/24`], interface: 'eth0', services: [] })
    expect((await node.demote()).ok).toBe(true)
    expect(await isReachable(client, '192.168.79.102')).toBe(true)
    await node.down()
    expect(await server.run('ip', 'address', 'show', 'lo')).toContain(`${VIP}/24`)
  })

  it('is refused as an option of a director, with an interface without ARP', async () => {
    const { server } = await makeNetwork()
    for (const name of ['lo', 'dummy0']) {
      if (name !== 'lo') await server.run('ip', 'link', 'add', name, 'type', 'dummy')
      const role = server.host.director({
        vips: [{ address: `${VIP}/24`, interface: name }],
        forwarding: ['dr'],
        stateFile: server.stateFile,
      })
      await expect(role.up()).rejects.toThrow(`on ${name}, ${VIP} must have /32`)
      expect(await server.run('ip', 'address')).not.toContain(VIP)
    }
  })
})

describe('the status of a real server', () => {
  // The values of arp_ignore of lo, all and eth0, as guides write them.
  it.each([
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [0, 2, 1],
    [0, 3, 1],
    [0, 0, 3],
    [0, 4, 8],
    [0, 8, 0],
    [1, 0, 4],
  ])(
    'with arp_ignore %i of lo, %i of all and %i of eth0 is ok if the kernel answers no ARP',
    async (...values) => {
      const { server, client } = await makeNetwork()
      const names = ['lo', 'all', 'eth0']
      for (const [index, name] of names.entries()) {
        await server.host.sysctls.setText(`net.ipv4.conf.${name}.arp_ignore`, String(values[index]))
      }
      await server.host.sysctls.set('net.ipv4.conf.all.arp_announce', 2)
      await server.run('ip', 'address', 'add', `${VIP}/32`, 'dev', 'lo')
      const answers = await isReachable(client, VIP)
      const { ok } = await server.host.realServer({ ...OPTIONS, stateFile: server.stateFile }).status()
      expect(ok).toBe(!answers)
      expect((await doctor(server.host)).map(({ id }) => id)).toEqual(answers ? ['arp-ignore'] : [])
    },
  )

  it('is not ok if ARP is suppressed on another interface than that of the clients', async () => {
    const { server, client } = await makeNetwork()
    await server.run('ip', 'link', 'add', 'eth1', 'type', 'veth', 'peer', 'name', 'eth2')
    const status = await server.host
      .realServer({ ...OPTIONS, interfaces: ['eth1'], stateFile: server.stateFile })
      .up()
    expect(await isReachable(client, VIP)).toBe(true)
    expect(notOk(status)).toEqual(['arp_ignore in effect on eth0', 'arp_announce in effect on eth0'])
  })

  it('does not exist for lo, which cannot suppress ARP', async () => {
    const { server } = await makeNetwork()
    expect(() => server.host.realServer({ ...OPTIONS, interfaces: ['lo'] })).toThrow(RangeError)
    await server.run('ip', 'link', 'add', 'dummy0', 'type', 'dummy')
    const role = server.host.realServer({ ...OPTIONS, interfaces: ['dummy0'], stateFile: server.stateFile })
    await expect(role.up()).rejects.toThrow(/an interface with ARP \(.*eth0\)/)
  })
})
