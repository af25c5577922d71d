/** Facts of hosts for tests: healthy hosts of each kind, and functions to build others. */

import type { HostFacts } from '../../../../src/host/facts/host-facts.ts'
import type { Destination, DestinationInput } from '../../../../src/ipvs/model/destination.ts'
import type { Service, ServiceSettings } from '../../../../src/ipvs/model/service.ts'
import { parseService } from '../../../../src/ipvs/model/service-key.ts'
import { familyOf } from '../../../../src/netlink/wire/address.ts'
import type { InterfaceAddress } from '../../../../src/route/model/interface-address.ts'
import type { Link } from '../../../../src/route/model/link.ts'
import type { Neighbour } from '../../../../src/route/model/neighbour.ts'
import type { Route } from '../../../../src/route/model/route.ts'

export const VIP = '192.168.79.110'
export const VIP6 = '2001:db8::10'
export const WEB = `tcp://${VIP}:80`
export const WEB6 = `tcp://[${VIP6}]:80`

export function link(name: string, changes: Partial<Link> = {}): Link {
  return { index: 1, name, type: 'ether', up: true, running: true, arp: true, mtu: 1500, ...changes }
}

export const lo = link('lo', { type: 'loopback', mtu: 65536 })
export const eth0 = link('eth0', { index: 2 })
export const eth1 = link('eth1', { index: 3 })
export const tunl0 = link('tunl0', { index: 4, type: 'ipip', kind: 'ipip', arp: false, mtu: 1480 })
export const sit0 = link('sit0', { index: 5, type: 'sit', kind: 'sit', arp: false, mtu: 1480 })

/** An address entry of an interface, from text such as `192.0.2.1/24`. */
export function addressEntry(
  prefix: string,
  interfaceName: string,
  changes: Partial<InterfaceAddress> = {},
): InterfaceAddress {
  const [address = '', length] = prefix.split('/')
  return {
    address,
    prefixLength: Number(length),
    interface: interfaceName,
    family: familyOf(address)!,
    scope: 'global',
    label: interfaceName,
    flags: ['permanent'],
    ...changes,
  }
}

export function route(destination: string, changes: Partial<Route> = {}): Route {
  return {
    destination,
    family: destination.includes(':') ? 'ipv6' : 'ipv4',
    scope: 'global',
    table: 254,
    protocol: 'static',
    type: 'unicast',
    ...changes,
  }
}

export function neighbour(address: string, state: Neighbour['state'], interfaceName = 'eth0'): Neighbour {
  return { address, interface: interfaceName, state, family: familyOf(address)!, router: false }
}

const statistics = {
  ...{ connections: 0, incomingPackets: 0, outgoingPackets: 0, incomingBytes: 0, outgoingBytes: 0 },
  ...{ connectionsPerSecond: 0, incomingPacketsPerSecond: 0, outgoingPacketsPerSecond: 0 },
  ...{ incomingBytesPerSecond: 0, outgoingBytesPerSecond: 0 },
}

/** A service as the library reads it. The default port of destinations is that of the service. */
export function service(
  name: string,
  destinations: readonly DestinationInput[],
  settings: Omit<ServiceSettings, 'persistence'> & { persistence?: Service['persistence'] } = {},
): Service {
  const key = parseService(name)
  return {
    ...key,
    ...{ scheduler: 'wlc', schedulerFlags: [], onePacket: false, persistence: null, persistenceEngine: null },
    statistics,
    destinations: destinations.map((destination) => readDestination(destination, key.port ?? 0)),
    ...settings,
  } as Service
}

function readDestination(destination: DestinationInput, port: number): Destination {
  return {
    ...{ port, weight: 1, upperThreshold: 0, lowerThreshold: 0 },
    tunnel: destination.forwarding === 'tun' ? { type: 'ipip' } : null,
    ...{ activeConnections: 0, inactiveConnections: 0, persistentConnections: 0 },
    statistics,
    family: familyOf(destination.address)!,
    ...destination,
  } as Destination
}

/** Sysctls of a new network namespace with the defaults of the kernel. */
export const SYSCTLS: Readonly<Record<string, number>> = {
  'net.ipv4.ip_forward': 0,
  'net.ipv6.conf.all.forwarding': 0,
  'net.ipv4.vs.conntrack': 0,
  'net.ipv4.vs.conn_reuse_mode': 1,
  'net.ipv4.vs.expire_nodest_conn': 0,
  'net.ipv4.vs.expire_quiescent_template': 0,
  'net.ipv4.vs.pmtu_disc': 1,
  ...Object.fromEntries(
    ['all', 'eth0', 'eth1', 'tunl0'].flatMap((owner) => [
      [`net.ipv4.conf.${owner}.arp_ignore`, 0],
      [`net.ipv4.conf.${owner}.arp_announce`, 0],
      [`net.ipv4.conf.${owner}.rp_filter`, 0],
      [`net.ipv4.conf.${owner}.send_redirects`, 1],
      [`net.ipv4.conf.${owner}.forwarding`, 0],
    ]),
  ),
}

/** A host in one network with a router. `changes` replaces whole fields, and single sysctls. */
export function host(changes: Partial<HostFacts> = {}): HostFacts {
  const { sysctls, ...parts } = changes
  return {
    name: 'node',
    release: '6.1.176',
    services: [],
    links: [lo, eth0],
    addresses: [
      addressEntry('127.0.0.1/8', 'lo', { scope: 'host' }),
      addressEntry('192.168.79.101/24', 'eth0'),
    ],
    routes: ROUTES,
    neighbours: [],
    modules: { loaded: ['ip_vs', 'ip_vs_rr'], available: ['ip_vs', 'ip_vs_rr', 'ip_vs_wlc'] },
    trackedConnections: 0,
    ...parts,
    sysctls: { ...SYSCTLS, ...sysctls },
  }
}

export const ROUTES = [
  route('192.168.79.0/24', { interface: 'eth0', scope: 'link', protocol: 'kernel' }),
  route('default', { gateway: '192.168.79.1', interface: 'eth0' }),
  route('127.0.0.0/8', { interface: 'lo', type: 'local', table: 255, scope: 'host', protocol: 'kernel' }),
]

/** Its addresses, and additional ones. */
export function addressesWith(own: string, ...additional: InterfaceAddress[]): InterfaceAddress[] {
  return [addressEntry('127.0.0.1/8', 'lo', { scope: 'host' }), addressEntry(own, 'eth0'), ...additional]
}

const DR = [
  { address: '192.168.79.102', forwarding: 'dr' },
  { address: '192.168.79.103', forwarding: 'dr' },
] as const satisfies readonly DestinationInput[]

/** A director by direct routing. */
export function drDirector(changes: Partial<HostFacts> = {}): HostFacts {
  return host({
    name: 'director',
    addresses: addressesWith('192.168.79.101/24', addressEntry(`${VIP}/32`, 'eth0')),
    services: [service(WEB, DR)],
    ...changes,
  })
}

/** Its real server. */
export function drServer(changes: Partial<HostFacts> = {}): HostFacts {
  const { sysctls, ...parts } = changes
  return host({
    name: 'real-server',
    addresses: addressesWith('192.168.79.102/24', addressEntry(`${VIP}/32`, 'lo', { label: 'lo:0' })),
    ...parts,
    sysctls: { 'net.ipv4.conf.all.arp_ignore': 1, 'net.ipv4.conf.all.arp_announce': 2, ...sysctls },
  })
}

export const NAT_VIP = '192.168.4.5'
const NAT = [
  { address: '192.168.5.11', port: 8080, forwarding: 'nat' },
  { address: '192.168.5.12', port: 8080, forwarding: 'nat' },
] as const satisfies readonly DestinationInput[]
export const NAT_ROUTES = [
  route('192.168.4.0/24', { interface: 'eth0', scope: 'link' }),
  route('192.168.5.0/24', { interface: 'eth1', scope: 'link' }),
  route('default', { gateway: '192.168.4.1', interface: 'eth0' }),
]

/** A director by NAT between two networks. */
export function natDirector(changes: Partial<HostFacts> = {}): HostFacts {
  const { sysctls, ...parts } = changes
  return host({
    name: 'director',
    links: [lo, eth0, eth1],
    addresses: [addressEntry(`${NAT_VIP}/24`, 'eth0'), addressEntry('192.168.5.10/24', 'eth1')],
    routes: NAT_ROUTES,
    services: [service(`tcp://${NAT_VIP}:80`, NAT)],
    ...parts,
    sysctls: {
      'net.ipv4.ip_forward': 1,
      'net.ipv4.conf.all.forwarding': 1,
      'net.ipv4.conf.eth0.forwarding': 1,
      'net.ipv4.conf.eth1.forwarding': 1,
      ...sysctls,
    },
  })
}

/** A director by NAT with its real server in the network of the VIP. It sends no redirects. */
export function oneNetworkDirector(changes: Partial<HostFacts> = {}): HostFacts {
  const { sysctls, ...parts } = changes
  return natDirector({
    routes: ROUTES,
    addresses: addressesWith('192.168.79.101/24', addressEntry(`${VIP}/32`, 'eth0')),
    services: [service(WEB, [{ address: '192.168.79.102', forwarding: 'nat' }])],
    ...parts,
    sysctls: {
      'net.ipv4.conf.all.send_redirects': 0,
      'net.ipv4.conf.eth0.send_redirects': 0,
      ...sysctls,
    },
  })
}

/** Its real server. */
export function natServer(changes: Partial<HostFacts> = {}): HostFacts {
  return host({
    name: 'real-server',
    addresses: addressesWith('192.168.5.11/24'),
    routes: [
      route('192.168.5.0/24', { interface: 'eth0', scope: 'link' }),
      route('default', { gateway: '192.168.5.10', interface: 'eth0' }),
    ],
    ...changes,
  })
}

const TUN = [
  { address: '198.51.100.2', forwarding: 'tun' },
  { address: '198.51.100.3', forwarding: 'tun' },
] as const satisfies readonly DestinationInput[]

/** A director by tunnels, with a larger MTU to the real servers. */
export function tunDirector(changes: Partial<HostFacts> = {}): HostFacts {
  return host({
    name: 'director',
    links: [lo, eth0, { ...eth1, mtu: 1520 }],
    addresses: addressesWith(
      '192.168.79.101/24',
      addressEntry(`${VIP}/32`, 'eth0'),
      addressEntry('198.51.100.1/24', 'eth1'),
    ),
    routes: [...ROUTES, route('198.51.100.0/24', { interface: 'eth1', scope: 'link' })],
    services: [service(WEB, TUN)],
    ...changes,
  })
}

/** Its real server, in another network than the VIP. */
export function tunServer(changes: Partial<HostFacts> = {}): HostFacts {
  return host({
    name: 'real-server',
    links: [lo, eth0, tunl0],
    addresses: addressesWith('198.51.100.2/24', addressEntry(`${VIP}/32`, 'tunl0')),
    routes: [
      route('198.51.100.0/24', { interface: 'eth0', scope: 'link' }),
      route('default', { gateway: '198.51.100.254', interface: 'eth0' }),
    ],
    ...changes,
  })
}

/** The passive node of a pair of real servers: hidden VIP, no rules. */
export function backupNode(changes: Partial<HostFacts> = {}): HostFacts {
  return drServer({
    name: 'passive',
    addresses: addressesWith('192.168.79.103/24', addressEntry(`${VIP}/32`, 'lo')),
    ...changes,
  })
}

/** The active node of the pair. */
export function activeNode(changes: Partial<HostFacts> = {}): HostFacts {
  return drDirector({
    name: 'active',
    addresses: addressesWith('192.168.79.102/24', addressEntry(`${VIP}/32`, 'eth0')),
    ...changes,
  })
}
