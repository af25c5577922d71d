import { BOOLEAN, choice, integer, type SysctlDefinition } from './definition.ts'

/**
 * How the kernel makes one value of that of `all` and that of an interface:
 * - `max`: the larger one counts
 * - `or`: on if either is; `and`: on if both are
 * - `interface`: that of the interface alone
 * - `forced`: that of `all` alone, or else `force_forwarding` of the interface
 * - `redirects`: `and` where the interface forwards, else `or` (IN_DEV_RX_REDIRECTS)
 */
export type Combination = 'max' | 'or' | 'and' | 'interface' | 'forced' | 'redirects'

/** A sysctl that each interface has, and `all`, and `default`. */
export type InterfaceSysctl = SysctlDefinition & {
  /** How `all` and the interface go together. */
  readonly combined: Combination
}

const OR = { ...BOOLEAN, combined: 'or' } as const
const AND = { ...BOOLEAN, combined: 'and' } as const

/**
 * The sysctls of IPv4 that an interface has, `net.ipv4.conf.INTERFACE.NAME`. The kernel checks none of them and takes
 * any integer; what it means is what is allowed here. `default` is what interfaces made later begin with.
 */
export const IPV4_INTERFACE_SYSCTLS = {
  /**
   * Which ARP requests are answered: 0 those for any address of the host, 1 for one of the interface that they come to, 2
   * and only from its network, 3 for any whose scope is not `host`, 8 none.
   */
  arp_ignore: { ...choice(0, 1, 2, 3, 8), combined: 'max' },
  /**
   * Which address ARP requests name as their sender: 0 that of the packet, 1 the same if it is in the network of the target, 2
   * one of the interface.
   */
  arp_announce: { ...integer(0, 2), combined: 'max' },
  /** Whether the interface announces its addresses when it comes up; not when a VIP is added. */
  arp_notify: { ...BOOLEAN, combined: 'max' },
  /** Whether gratuitous ARP makes new neighbours: 0 no, 1 yes, 2 only of the interface's network. */
  arp_accept: { ...integer(0, 2), combined: 'max' },
  /** Whether ARP is answered only by the interface that the answer would leave by. */
  arp_filter: OR,
  /** Whether packets that come in by the interface are forwarded. */
  forwarding: { ...BOOLEAN, combined: 'interface' },
  /** Check of the source address by the way back: 0 off, 1 strict (by the same interface), 2 loose (by any). */
  rp_filter: { ...integer(0, 2), combined: 'max' },
  /** Whether hosts are told of a shorter way (ICMP redirect). The kernel's default is 1. */
  send_redirects: OR,
  /** Whether the host takes note of ICMP redirects. */
  accept_redirects: { ...BOOLEAN, combined: 'redirects' },
  /** Whether packets with a source address of this host itself are taken. */
  accept_local: OR,
  /** Whether 127.0.0.0/8 may be routed. */
  route_localnet: OR,
  /** Whether packets with impossible addresses are logged. */
  log_martians: OR,
  /** Whether the firewall mark counts in the check of the source address. */
  src_valid_mark: OR,
  /** Whether ICMP redirects are taken from gateways only. */
  secure_redirects: OR,
  /** Whether several networks share the wire. */
  shared_media: OR,
  /** Whether ARP is answered for other hosts. */
  proxy_arp: OR,
  /** Whether source routed packets are taken. */
  accept_source_route: AND,
  /** Whether multicast is routed; set by the routing daemon, nobody can write it. */
  mc_forwarding: AND,
  /** Whether directed broadcasts are forwarded. */
  bc_forwarding: { ...AND, since: '5.0' },
  /** Whether the ARP cache is emptied when the carrier is lost. */
  arp_evict_nocarrier: { ...AND, since: '5.16' },
} as const satisfies Readonly<Record<string, InterfaceSysctl>>

/** The sysctls of IPv6 that an interface has, `net.ipv6.conf.INTERFACE.NAME`. */
export const IPV6_INTERFACE_SYSCTLS = {
  /** With `all`, whether the host forwards IPv6; with an interface, only whether it behaves as a router there. */
  forwarding: { ...BOOLEAN, combined: 'forced' },
  /** Whether the interface forwards whatever `all` says. */
  force_forwarding: { ...BOOLEAN, combined: 'interface', since: '6.17' },
  /** Duplicate address detection: 0 off, 1 on, 2 on and IPv6 off on a conflict; `lo` has -1. */
  accept_dad: { ...integer(-1, 2), combined: 'max' },
  /** Whether the interface announces its addresses when it comes up. */
  ndisc_notify: { ...OR, since: '3.11' },
} as const satisfies Readonly<Record<string, InterfaceSysctl>>

/** Sysctls of the host itself. */
export const HOST_SYSCTLS = {
  /**
   * Whether the host forwards IPv4; the same as `net.ipv4.conf.all.forwarding`. A change goes to `default` and every
   * interface, and sets `accept_redirects` of `all` to the opposite (inet_forward_change, net/ipv4/devinet.c).
   */
  'net.ipv4.ip_forward': BOOLEAN,
} as const satisfies Readonly<Record<string, SysctlDefinition>>

/** The last part of the name of a sysctl that IPv4 has for each interface. */
export type Ipv4InterfaceSysctl = keyof typeof IPV4_INTERFACE_SYSCTLS

/** The last part of the name of a sysctl that IPv6 has for each interface. */
export type Ipv6InterfaceSysctl = keyof typeof IPV6_INTERFACE_SYSCTLS
