import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RoleHost } from '../../../../src/host/facts/host-access.ts'
import { ClusterNode } from '../../../../src/host/role/cluster-node.ts'
import { Director } from '../../../../src/host/role/director.ts'
import { RealServer } from '../../../../src/host/role/real-server.ts'
import type { RoleItemStatus, RoleStatus } from '../../../../src/host/role/role-item.ts'
import type { DaemonInput } from '../../../../src/ipvs/model/daemon.ts'
import {
  type CrashPoint,
  type InitialState,
  ProcessKilled,
  SimulatedHost,
} from '../../../support/host/simulated-host.ts'
import { StateFolder } from '../../../support/host/state-folder.ts'

const VIP = '192.168.79.110'
const VIP6 = '2001:db8::10'
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

type MakeRole = (host: RoleHost, stateFile: string) => RealServer | Director | ClusterNode

const ROLES: Readonly<Record<string, MakeRole>> = {
  'a real server by direct routing': (host, stateFile) =>
    new RealServer(host, { forwarding: 'dr', vips: [VIP, VIP6], stateFile }),
  'a real server with a tunnel': (host, stateFile) =>
    new RealServer(host, { forwarding: 'tun', vips: [VIP], tunnel: { family: 'ipv6' }, stateFile }),
  'a director for NAT': (host, stateFile) =>
    new Director(host, {
      vips: [
        { address: `${VIP}/24`, interface: 'eth0' },
        { address: VIP6, interface: 'eth0' },
      ],
      forwarding: ['nat', 'dr'],
      stateFile,
    }),
  'a node of a cluster': (host, stateFile) =>
    new ClusterNode(host, {
      vips: [`${VIP}/24`],
      interface: 'eth0',
      services: [REDIS],
      sync: { interface: 'eth0', syncId: 7 },
      stateFile,
    }),
}

/** An initial state with synchronisation daemons. */
type CrashState = InitialState & { readonly daemons?: readonly DaemonInput[] }

/** Initial states: sysctls with any value, the addresses and rules that the roles change, the loopback interface down. */
const value = fc.constantFrom('0', '1', '2', '3', '8')
const initialStates: fc.Arbitrary<CrashState> = fc.record({
  sysctls: fc.dictionary(
    fc.constantFrom(
      ...['all', 'default', 'eth0', 'eth0/100']
        .flatMap((owner) =>
          ['arp_ignore', 'arp_announce', 'send_redirects', 'forwarding', 'accept_redirects'].map(
            (setting) => `net.ipv4.conf.${owner}.${setting}`,
          ),
        )
        .filter((name) => name !== 'net.ipv4.conf.all.forwarding'), // the same sysctl as ip_forward
      'net.ipv4.ip_forward',
      'net.ipv6.conf.all.forwarding',
      'net.ipv6.conf.eth0.forwarding',
      'net.ipv4.vs.expire_nodest_conn',
    ),
    value,
    { maxKeys: 8 },
  ),
  interfaces: fc.constant(['eth0', 'eth0.100']),
  addresses: fc.subarray([
    { address: `${VIP}/32`, interface: 'lo' },
    { address: `${VIP}/24`, interface: 'eth0' },
    { address: `${VIP6}/128`, interface: 'lo', nodad: true },
    { address: '192.168.79.102/24', interface: 'eth0' },
  ]),
  services: fc.subarray([REDIS]),
  daemons: fc.subarray([{ role: 'master', interface: 'eth0' } as const]),
  loopback: fc.constantFrom('up', 'down'),
})

/** A new host, and a host on which nearly every setting differs. */
const INITIAL_STATES: readonly CrashState[] = [
  {},
  {
    sysctls: {
      'net.ipv4.conf.all.arp_ignore': '3',
      'net.ipv4.conf.all.rp_filter': '1',
      'net.ipv4.conf.eth0.arp_announce': '8',
      'net.ipv4.conf.eth1.forwarding': '1',
      'net.ipv4.conf.all.accept_redirects': '0',
      'net.ipv6.conf.eth1.forwarding': '2',
    },
    interfaces: ['eth0', 'eth1'],
    addresses: [{ address: `${VIP}/24`, interface: 'eth0', label: 'eth0:7' }],
    services: [REDIS],
    daemons: [{ role: 'master', interface: 'eth1', syncId: 3 }],
    loopback: 'down',
  },
]

const crashPoints = fc.record({ at: fc.nat({ max: 30 }), when: fc.constantFrom('before', 'after') })

describe.each(Object.entries(ROLES))('%s', { timeout: 60_000 }, (_, make) => {
  const steps = (host: RoleHost, stateFile: string) => {
    const role = make(host, stateFile)
    const up = () => role.up()
    if (!(role instanceof ClusterNode)) return [up]
    return [up, () => role.promote(), () => role.demote(), () => role.promote()]
  }

  it('undoes all of its changes', async () => {
    await fc.assert(
      fc.asyncProperty(initialStates, async (initial) => {
        using folder = new StateFolder()
        const host = await createHost(initial)
        const before = host.dump()
        for (const call of steps(host, folder.path)) expect(wrong(await call())).toEqual([])
        expect(await make(host.reopen(), folder.path).down()).toMatchObject({ ok: true })
        expect(host.dump()).toEqual(before)
        expect(folder.isEmpty).toBe(true)
      }),
      { numRuns: 20 },
    )
  })

  it.each(['before', 'after'] as const)(
    'is undone by another process, if the first was killed %s any change',
    async (when) => {
      for (const initial of INITIAL_STATES) {
        for (let at = 0, killed = true; killed; at++) {
          using folder = new StateFolder()
          const host = await createHost(initial)
          const before = host.dump()
          const victim = host.reopen(crashing({ at, when }, folder))
          killed = await runUntilCrash(folder, steps(victim, folder.path))
          await make(host.reopen(), folder.path).down()
          expect(host.dump()).toEqual(before)
          expect(folder.isEmpty).toBe(true)
        }
      }
    },
  )

  it.each(['before', 'after'] as const)(
    'is undone by another process, if the one that undid it was killed %s any change',
    async (when) => {
      for (const initial of INITIAL_STATES) {
        for (let at = 0, killed = true; killed; at++) {
          using folder = new StateFolder()
          const host = await createHost(initial)
          const before = host.dump()
          for (const call of steps(host, folder.path)) await call()
          const victim = make(host.reopen(crashing({ at, when }, folder)), folder.path)
          killed = await runUntilCrash(folder, [() => victim.down()])
          await make(host.reopen(), folder.path).down()
          expect(host.dump()).toEqual(before)
        }
      }
    },
  )

  it('is applied by another process if the first was killed at any change on any host, and then undone', async () => {
    await fc.assert(
      fc.asyncProperty(initialStates, crashPoints, crashPoints, async (initial, first, second) => {
        using folder = new StateFolder()
        const host = await createHost(initial)
        const before = host.dump()
        await runUntilCrash(folder, steps(host.reopen(crashing(first, folder)), folder.path))
        await runUntilCrash(folder, steps(host.reopen(crashing(second, folder)), folder.path))
        expect(wrong(await make(host.reopen(), folder.path).up())).toEqual([])
        await make(host.reopen(), folder.path).down()
        expect(host.dump()).toEqual(before)
      }),
      { numRuns: 25 },
    )
  })
})

async function createHost({ daemons = [], ...initial }: CrashState): Promise<SimulatedHost> {
  const host = SimulatedHost.create(initial)
  const ipvs = await host.ipvs()
  for (const daemon of daemons) await ipvs.startDaemon(daemon)
  return host
}

/** The items that are not ok. Addresses that another process made visible do not count. */
function wrong({ items }: RoleStatus): RoleItemStatus[] {
  return items.filter(({ name, ok }) => !ok && !name.startsWith('visible '))
}

function crashing(crashPoint: CrashPoint, folder: StateFolder): CrashPoint {
  return { ...crashPoint, onCrash: () => folder.keep() }
}

/** Makes calls, one after another. Returns whether the process was killed in one of them. */
async function runUntilCrash(
  folder: StateFolder,
  calls: readonly (() => Promise<unknown>)[],
): Promise<boolean> {
  for (const call of calls) {
    try {
      await call()
    } catch (error) {
      if (!(error instanceof ProcessKilled)) throw error
      folder.restore()
      return true
    }
  }
  return false
}
