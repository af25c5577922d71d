import type { TunnelKind, TunnelSettings } from './tunnel-link.ts'

/** Numbers of link layers (ARPHRD_* of <linux/if_arp.h>), named as in ip(8). */
export const LINK_TYPES = {
  ether: 1,
  infiniband: 32,
  ppp: 512,
  ipip: 768,
  tunnel6: 769,
  loopback: 772,
  sit: 776,
  gre: 778,
  gre6: 823,
  none: 65534,
} as const satisfies Record<LinkType, number>
/**
 * The link layer of a network interface, as ip(8) shows it after `link/`: `ether` Ethernet, `loopback`, `ipip` IPv4 in IPv4,
 * `tunnel6` a tunnel over IPv6, `sit` IPv6 in IPv4, `gre`, `gre6`, `ppp`, `infiniband`, `none` no link layer.
 */
export type LinkType =
  | 'ether'
  | 'infiniband'
  | 'ppp'
  | 'ipip'
  | 'tunnel6'
  | 'loopback'
  | 'sit'
  | 'gre'
  | 'gre6'
  | 'none'

/** A network interface, as read. */
export interface Link {
  /** The interface index, unique in its network namespace. */
  readonly index: number
  /** `eth0`, `lo`. IFLA_IFNAME. */
  readonly name: string
  /** The link layer; a number if it is unknown to this library. */
  readonly type: LinkType | number
  /** The kind of a virtual interface: `dummy`, `veth`, `bridge`, `ipip`, ... IFLA_INFO_KIND. */
  readonly kind?: string | undefined
  /** Administratively up (`ip link set ... up`). IFF_UP. */
  readonly up: boolean
  /** Operational: up and, if the link layer has a carrier, with a carrier. IFF_RUNNING. */
  readonly running: boolean
  /** Whether it resolves addresses by ARP or neighbour discovery: IFF_NOARP is not set. */
  readonly arp: boolean
  /** Maximum packet size in bytes. IFLA_MTU. */
  readonly mtu: number
  /** Hardware address such as `02:00:00:00:00:01`; absent for tunnels. IFLA_ADDRESS. */
  readonly address?: string | undefined
  /** Name of the bridge or bond that the interface belongs to. IFLA_MASTER. */
  readonly master?: string | undefined
  /** The settings of a tunnel of a {@link TunnelKind}. */
  readonly tunnel?: TunnelSettings | undefined
}

/**
 * Whether other hosts can resolve addresses on an interface, by ARP or neighbour discovery. Not on a loopback, although its flags
 * do not say so, nor on a dummy or a tunnel.
 */
export function resolvesAddresses({ type, arp }: Pick<Link, 'type' | 'arp'>): boolean {
  return arp && type !== 'loopback'
}

/** A network interface to add: `ip link add`. It is down at first. */
export interface LinkInput extends TunnelSettings {
  /** 1 to 15 bytes without slash, colon or whitespace. */
  readonly name: string
  /** `dummy` discards packets; the other kinds are tunnels. IFLA_INFO_KIND. */
  readonly kind: 'dummy' | TunnelKind
  /** Maximum packet size in bytes, 68 to 65535. Default: chosen by the kernel. IFLA_MTU. */
  readonly mtu?: number | undefined
}

/** Changes of a network interface; omitted settings keep their values. */
export interface LinkChanges {
  /** Sets it up or down; down removes its IPv6 addresses and its routes. `ip link set ... up`; IFF_UP. */
  readonly up?: boolean | undefined
  /** Maximum packet size in bytes, 68 to 65535. IFLA_MTU. */
  readonly mtu?: number | undefined
}
