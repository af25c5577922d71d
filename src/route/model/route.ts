import { EnumMap } from '../../netlink/arguments/enum-map.ts'
import type { Family } from '../../netlink/wire/address.ts'
import type { Scope } from './interface-address.ts'

/** What becomes of packets, by number (RTN_*). */
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
 * What becomes of packets: `unicast` sent on, `local` taken in by this host, `broadcast`, `anycast`, `multicast`;
 * `blackhole` dropped, `unreachable` and `prohibit` refused with an ICMP message, `throw` looked up in the next table.
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

/** The same, both ways. */
export const ROUTE_TYPE_ENUM = new EnumMap<RouteType>(ROUTE_TYPES)

/** Who made a route, by number (RTPROT_*). */
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
 * Who made a route: the `kernel` itself (with an address), ip(8) (`boot`), an administrator (`static`), router
 * advertisements (`ra`), `dhcp`. RTPROT_*.
 */
export type RouteProtocol = 'unspecified' | 'redirect' | 'kernel' | 'boot' | 'static' | 'ra' | 'dhcp'

/** The same, both ways. */
export const ROUTE_PROTOCOL_ENUM = new EnumMap<RouteProtocol>(ROUTE_PROTOCOLS)

/** Numbers of the tables that every host has (RT_TABLE_*). */
export const ROUTE_TABLES = { default: 253, main: 254, local: 255 } as const

/** One of the ways of a route that has several. */
export interface NextHop {
  /** Address of the router. RTA_GATEWAY. */
  readonly gateway?: string | undefined
  /** Name of the network interface. */
  readonly interface?: string | undefined
  /** Its share, 1 to 256. */
  readonly weight: number
}

/** A route as it is read. */
export interface Route {
  /** `default`, or a network as `192.0.2.0/24`. RTA_DST. */
  readonly destination: string
  /** Address family of the destination. */
  readonly family: Family
  /** Address of the router. RTA_GATEWAY, or RTA_VIA where it is of the other family. */
  readonly gateway?: string | undefined
  /** Name of the network interface packets leave by. RTA_OIF. */
  readonly interface?: string | undefined
  /** Address that this host's own packets get as their source. RTA_PREFSRC. */
  readonly source?: string | undefined
  /** How far the destination is; a number if that has no name here. With IPv6 always `global`. */
  readonly scope: Scope | number
  /** Number of the table: 254 is `main`, 255 `local`. RTA_TABLE. */
  readonly table: number
  /** Who made it; a number if that has no name here. */
  readonly protocol: RouteProtocol | number
  /** Of several routes to one destination the one with the lowest counts; absent is 0. RTA_PRIORITY. */
  readonly metric?: number | undefined
  /** What becomes of packets; a number if that has no name here. */
  readonly type: RouteType | number
  /** Bytes of the largest packet on this way, where the route says so. RTAX_MTU. */
  readonly mtu?: number | undefined
  /** Of a route with several ways, each of them; `gateway` and `interface` are absent then. RTA_MULTIPATH. */
  readonly nextHops?: readonly NextHop[] | undefined
}

/** A route to be made or removed: `ip route add`. It needs a `gateway`, an `interface`, or a type that needs neither. */
export interface RouteInput {
  /** `default`, an address (a host route) or a network as `192.0.2.0/24`. RTA_DST. */
  readonly destination: string
  /** Only needed with `default` and no `gateway` or `source`. Default: that of the addresses, else `ipv4`. */
  readonly family?: Family | undefined
  /** Address of the router, in the family of the destination. RTA_GATEWAY. */
  readonly gateway?: string | undefined
  /** Name of the network interface. RTA_OIF. */
  readonly interface?: string | undefined
  /** Address that this host's own packets get as their source; one of this host's. RTA_PREFSRC. */
  readonly source?: string | undefined
  /** IPv4 only. Default: `host` for type `local`, `global` with a gateway, else `link`. */
  readonly scope?: Scope | number | undefined
  /** Number of the table, 1 to 4294967295. Default: 255 (local) for type `local`, else 254 (main). RTA_TABLE. */
  readonly table?: number | undefined
  /** Default `static`; a removal matches any unless it is given. */
  readonly protocol?: RouteProtocol | number | undefined
  /** 0 to 4294967295. Default 0, with IPv6 1024. RTA_PRIORITY. */
  readonly metric?: number | undefined
  /** Default `unicast`; a removal matches any unless it is given. */
  readonly type?: RouteType | number | undefined
  /** Bytes of the largest packet on this way, 68 to 65535. Default: that of the interface. RTAX_MTU. */
  readonly mtu?: number | undefined
}

/** Which routes to list. */
export interface RouteFilter {
  /** Those of this family. Default: both. */
  readonly family?: Family | undefined
  /** Those of this table. Default 254 (main), as with ip(8). */
  readonly table?: number | 'all' | undefined
}

/** Circumstances of a packet whose route is asked for. */
export interface RouteLookup {
  /** Its source address. */
  readonly from?: string | undefined
  /** Name of the network interface that it leaves by. */
  readonly interface?: string | undefined
}
