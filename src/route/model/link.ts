import type { TunnelKind, TunnelSettings } from './tunnel-link.ts'

/** Link layers of interfaces by their number (ARPHRD_* of <linux/if_arp.h>), as ip(8) calls them. */
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
 * The link layer of a network interface, as ip(8) shows it behind `link/`: `ether` Ethernet, `loopback`, `ipip` IPv4 in
 * IPv4, `tunnel6` into IPv6, `sit` IPv6 in IPv4, `gre`, `gre6`, `ppp`, `infiniband`, `none` for one without.
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

/** A network interface as it is read. */
export interface Link {
  /** The kernel's number of it, unique in its network namespace. */
  readonly index: number
  /** `eth0`, `lo`. IFLA_IFNAME. */
  readonly name: string
  /** The link layer; a number if it has no name here. */
  readonly type: LinkType | number
  /** What made it, if it is no hardware: `dummy`, `veth`, `bridge`, `ipip`, ... IFLA_INFO_KIND. */
  readonly kind?: string | undefined
  /** Switched on (`ip link set ... up`). IFF_UP. */
  readonly up: boolean
  /** Able to carry packets: on, and with a carrier where there is such a thing. IFF_RUNNING. */
  readonly running: boolean
  /** Whether its network resolves addresses, by ARP or neighbour discovery. Not IFF_NOARP. */
  readonly arp: boolean
  /** Bytes of the largest packet. IFLA_MTU. */
  readonly mtu: number
  /** Hardware address (MAC), such as `02:00:00:00:00:01`; tunnels have none. IFLA_ADDRESS. */
  readonly address?: string | undefined
  /** Name of the bridge or bond it belongs to. IFLA_MASTER. */
  readonly master?: string | undefined
  /** The ends of a tunnel of a {@link TunnelKind}. */
  readonly tunnel?: TunnelSettings | undefined
}

/** A network interface to be made: `ip link add`. It is down at first. */
export interface LinkInput extends TunnelSettings {
  /** 1 to 15 bytes without a slash, colon or space. */
  readonly name: string
  /** `dummy`: leads nowhere. The others are tunnels. IFLA_INFO_KIND. */
  readonly kind: 'dummy' | TunnelKind
  /** Bytes of the largest packet, 68 to 65535. Default: what the kernel finds right. IFLA_MTU. */
  readonly mtu?: number | undefined
}

/** What can be changed about a network interface: only what is named changes. */
export interface LinkChanges {
  /** Switches it on or off; off takes its IPv6 addresses and its routes away. `ip link set ... up`; IFF_UP. */
  readonly up?: boolean | undefined
  /** Bytes of the largest packet, 68 to 65535. IFLA_MTU. */
  readonly mtu?: number | undefined
}
