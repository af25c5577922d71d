import { EnumMap } from '../../netlink/arguments/check.ts'
import type { Family } from '../../netlink/wire/address.ts'
import type { Scope } from './interface-address.ts'

/** Numbers of route types (RTN_*). */
export const ROUTE_TYPES = {
  unspecified: 0,
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
  throw: 9,
  nat: 10,
} as const satisfies Record<RouteType, number>
/**
 * The type of a route, which decides what happens to packets: `unicast` forwarded, `local` delivered to this host, `broadcast`,
 * `anycast`, `multicast`; `blackhole` dropped, `unreachable` and `prohibit` rejected with an ICMP message, `throw` looked up in
 * the next table.
 */
export type RouteType =
  | 'unspecified'
  | 'unicast'
  | 'local'
  | 'broadcast'
  | 'anycast'
  | 'multicast'
  | 'blackhole'
  | 'unreachable'
  | 'prohibit'
  | 'throw'
  | 'nat'

/** Converts between route types and their numbers. */
export const ROUTE_TYPE_ENUM = new EnumMap<RouteType>(ROUTE_TYPES)

/** Numbers of the origins of routes (RTPROT_*). */
export const ROUTE_PROTOCOLS = {
  unspecified: 0,
  redirect: 1,
  kernel: 2,
  boot: 3,
  static: 4,
  ra: 9,
  dhcp: 16,
} as const satisfies Record<RouteProtocol, number>
/**
 * The origin of a route: the `kernel` (with an address), ip(8) (`boot`), an administrator (`static`), router advertisements
 * (`ra`), `dhcp`. RTPROT_*.
 */
export type RouteProtocol = 'unspecified' | 'redirect' | 'kernel' | 'boot' | 'static' | 'ra' | 'dhcp'

/** Converts between origins of routes and their numbers. */
export const ROUTE_PROTOCOL_ENUM = new EnumMap<RouteProtocol>(ROUTE_PROTOCOLS)

/** Numbers of the routing tables that every host has (RT_TABLE_*). */
export const ROUTE_TABLES = { default: 253, main: 254, local: 255 } as const

/** A next hop of a multipath route. */
export interface NextHop {
  /** Address of the gateway. RTA_GATEWAY. */
  readonly gateway?: string | undefined
  /** Name of the network interface. */
  readonly interface?: string | undefined
  /** The weight, 1 to 256. */
  readonly weight: number
}

/** A route, as read. */
export interface Route {
  /** `default`, or a network such as `192.0.2.0/24`. RTA_DST. */
  readonly destination: string
  /** Address family of the destination. */
  readonly family: Family
  /** Address of the gateway. RTA_GATEWAY, or RTA_VIA for the other family. */
  readonly gateway?: string | undefined
  /** Name of the output interface. RTA_OIF. */
  readonly interface?: string | undefined
  /** Preferred source address for packets of this host. RTA_PREFSRC. */
  readonly source?: string | undefined
  /** The scope of the destination; a number if it is unknown to this library. For IPv6 always `global`. */
  readonly scope: Scope | number
  /** Number of the table: 254 is `main`, 255 `local`. RTA_TABLE. */
  readonly table: number
  /** The origin; a number if it is unknown to this library. */
  readonly protocol: RouteProtocol | number
  /** Of several routes to a destination, the lowest metric wins; absent means 0. RTA_PRIORITY. */
  readonly metric?: number | undefined
  /** The type; a number if it is unknown to this library. */
  readonly type: RouteType | number
  /** Maximum packet size in bytes, if the route sets it. RTAX_MTU. */
  readonly mtu?: number | undefined
  /** The next hops of a multipath route, which has no `gateway` and `interface`. RTA_MULTIPATH. */
  readonly nextHops?: readonly NextHop[] | undefined
}

/** A route to add or remove: `ip route add`. It needs a `gateway`, an `interface`, or a type that needs neither. */
export interface RouteInput {
  /** `default`, an address (a host route) or a network such as `192.0.2.0/24`. RTA_DST. */
  readonly destination: string
  /** Needed only with `default` and no `gateway` or `source`. Default: the family of the addresses, otherwise `ipv4`. */
  readonly family?: Family | undefined
  /** Address of the gateway, of the same family as the destination. RTA_GATEWAY. */
  readonly gateway?: string | undefined
  /** Name of the network interface. RTA_OIF. */
  readonly interface?: string | undefined
  /** Preferred source address for packets of this host; one of its addresses. RTA_PREFSRC. */
  readonly source?: string | undefined
  /** IPv4 only. Default: `host` for type `local`, `global` with a gateway, otherwise `link`. */
  readonly scope?: Scope | number | undefined
  /** Number of the table, 1 to 4294967295. Default: 255 (local) for type `local`, otherwise 254 (main). RTA_TABLE. */
  readonly table?: number | undefined
  /** Default `static`; a removal without it matches any value. */
  readonly protocol?: RouteProtocol | number | undefined
  /** 0 to 4294967295. Default 0, for IPv6 1024. RTA_PRIORITY. */
  readonly metric?: number | undefined
  /** Default `unicast`; a removal without it matches any value. */
  readonly type?: RouteType | number | undefined
  /** Maximum packet size in bytes, 68 to 65535. Default: the MTU of the interface. RTAX_MTU. */
  readonly mtu?: number | undefined
}

/** Selects routes. */
export interface RouteFilter {
  /** Address family. Default: both. */
  readonly family?: Family | undefined
  /** Number of the table. Default 254 (main), as in ip(8). */
  readonly table?: number | 'all' | undefined
}

/** Properties of the packet of a route lookup. */
export interface RouteLookup {
  /** The source address. */
  readonly from?: string | undefined
  /** Name of the output interface. */
  readonly interface?: string | undefined
}
