/** A host for each finding, with that problem and no other. */

import type { FindingId } from '../../../../src/host/doctor/model/finding.ts'
import type { DiagnoseOptions } from '../../../../src/host/doctor/model/options.ts'
import type { HostFacts } from '../../../../src/host/facts/host-facts.ts'
import {
  activeNode,
  addressEntry,
  addressesWith,
  backupNode,
  drDirector,
  drServer,
  eth0,
  eth1,
  host,
  lo,
  NAT_VIP,
  natDirector,
  natServer,
  neighbour,
  oneNetworkDirector,
  ROUTES,
  route,
  service,
  tunDirector,
  tunl0,
  tunServer,
  VIP,
  VIP6,
  WEB,
} from './host-facts.ts'

interface BrokenHost {
  readonly facts: HostFacts
  readonly options?: DiagnoseOptions
}

const dr = { address: '192.168.79.102', forwarding: 'dr' } as const

export const BROKEN_HOSTS: Readonly<Record<FindingId, BrokenHost>> = {
  'vip-missing': { facts: drDirector({ addresses: addressesWith('192.168.79.101/24') }) },
  'vip-silent': {
    facts: drDirector({ sysctls: { 'net.ipv4.conf.eth0.arp_ignore': 8 } }),
    options: { role: 'director' },
  },
  'vip-prefix': {
    facts: drServer({ addresses: addressesWith('192.168.79.102/24', addressEntry(`${VIP}/24`, 'lo')) }),
  },
  'vip-on-interface': {
    facts: drServer({ addresses: addressesWith('192.168.79.102/24', addressEntry(`${VIP}/32`, 'eth0')) }),
    options: { vips: [VIP] },
  },
  'interface-down': { facts: drServer({ links: [{ ...lo, up: false }, eth0] }) },
  'arp-ignore': { facts: drServer({ sysctls: { 'net.ipv4.conf.all.arp_ignore': 0 } }) },
  'arp-announce': { facts: drServer({ sysctls: { 'net.ipv4.conf.all.arp_announce': 0 } }) },
  'ip-forward': {
    facts: natDirector({ sysctls: { 'net.ipv4.ip_forward': 0, 'net.ipv4.conf.eth1.forwarding': 0 } }),
  },
  'ipv6-forwarding': {
    facts: natDirector({
      addresses: [addressEntry(`${VIP6}/128`, 'eth0')],
      routes: [route('2001:db8:5::/64', { interface: 'eth1' })],
      services: [service(`tcp://[${VIP6}]:80`, [{ address: '2001:db8:5::11', forwarding: 'nat' }])],
    }),
  },
  'send-redirects': {
    facts: natDirector({
      routes: ROUTES,
      addresses: addressesWith('192.168.79.101/24', addressEntry('203.0.113.9/32', 'eth0')),
      services: [service('tcp://203.0.113.9:80', [{ address: '192.168.79.102', forwarding: 'nat' }])],
    }),
  },
  'nat-same-network': { facts: oneNetworkDirector() },
  'default-route': {
    facts: natServer({ routes: [route('default', { gateway: '192.168.5.1', interface: 'eth0' })] }),
    options: { forwarding: 'nat', director: '192.168.5.10' },
  },
  'tunnel-missing': {
    facts: tunServer({
      links: [lo, eth0],
      addresses: addressesWith('198.51.100.2/24', addressEntry(`${VIP}/32`, 'lo')),
    }),
    options: { forwarding: 'tun' },
  },
  'tunnel-down': { facts: tunServer({ links: [lo, eth0, { ...tunl0, up: false }] }) },
  'rp-filter': { facts: tunServer({ sysctls: { 'net.ipv4.conf.all.rp_filter': 1 } }) },
  'tunnel-mtu': { facts: tunDirector({ links: [lo, eth0, eth1] }) },
  'destination-port': { facts: drDirector({ services: [service(WEB, [{ ...dr, port: 8080 }])] }) },
  'destination-gateway': {
    facts: drDirector({ services: [service(WEB, [dr, { ...dr, address: '203.0.113.7' }])] }),
  },
  'destination-unanswered': { facts: drDirector({ neighbours: [neighbour('192.168.79.103', 'failed')] }) },
  'no-destination': { facts: drDirector({ services: [service(WEB, [{ ...dr, weight: 0 }])] }) },
  'backup-forwards': {
    facts: backupNode({ services: [service(WEB, [dr, { ...dr, address: '192.168.79.103' }])] }),
    options: { peers: [activeNode()] },
  },
  'both-active': {
    facts: activeNode(),
    options: {
      peers: [
        activeNode({
          name: 'other',
          addresses: addressesWith('192.168.79.103/24', addressEntry(`${VIP}/32`, 'eth0')),
        }),
      ],
    },
  },
  'ipvs-missing': {
    facts: host({
      sysctls: { 'net.ipv4.vs.conn_reuse_mode': undefined as never },
      modules: { loaded: [], available: [] },
    }),
    options: { role: 'director' },
  },
  'scheduler-none': { facts: drDirector({ services: [service(WEB, [dr], { scheduler: 'none' })] }) },
  'scheduler-missing': {
    facts: backupNode(),
    options: { services: [{ protocol: 'tcp', address: VIP, port: 80, scheduler: 'fo' }] },
  },
  'scheduler-fallback': {
    facts: drDirector({
      services: [service(WEB, [dr, { ...dr, address: '192.168.79.103', weight: 0 }], { scheduler: 'sh' })],
    }),
  },
  'port-zero': { facts: drDirector({ services: [service(`tcp://${VIP}:0`, [dr])] }) },
  'persistence-mask': {
    facts: drDirector({ services: [service(WEB, [dr], { persistence: { timeout: 300, mask: '0.0.0.0' } })] }),
  },
  'conn-reuse-mode': { facts: drDirector({ sysctls: { 'net.ipv4.vs.conn_reuse_mode': 0 } }) },
  'expire-nodest-conn': { facts: drDirector({ services: [service(`udp://${VIP}:53`, [dr])] }) },
  'expire-quiescent-template': {
    facts: drDirector({
      services: [
        service(WEB, [dr, { ...dr, address: '192.168.79.103', weight: 0 }], {
          persistence: { timeout: 300, mask: '255.255.255.255' },
        }),
      ],
    }),
  },
  firewall: {
    facts: drDirector({
      firewall: {
        chains: [
          {
            ...{ program: 'iptables-nft', family: 'ip', table: 'filter', name: 'INPUT', rules: [] },
            ...{ hook: 'input', policy: 'drop', priority: 0 },
          },
        ],
      },
    }),
  },
  conntrack: {
    facts: natDirector({
      trackedConnections: 12,
      addresses: [addressEntry(`${NAT_VIP}/24`, 'eth0'), addressEntry('192.168.5.10/24', 'eth1')],
    }),
  },
}
