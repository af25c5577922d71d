/** For each thing that a doctor finds: how a healthy cluster is broken so that it has that and nothing else. */

import { release } from 'node:os'
import type { FindingId } from '../../src/host/doctor/finding.ts'
import type { DoctorOptions } from '../../src/host/doctor/options.ts'
import type { HostFacts } from '../../src/host/facts.ts'
import { readFacts } from '../../src/host/facts-reader.ts'
import type { Machine } from '../scenarios/machine.ts'
import {
  type Cluster,
  drCluster,
  natCluster,
  oneArmedCluster,
  ownTunnelCluster,
  PAIR_DESTINATIONS,
  pair,
  tunCluster,
  VIP,
  VIP6,
  WEB,
} from './doctor-clusters.ts'
import { shell } from './shell.ts'

export interface Case {
  /** What is wrong, in words. */
  readonly what: string
  readonly cluster: () => Promise<Cluster>
  /** Who is examined. Default: the director. */
  readonly patient?: keyof Cluster
  /** What the doctor is told. */
  readonly options?: (cluster: Cluster) => DoctorOptions | Promise<DoctorOptions>
  readonly break: (cluster: Cluster) => Promise<unknown>
  /** What somebody has to do before the mend can help. */
  readonly before?: () => Promise<unknown>
  /** Makes the cluster what it was, where the mend has not. */
  readonly restore?: (cluster: Cluster) => Promise<unknown>
  /** Whether it leaves traces that only time wipes out. */
  readonly fresh?: boolean
  /** Only in the lab: it takes something from the whole machine. */
  readonly labOnly?: boolean
}

/** Where the modules of the running kernel are. */
const MODULES = `/lib/modules/${release()}`
const FIRST = '192.168.79.102'
const SECOND = '192.168.79.103'
const servesVip = () => ({ vips: [VIP] })

/** Facts as they come from another host. */
async function factsOf({ host }: Machine): Promise<HostFacts> {
  return JSON.parse(JSON.stringify(await readFacts(host)))
}

async function move({ host }: Machine, address: string, from: string, to: string): Promise<void> {
  await host.network.addAddress({ address, interface: to, ...(address.includes(':') ? { nodad: true } : {}) })
  await host.network.removeAddress({ address, interface: from })
}

/** What the kernel allows and the library does not. */
async function setText({ host }: Machine, name: string, text: string): Promise<void> {
  await host.sysctls.setText(`net.ipv4.conf.${name}`, text)
}

async function exchangePrefix({ host }: Machine, vip: string, prefixLength: number): Promise<void> {
  const { network } = host
  await network.removeAddress({ address: vip, interface: 'lo' })
  await network.addAddress({ address: vip, prefixLength, interface: 'lo' })
}

async function leadElsewhere({ host }: Machine, to: string): Promise<void> {
  await host.network.removeRoute({ destination: 'default', family: 'ipv4' })
  await host.network.addRoute({ destination: 'default', gateway: to })
}

/** The rules of the active node. */
async function addRules({ ipvs }: Machine): Promise<void> {
  await ipvs.addService(WEB)
  for (const destination of PAIR_DESTINATIONS) await ipvs.addDestination(WEB, destination)
}

/** As a real server is at first: its interface has nothing of its own. */
async function suppressForAll({ first: { host } }: Cluster): Promise<void> {
  const values = { arp_ignore: 1, arp_announce: 2 } as const
  for (const setting of ['arp_ignore', 'arp_announce'] as const) {
    await host.sysctls.set(`net.ipv4.conf.all.${setting}`, values[setting])
    await host.sysctls.set(`net.ipv4.conf.eth0.${setting}`, 0)
  }
}

export const CASES: Readonly<Record<FindingId, readonly Case[]>> = {
  'vip-missing': [
    {
      what: 'a director without its VIP',
      cluster: drCluster,
      break: ({ director }) => director.host.network.removeAddress({ address: VIP, interface: 'eth0' }),
    },
    {
      what: 'a director without its IPv6 VIP',
      cluster: drCluster,
      break: ({ director }) => director.host.network.removeAddress({ address: VIP6, interface: 'eth0' }),
    },
    {
      what: 'a real server without the VIP, as it is known from its own options',
      cluster: drCluster,
      patient: 'first',
      options: servesVip,
      break: ({ first }) => first.host.network.removeAddress({ address: VIP, interface: 'lo' }),
    },
    {
      what: 'a real server without the VIP, as its director sees from its facts',
      cluster: drCluster,
      options: async ({ first }) => ({ peers: [await factsOf(first)] }),
      break: ({ first }) => first.host.network.removeAddress({ address: VIP, interface: 'lo' }),
    },
  ],
  'vip-silent': [
    {
      what: 'a director whose interface answers no ARP',
      cluster: drCluster,
      break: ({ director }) => director.host.sysctls.set('net.ipv4.conf.eth0.arp_ignore', 8),
    },
    {
      what: 'a director that hides its VIP',
      cluster: drCluster,
      options: () => ({ role: 'director' }),
      break: async ({ director }) => {
        await director.host.sysctls.set('net.ipv4.conf.all.arp_ignore', 1)
        await move(director, `${VIP}/32`, 'eth0', 'lo')
      },
      restore: async ({ director }) => {
        await director.host.network.removeAddress({ address: VIP, interface: 'lo' })
      },
    },
  ],
  'vip-prefix': [
    {
      what: 'a VIP on lo with its whole network',
      cluster: drCluster,
      patient: 'first',
      break: ({ first }) => exchangePrefix(first, VIP, 24),
    },
    {
      what: 'an IPv6 VIP on lo with its whole network',
      cluster: drCluster,
      patient: 'first',
      break: ({ first }) => exchangePrefix(first, VIP6, 64),
    },
  ],
  'vip-on-interface': [
    {
      what: 'a VIP on the interface of a real server',
      cluster: drCluster,
      patient: 'first',
      options: servesVip,
      break: ({ first }) => move(first, `${VIP}/32`, 'lo', 'eth0'),
    },
    {
      what: 'an IPv6 VIP on the interface of a real server',
      cluster: drCluster,
      patient: 'first',
      options: () => ({ vips: [VIP6] }),
      break: ({ first }) => move(first, `${VIP6}/128`, 'lo', 'eth0'),
    },
  ],
  'arp-ignore': [
    {
      what: 'a real server that answers ARP for the VIP',
      cluster: drCluster,
      patient: 'first',
      break: ({ first }) => first.host.sysctls.set('net.ipv4.conf.all.arp_ignore', 0),
      restore: suppressForAll,
    },
    {
      what: 'a real server with an arp_ignore that means nothing',
      cluster: drCluster,
      patient: 'first',
      break: ({ first }) => setText(first, 'all.arp_ignore', '4'),
      restore: suppressForAll,
    },
    {
      what: 'a real server that answers ARP for the VIP, as its director sees from its facts',
      cluster: drCluster,
      options: async ({ first }) => ({ peers: [await factsOf(first)] }),
      break: ({ first }) => setText(first, 'eth0.arp_ignore', '3'),
    },
  ],
  'arp-announce': [
    {
      what: 'a real server that names the VIP as its own',
      cluster: drCluster,
      patient: 'first',
      break: ({ first }) => first.host.sysctls.set('net.ipv4.conf.all.arp_announce', 0),
      restore: suppressForAll,
    },
    {
      what: 'a real server that names the VIP as its own in its own network',
      cluster: drCluster,
      patient: 'first',
      break: ({ first }) => first.host.sysctls.set('net.ipv4.conf.all.arp_announce', 1),
    },
  ],
  'ip-forward': [
    {
      what: 'a director by NAT that forwards nothing',
      cluster: natCluster,
      break: ({ director }) => director.host.sysctls.set('net.ipv4.ip_forward', 0),
    },
    {
      what: 'a director by NAT that does not forward what comes from its real servers',
      cluster: natCluster,
      break: ({ director }) => director.host.sysctls.set('net.ipv4.conf.eth1.forwarding', 0),
    },
  ],
  'ipv6-forwarding': [
    {
      what: 'a director by NAT that forwards no IPv6',
      cluster: natCluster,
      break: ({ director }) => director.host.sysctls.set('net.ipv6.conf.all.forwarding', 0),
    },
  ],
  'send-redirects': [
    {
      what: 'a director by NAT on one network that shows real servers the way past itself',
      cluster: oneArmedCluster,
      break: ({ director }) => director.host.sysctls.set('net.ipv4.conf.all.send_redirects', 1),
    },
  ],
  'default-route': [
    {
      what: 'a real server behind NAT whose way out is not the director',
      cluster: natCluster,
      patient: 'first',
      options: () => ({ method: 'nat', director: '192.168.5.10' }),
      break: ({ first }) => leadElsewhere(first, '192.168.5.12'),
    },
    {
      what: 'a real server behind NAT without a way out for IPv6',
      cluster: natCluster,
      patient: 'first',
      options: () => ({ method: 'nat', director: '2001:db8:5::10' }),
      break: ({ first }) => first.host.network.removeRoute({ destination: 'default', family: 'ipv6' }),
    },
    {
      what: 'a real server behind NAT, as its director sees from its facts',
      cluster: natCluster,
      options: async ({ first }) => ({ peers: [await factsOf(first)] }),
      break: ({ first }) => leadElsewhere(first, '192.168.5.12'),
    },
  ],
  'tunnel-missing': [
    {
      what: 'a real server without a tunnel',
      cluster: ownTunnelCluster,
      patient: 'first',
      options: () => ({ method: 'tun', director: '198.51.100.1' }),
      break: async ({ first: { host } }) => {
        await host.network.ensureNoLink('tunl0')
        await host.network.ensureNoLink('tunnel')
      },
    },
  ],
  'tunnel-down': [
    {
      what: 'a real server whose tunnel is down',
      cluster: tunCluster,
      patient: 'first',
      options: () => ({ director: '198.51.100.1' }),
      break: ({ first }) => first.host.network.updateLink('tunl0', { up: false }),
    },
  ],
  'rp-filter': [
    {
      what: 'a real server whose interfaces all have a strict reverse path filter',
      cluster: tunCluster,
      patient: 'first',
      break: ({ first }) => first.host.sysctls.set('net.ipv4.conf.all.rp_filter', 1),
      restore: async ({ first: { host } }) => {
        await host.sysctls.set('net.ipv4.conf.all.rp_filter', 0)
        await host.sysctls.set('net.ipv4.conf.tunl0.rp_filter', 0)
      },
    },
    {
      what: 'a real server whose tunnel has a strict reverse path filter',
      cluster: tunCluster,
      patient: 'first',
      break: ({ first }) => first.host.sysctls.set('net.ipv4.conf.tunl0.rp_filter', 1),
    },
  ],
  'tunnel-mtu': [
    {
      what: 'a director whose way to the real servers carries no more than that to the clients',
      cluster: tunCluster,
      break: ({ director }) => director.host.network.updateLink('eth1', { mtu: 1500 }),
      restore: async ({ director: { host } }) => {
        await host.sysctls.set('net.ipv4.vs.pmtu_disc', 1)
        await host.network.updateLink('eth1', { mtu: 1520 })
      },
    },
  ],
  'destination-port': [
    {
      what: 'a destination by dr on another port',
      cluster: drCluster,
      break: async ({ director: { ipvs } }) => {
        await ipvs.removeDestination(WEB, { address: FIRST })
        await ipvs.addDestination(WEB, { address: FIRST, port: 8080, forwarding: 'dr', weight: 3 })
      },
    },
    {
      what: 'a destination by tun on another port, besides the right one',
      cluster: tunCluster,
      break: ({ director: { ipvs } }) =>
        ipvs.addDestination(WEB, { address: '198.51.100.2', port: 8080, forwarding: 'tun' }),
    },
  ],
  'destination-gateway': [
    {
      what: 'a destination by dr behind a router',
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
      what: 'a destination that is switched off',
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
      what: 'a service whose destinations all have weight 0',
      cluster: drCluster,
      break: async ({ director: { ipvs } }) => {
        for (const address of [FIRST, SECOND]) await ipvs.updateDestination(WEB, { address, weight: 0 })
      },
    },
    {
      what: 'a service without destinations',
      cluster: drCluster,
      break: ({ director: { ipvs } }) => ipvs.addService({ ...WEB, port: 81 }),
    },
  ],
  'backup-forwards': [
    {
      what: 'a node at rest that has rules, as it sees from the facts of the active one',
      cluster: pair,
      patient: 'first',
      options: async ({ director }) => ({ peers: [await factsOf(director)] }),
      break: ({ first }) => addRules(first),
      restore: ({ first }) => first.ipvs.flush(),
    },
    {
      what: 'a node at rest that has rules, and knows no other',
      cluster: pair,
      patient: 'first',
      break: ({ first }) => addRules(first),
    },
    {
      what: 'a node at rest that has rules, as the active one sees from its facts',
      cluster: pair,
      options: async ({ first }) => ({ peers: [await factsOf(first)] }),
      break: ({ first }) => addRules(first),
      restore: ({ first }) => first.ipvs.flush(),
    },
  ],
  'both-active': [
    {
      what: 'two active nodes',
      cluster: pair,
      patient: 'first',
      options: async ({ director }) => ({ peers: [await factsOf(director)] }),
      break: async ({ first }) => {
        await move(first, `${VIP}/32`, 'lo', 'eth0')
        await addRules(first)
      },
    },
  ],
  'scheduler-none': [
    {
      what: 'a service without a scheduler',
      cluster: drCluster,
      break: ({ director: { ipvs } }) => ipvs.updateService(WEB, { scheduler: 'none' }),
    },
  ],
  'scheduler-missing': [
    {
      what: 'a scheduler whose module is not there',
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
      what: 'a service for every port without persistence',
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
      what: 'a persistence mask that makes one of all clients',
      cluster: drCluster,
      break: ({ director: { ipvs } }) =>
        ipvs.updateService(WEB, { persistence: { timeout: 3600, mask: '0.0.0.0' } }),
    },
  ],
  'conn-reuse-mode': [
    {
      what: 'a director that sends known client ports to destinations of weight 0',
      cluster: drCluster,
      break: ({ director }) => director.host.sysctls.set('net.ipv4.vs.conn_reuse_mode', 0),
    },
  ],
  'expire-nodest-conn': [
    {
      what: 'a UDP service whose connections outlive their destination',
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
      what: 'a drained destination of a persistent service',
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
  conntrack: [
    {
      what: 'a firewall rule by connection state, and NAT that it does not see',
      cluster: natCluster,
      break: async ({ director }) => {
        // Some kernels have only one of the two packet filters behind iptables.
        const rule = '-t nat -A POSTROUTING -d 192.168.5.0/24 -j MASQUERADE'
        await director.run('sh', '-c', `iptables ${rule} 2>/dev/null || iptables-legacy ${rule}`)
        await director.run('bash', '-c', 'echo >/dev/udp/192.168.5.11/9')
      },
      fresh: true,
    },
  ],
}
