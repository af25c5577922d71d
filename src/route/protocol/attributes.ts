import { attributeTable, nest } from '../../netlink/wire/attributes.ts'
import { bytes, text, u8, u16be, u32 } from '../../netlink/wire/codecs.ts'
import { structure } from '../../netlink/wire/structure.ts'
import { address, flag, hardwareAddress, interfaceName, lifetimes } from './codecs.ts'

/**
 * The structures and attributes of rtnetlink that this library uses. Requests and replies are encoded, decoded and printed
 * with these tables.
 */

/** struct ifinfomsg: header of messages about links. */
export const LINK_HEADER = structure('ifinfomsg', 16, {
  family: [0, 'u8'],
  type: [2, 'u16'],
  index: [4, 'i32'],
  flags: [8, 'u32'],
  change: [12, 'u32'],
})

/** The kind of a virtual link, and the settings of that kind (IFLA_INFO_*). */
export const LINK_INFO = attributeTable('linkInfo', {
  kind: [1, text],
  data: [2, bytes],
})

/** Links (IFLA_*). */
export const LINK = attributeTable('link', {
  address: [1, hardwareAddress],
  broadcast: [2, hardwareAddress],
  name: [3, interfaceName],
  mtu: [4, u32],
  lower: [5, u32],
  master: [10, u32],
  operationalState: [16, u8],
  info: [18, nest(LINK_INFO)],
})

/** Settings of tunnels of the kinds ipip, sit and ip6tnl (IFLA_IPTUN_*). */
export const IP_TUNNEL = attributeTable('ipTunnel', {
  lower: [1, u32],
  local: [2, address],
  remote: [3, address],
  ttl: [4, u8],
  typeOfService: [5, u8],
  encapsulationLimit: [6, u8],
  flowInformation: [7, u32],
  flags: [8, u32],
  protocol: [9, u8],
  pathMtuDiscovery: [10, u8],
  external: [19, flag],
})

/** Settings of tunnels of the kinds gre and ip6gre (IFLA_GRE_*). */
export const GRE_TUNNEL = attributeTable('greTunnel', {
  lower: [1, u32],
  inputFlags: [2, u16be],
  outputFlags: [3, u16be],
  inputKey: [4, bytes],
  outputKey: [5, bytes],
  local: [6, address],
  remote: [7, address],
  ttl: [8, u8],
  typeOfService: [9, u8],
  pathMtuDiscovery: [10, u8],
  encapsulationLimit: [11, u8],
  flowInformation: [12, u32],
  flags: [13, u32],
  external: [18, flag],
})

/** struct ifaddrmsg: header of messages about addresses. */
export const ADDRESS_HEADER = structure('ifaddrmsg', 8, {
  family: [0, 'u8'],
  prefixLength: [1, 'u8'],
  flags: [2, 'u8'],
  scope: [3, 'u8'],
  index: [4, 'u32'],
})

/** Addresses of interfaces (IFA_*). `address` is the peer of a point-to-point link, otherwise the same as `local`. */
export const ADDRESS = attributeTable('address', {
  address: [1, address],
  local: [2, address],
  label: [3, interfaceName],
  broadcast: [4, address],
  anycast: [5, address],
  lifetimes: [6, lifetimes],
  multicast: [7, address],
  flags: [8, u32],
  routePriority: [9, u32],
  protocol: [11, u8],
})

/** struct rtmsg: header of messages about routes. */
export const ROUTE_HEADER = structure('rtmsg', 12, {
  family: [0, 'u8'],
  destinationLength: [1, 'u8'],
  sourceLength: [2, 'u8'],
  typeOfService: [3, 'u8'],
  table: [4, 'u8'],
  protocol: [5, 'u8'],
  scope: [6, 'u8'],
  type: [7, 'u8'],
  flags: [8, 'u32'],
})

/** Metrics of a route (RTAX_*). */
export const ROUTE_METRICS = attributeTable('metrics', {
  mtu: [2, u32],
})

/** Routes (RTA_*). */
export const ROUTE = attributeTable('route', {
  destination: [1, address],
  source: [2, address],
  inputInterface: [3, u32],
  outputInterface: [4, u32],
  gateway: [5, address],
  priority: [6, u32],
  preferredSource: [7, address],
  metrics: [8, nest(ROUTE_METRICS)],
  multipath: [9, bytes],
  cacheInformation: [12, bytes],
  table: [15, u32],
  mark: [16, u32],
  via: [18, bytes],
  preference: [20, u8],
  userId: [25, u32],
  nextHopId: [30, u32],
})

/** struct ndmsg: header of messages about neighbours. */
export const NEIGHBOUR_HEADER = structure('ndmsg', 12, {
  family: [0, 'u8'],
  index: [4, 'i32'],
  state: [8, 'u16'],
  flags: [10, 'u8'],
  type: [11, 'u8'],
})

/** Neighbours (NDA_*). */
export const NEIGHBOUR = attributeTable('neighbour', {
  address: [1, address],
  linkAddress: [2, hardwareAddress],
  cacheInformation: [3, bytes],
  probes: [4, u32],
  master: [9, u32],
})
