/** Problems of the rules of one director, or of two. */

import { release } from 'node:os'
import type { FindingId } from '../../../../src/host/doctor/model/finding.ts'
import type { Machine } from '../../scenarios/machine.ts'
import { shell } from '../shell.ts'
import { type Case, factsOf, move } from './doctor-case.ts'
import { drCluster, PAIR_DESTINATIONS, pair, tunCluster, VIP, WEB } from './doctor-clusters.ts'

/** The modules of the running kernel. */
const MODULES = `/lib/modules/${release()}`
const FIRST = '192.168.79.102'
const SECOND = '192.168.79.103'

/** The rules of the active node. */
async function addRules({ ipvs }: Machine): Promise<void> {
  await ipvs.addService(WEB)
  for (const destination of PAIR_DESTINATIONS) await ipvs.addDestination(WEB, destination)
}

export const RULE_CASES = {
  'destination-port': [
    {
      title: 'a destination by dr on another port',
      cluster: drCluster,
      break: async ({ director: { ipvs } }) => {
        await ipvs.removeDestination(WEB, { address: FIRST })
        await ipvs.addDestination(WEB, { address: FIRST, port: 8080, forwarding: 'dr', weight: 3 })
      },
    },
    {
      title: 'a destination by tun on another port, beside the right one',
      cluster: tunCluster,
      break: ({ director: { ipvs } }) =>
        ipvs.addDestination(WEB, { address: '198.51.100.2', port: 8080, forwarding: 'tun' }),
    },
  ],
  'destination-gateway': [
    {
      title: 'a destination by dr behind a router',
      cluster: drCluster,
      break: async ({ director: { ipvs, host } }) => {
        await host.sysctls.set('net.ipv4.vs.pmtu_disc', 0)
        await ipvs.addDestination(WEB, { address: '203.0.113.7', forwarding: 'dr' })
      },
      restore: ({ director: { ipvs } }) => ipvs.removeDestination(WEB, { address: '203.0.113.7' }),
    },
  ],
  'destination-unanswered': [
    {
      title: 'a destination that is switched off',
      cluster: drCluster,
      break: async ({ director, second }) => {
        await second.host.network.updateLink('eth0', { up: false })
        await director.run('bash', '-c', `echo >/dev/udp/${SECOND}/9`)
      },
      restore: async ({ director, second }) => {
        await second.host.network.updateLink('eth0', { up: true })
        await second.run('ip', 'address', 'replace', '2001:db8:79::103/64', 'dev', 'eth0', 'nodad')
        await director.forgetNeighbours()
        await director.ipvs.updateDestination(WEB, { address: SECOND, weight: 1 })
      },
    },
  ],
  'no-destination': [
    {
      title: 'a service whose destinations all have weight 0',
      cluster: drCluster,
      break: async ({ director: { ipvs } }) => {
        for (const address of [FIRST, SECOND]) await ipvs.updateDestination(WEB, { address, weight: 0 })
      },
    },
    {
      title: 'a service without destinations',
      cluster: drCluster,
      break: ({ director: { ipvs } }) => ipvs.addService({ ...WEB, port: 81 }),
    },
  ],
  'backup-forwards': [
    {
      title: 'a passive node with rules, found with the facts of the active one',
      cluster: pair,
      examined: 'first',
      options: async ({ director }) => ({ peers: [await factsOf(director)] }),
      break: ({ first }) => addRules(first),
      restore: ({ first }) => first.ipvs.flush(),
    },
    {
      title: 'a passive node with rules, found without other facts',
      cluster: pair,
      examined: 'first',
      break: ({ first }) => addRules(first),
    },
    {
      title: 'a passive node with rules, found by the active one with its facts',
      cluster: pair,
      options: async ({ first }) => ({ peers: [await factsOf(first)] }),
      break: ({ first }) => addRules(first),
      restore: ({ first }) => first.ipvs.flush(),
    },
  ],
  'both-active': [
    {
      title: 'two active nodes',
      cluster: pair,
      examined: 'first',
      options: async ({ director }) => ({ peers: [await factsOf(director)] }),
      break: async ({ first }) => {
        await move(first, `${VIP}/32`, 'lo', 'eth0')
        await addRules(first)
      },
    },
  ],
  'scheduler-none': [
    {
      title: 'a service without a scheduler',
      cluster: drCluster,
      break: ({ director: { ipvs } }) => ipvs.updateService(WEB, { scheduler: 'none' }),
    },
  ],
  'scheduler-missing': [
    {
      title: 'a scheduler without a module',
      cluster: drCluster,
      labOnly: true,
      options: () => ({ services: [{ ...WEB, scheduler: 'ovf' }] }),
      break: async () => {
        await shell.run(['modprobe', '-r', 'ip_vs_ovf'])
        await shell.run(['mount', '-t', 'tmpfs', 'tmpfs', MODULES])
        await shell.run(['touch', `${MODULES}/modules.dep`])
      },
      before: () => shell.run(['umount', MODULES]),
    },
  ],
  'port-zero': [
    {
      title: 'a service for every port without persistence',
      cluster: drCluster,
      break: async ({ director: { ipvs } }) => {
        await ipvs.addService({ ...WEB, port: 0, scheduler: 'rr' })
        await ipvs.addDestination({ ...WEB, port: 0 }, { address: FIRST, forwarding: 'dr' })
      },
      restore: ({ director: { ipvs } }) => ipvs.removeService({ ...WEB, port: 0 }),
    },
  ],
  'persistence-mask': [
    {
      title: 'a persistence mask that puts all clients into one group',
      cluster: drCluster,
      break: ({ director: { ipvs } }) =>
        ipvs.updateService(WEB, { persistence: { timeout: 3600, mask: '0.0.0.0' } }),
    },
  ],
  'scheduler-fallback': [
    {
      title: 'a drained destination of a scheduler that hashes clients',
      cluster: drCluster,
      break: async ({ director: { ipvs } }) => {
        await ipvs.updateService(WEB, { scheduler: 'sh', schedulerFlags: [] })
        await ipvs.updateDestination(WEB, { address: FIRST, weight: 0 })
      },
      restore: async ({ director: { ipvs } }) => {
        await ipvs.updateService(WEB, { scheduler: 'rr', schedulerFlags: [] })
        await ipvs.updateDestination(WEB, { address: FIRST, weight: 1 })
      },
    },
  ],
  'conn-reuse-mode': [
    {
      title: 'a director that sends reused client ports to destinations of weight 0',
      cluster: drCluster,
      break: ({ director }) => director.host.sysctls.set('net.ipv4.vs.conn_reuse_mode', 0),
    },
  ],
  'expire-nodest-conn': [
    {
      title: 'a UDP service whose connections outlive their destination',
      cluster: drCluster,
      break: async ({ director: { ipvs } }) => {
        await ipvs.addService({ ...WEB, protocol: 'udp', scheduler: 'rr' })
        await ipvs.addDestination({ ...WEB, protocol: 'udp' }, { address: FIRST, forwarding: 'dr' })
      },
      restore: async ({ director: { ipvs, host } }) => {
        await ipvs.removeService({ ...WEB, protocol: 'udp' })
        await host.sysctls.set('net.ipv4.vs.expire_nodest_conn', 0)
      },
    },
  ],
  'expire-quiescent-template': [
    {
      title: 'a drained destination of a persistent service',
      cluster: drCluster,
      break: async ({ director: { ipvs } }) => {
        await ipvs.updateService(WEB, { persistence: { timeout: 3600 } })
        await ipvs.updateDestination(WEB, { address: FIRST, weight: 0 })
      },
      restore: async ({ director: { host } }) => {
        await host.sysctls.set('net.ipv4.vs.expire_quiescent_template', 0)
        await host.ipvs().then((ipvs) => ipvs.updateDestination(WEB, { address: FIRST, weight: 1 }))
      },
    },
  ],
} as const satisfies Readonly<Partial<Record<FindingId, readonly Case[]>>>
