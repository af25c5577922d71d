import { describe, expect, it, onTestFinished } from 'vitest'
import { ClusterNode, type ClusterNodeOptions } from '../../../../src/host/role/cluster-node.ts'
import { type InitialState, ProcessKilled, SimulatedHost } from '../../../support/host/simulated-host.ts'
import { StateFolder } from '../../../support/host/state-folder.ts'

const VIP = '192.168.79.110'
const REDIS = {
  protocol: 'tcp',
  address: VIP,
  port: 6379,
  scheduler: 'rr',
  destinations: [
    { address: '192.168.79.102', forwarding: 'dr' },
    { address: '192.168.79.103', forwarding: 'dr' },
  ],
} as const
const OPTIONS = { vips: [`${VIP}/24`], interface: 'eth0', services: [REDIS] } as const

function nodeOf(options: Partial<ClusterNodeOptions> = {}, initial?: InitialState) {
  const folder = new StateFolder()
  onTestFinished(() => folder[Symbol.dispose]())
  const host = SimulatedHost.create(initial)
  const stateFile = folder.path
  const node = new ClusterNode(host, { ...OPTIONS, ...options, stateFile })
  const again = (crashPoint?: Parameters<SimulatedHost['reopen']>[0]) => {
    const reopened = host.reopen(crashPoint)
    return { host: reopened, node: new ClusterNode(reopened, { ...OPTIONS, ...options, stateFile }) }
  }
  return { host, node, again, folder }
}

describe('a node of a cluster', () => {
  it('is a backup at first: hidden address, suppressed ARP, no rules', async () => {
    const { host, node } = nodeOf()
    expect(await node.up()).toMatchObject({ ok: true, active: false })
    expect(host.addresses).toEqual([`${VIP}/32 on lo`])
    expect(host.sysctl('net.ipv4.conf.all.arp_ignore')).toBe('1')
    expect(host.services).toEqual([])
    expect(host.announced).toEqual([])
  })

  it('that is active has the address on the interface and the rules, and announces the address', async () => {
    const { host, node } = nodeOf()
    await node.up()
    expect(await node.promote()).toMatchObject({ ok: true, active: true })
    expect(host.addresses).toEqual([`${VIP}/24 on eth0`])
    expect(host.services).toEqual([`tcp://${VIP}:6379`])
    expect(host.announced).toEqual([`${VIP} on eth0`])
    expect(await host.network.routes()).toEqual([])
  })

  it('is a backup again after demote()', async () => {
    const { host, node } = nodeOf()
    await node.up()
    const backup = host.dump()
    await node.promote()
    expect(await node.demote()).toMatchObject({ ok: true, active: false })
    expect(host.dump()).toEqual(backup)
  })

  it('can be promoted without up(), and undone from there', async () => {
    const { host, node } = nodeOf()
    const before = host.dump()
    await node.promote()
    expect(await node.down()).toMatchObject({ ok: true, active: false })
    expect(host.dump()).toEqual(before)
  })

  it('has rules only while the address is on the interface, at any moment', async () => {
    const { again } = nodeOf()
    for (const call of ['promote', 'demote', 'promote', 'down'] as const) {
      for (let at = 0; ; at++) {
        const { host, node } = again({ at, when: 'after' })
        const killed = await node[call]().then(() => false, isKilled)
        if (host.services.length > 0) expect(host.addresses).toContain(`${VIP}/24 on eth0`)
        if (!killed) break
      }
    }
  })

  it('has the address at every moment of a failover, so that local connections survive', async () => {
    const { node, again, host } = nodeOf()
    await node.up()
    for (const call of ['promote', 'demote'] as const) {
      for (let at = 0; ; at++) {
        const { node } = again({ at, when: 'after' })
        const killed = await node[call]().then(() => false, isKilled)
        expect(host.addresses).not.toEqual([])
        if (!killed) break
      }
    }
  })

  it('keeps its state when the program is restarted', async () => {
    const { node, again } = nodeOf()
    await node.promote()
    expect(await again().node.up()).toMatchObject({ ok: true, active: true })
    expect(await again().node.status()).toMatchObject({ ok: true, active: true })
    await again().node.demote()
    expect(await again().node.up()).toMatchObject({ ok: true, active: false })
  })

  it('is a backup if the program was killed during promote()', async () => {
    const { node, again, folder } = nodeOf()
    await node.up()
    const crashing = again({ at: 1, when: 'after', onCrash: () => folder.keep() })
    await expect(crashing.node.promote()).rejects.toThrow(ProcessKilled)
    folder.restore()
    const { host, node: next } = again()
    expect(await next.up()).toMatchObject({ ok: true, active: false })
    expect(host.addresses).toEqual([`${VIP}/32 on lo`])
    expect(host.services).toEqual([])
  })

  it('keeps its state if promote() fails', async () => {
    const { host, node } = nodeOf({ services: [REDIS, REDIS] })
    await node.up()
    const backup = host.dump()
    await expect(node.promote()).rejects.toThrow('EEXIST')
    expect(host.dump()).toEqual(backup)
    expect(await node.status()).toMatchObject({ active: false })
  })

  it('has no rules after demote(), even if every other step fails', async () => {
    const { host, node } = nodeOf()
    await node.promote()
    await host.network.ensureNoLink('eth0')
    await expect(node.demote()).rejects.toThrow('interface must be one of lo, not "eth0"')
    expect(host.services).toEqual([])
  })

  it('removes, as a backup, the rules of other programs too, and down() restores them', async () => {
    const { host, node } = nodeOf(
      {},
      { services: [REDIS], addresses: [{ address: `${VIP}/24`, interface: 'eth0' }] },
    )
    const before = host.dump()
    await node.up()
    expect(host.services).toEqual([])
    expect(host.addresses).toEqual([`${VIP}/32 on lo`])
    await node.down()
    expect(host.dump()).toEqual(before)
  })

  it('ignores weights and additional destinations', async () => {
    const { host, node } = nodeOf()
    await node.promote()
    const ipvs = await host.ipvs()
    const service = `tcp://${VIP}:6379`
    await ipvs.batch([
      {
        command: 'updateDestination',
        service,
        destination: { address: '192.168.79.102', forwarding: 'dr', weight: 0 },
      },
      { command: 'addDestination', service, destination: { address: '192.168.79.104', forwarding: 'dr' } },
    ])
    const { changes } = host
    expect(await node.up()).toMatchObject({ ok: true })
    expect(host.changes).toBe(changes)
  })

  it('restores lost rules', async () => {
    const { host, node } = nodeOf()
    await node.promote()
    await (await host.ipvs()).removeService(`tcp://${VIP}:6379`)
    expect(await node.status()).toMatchObject({ ok: false })
    expect(await node.up()).toMatchObject({ ok: true, active: true })
  })

  it('runs the master daemon while active, and the backup daemon as a backup', async () => {
    const { host, node } = nodeOf({ sync: { interface: 'eth0', syncId: 7 } })
    await node.up()
    expect(host.daemons).toEqual(['backup'])
    expect(host.sysctl('net.ipv4.vs.backup_only')).toBe('1')
    await node.promote()
    expect(host.daemons).toEqual(['master'])
    await node.demote()
    expect(host.daemons).toEqual(['backup'])
    await node.down()
    expect(host.daemons).toEqual([])
  })

  it.each([
    [
      { services: [{ ...REDIS, address: '192.168.79.111' }] },
      /services\[0\]\.address must be one of the virtual/,
    ],
    [{ services: [{ ...REDIS, destinations: undefined }] }, /services\[0\]\.destinations must be an array/],
    [{ services: REDIS }, /services must be an array/],
    [{ interface: 'eth0/1' }, /interface must be the name/],
  ])('rejects %o', (options, message) => {
    expect(() => nodeOf(options as unknown as ClusterNodeOptions)).toThrow(message)
  })
})

function isKilled(error: unknown): boolean {
  if (error instanceof ProcessKilled) return true
  throw error
}
