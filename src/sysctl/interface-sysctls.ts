import { ArgumentTypeError } from '../errors.ts'
import type { Family } from '../netlink/wire/address.ts'
import { BOOLEAN, choice, integer, type SysctlDefinition } from './definition.ts'

/**
 * How the kernel combines the values of `all` and of an interface:
 * - `max`: the larger one
 * - `or`: on if either is on; `and`: on if both are on
 * - `interface`: only the value of the interface
 * - `forced`: the value of `all`, or `force_forwarding` of the interface
 * - `redirects`: `and` if the interface forwards, otherwise `or` (IN_DEV_RX_REDIRECTS)
 */
export type Combination = 'max' | 'or' | 'and' | 'interface' | 'forced' | 'redirects'

/** A sysctl that exists for each interface, for `all` and for `default`. */
export type InterfaceSysctl = SysctlDefinition & {
  /** How the values of `all` and the interface are combined. */
  readonly combined: Combination
}

const OR = { ...BOOLEAN, combined: 'or' } as const
const AND = { ...BOOLEAN, combined: 'and' } as const

/**
 * The IPv4 sysctls of an interface, `net.ipv4.conf.INTERFACE.NAME`. The kernel accepts any integer; the ranges here are the
 * values with a meaning. `default` has the initial values of new interfaces.
 */
export const IPV4_INTERFACE_SYSCTLS = {
  /**
   * Which ARP requests are answered: 0 for any address of the host, 1 for an address of the receiving interface, 2 as 1 and
   * only from the network of that address, 3 for any address whose scope is not `host`, 8 none.
   */
  arp_ignore: { ...choice(0, 1, 2, 3, 8), combined: 'max' },
  /**
   * The sender address of ARP requests: 0 the source address of the packet, 1 the same if it is in the network of the target, 2
   * an address of the interface.
   */
  arp_announce: { ...integer(0, 2), combined: 'max' },
  /** Whether the interface announces its addresses when it comes up. Adding a VIP triggers no announcement. */
  arp_notify: { ...BOOLEAN, combined: 'max' },
  /** Whether gratuitous ARP adds neighbours: 0 no, 1 yes, 2 only those in the network of the interface. */
  arp_accept: { ...integer(0, 2), combined: 'max' },
  /** Whether an interface answers ARP requests only if packets to the sender leave through it. */
  arp_filter: OR,
  /** Whether packets received on the interface are forwarded. */
  forwarding: { ...BOOLEAN, combined: 'interface' },
  /** Reverse path filter: 0 off, 1 strict (route back through the same interface), 2 loose (through any). */
  rp_filter: { ...integer(0, 2), combined: 'max' },
  /** Whether the host sends ICMP redirects. Default of the kernel: 1. */
  send_redirects: OR,
  /** Whether the host accepts ICMP redirects. */
  accept_redirects: { ...BOOLEAN, combined: 'redirects' },
  /** Whether packets with a source address of this host are accepted. */
  accept_local: OR,
  /** Whether 127.0.0.0/8 may be routed. */
  route_localnet: OR,
  /** Whether packets with impossible addresses are logged. */
  log_martians: OR,
  /** Whether the reverse path filter takes the firewall mark into account. */
  src_valid_mark: OR,
  /** Whether ICMP redirects are accepted from gateways only. */
  secure_redirects: OR,
  /** Whether several networks share the link. */
  shared_media: OR,
  /** Whether ARP requests for other hosts are answered. */
  proxy_arp: OR,
  /** Whether packets with source routing are accepted. */
  accept_source_route: AND,
  /** Whether multicast is forwarded; read-only, set by the multicast routing daemon. */
  mc_forwarding: AND,
  /** Whether directed broadcasts are forwarded. */
  bc_forwarding: { ...AND, since: '5.0' },
  /** Whether the ARP cache is cleared when the carrier is lost. */
  arp_evict_nocarrier: { ...AND, since: '5.16' },
} as const satisfies Readonly<Record<string, InterfaceSysctl>>

/** The IPv6 sysctls of an interface, `net.ipv6.conf.INTERFACE.NAME`. */
export const IPV6_INTERFACE_SYSCTLS = {
  /** For `all`, whether the host forwards IPv6; for an interface, only whether the host acts as a router there. */
  forwarding: { ...BOOLEAN, combined: 'forced' },
  /** Whether the interface forwards regardless of `all`. */
  force_forwarding: { ...BOOLEAN, combined: 'interface', since: '6.17' },
  /** Duplicate address detection: 0 off, 1 on, 2 on, and disable IPv6 on a conflict; `lo` has -1. */
  accept_dad: { ...integer(-1, 2), combined: 'max' },
  /** Whether the interface announces its addresses when it comes up. */
  ndisc_notify: { ...OR, since: '3.11' },
} as const satisfies Readonly<Record<string, InterfaceSysctl>>

/** Sysctls of the host. */
export const HOST_SYSCTLS = {
  /**
   * Whether the host forwards IPv4; the same as `net.ipv4.conf.all.forwarding`. A change also sets it for `default` and every
   * interface, and sets `accept_redirects` of `all` to the opposite (inet_forward_change, net/ipv4/devinet.c).
   */
  'net.ipv4.ip_forward': BOOLEAN,
} as const satisfies Readonly<Record<string, SysctlDefinition>>

/** The last part of the name of an IPv4 sysctl of an interface. */
export type Ipv4InterfaceSysctl = keyof typeof IPV4_INTERFACE_SYSCTLS

/** The last part of the name of an IPv6 sysctl of an interface. */
export type Ipv6InterfaceSysctl = keyof typeof IPV6_INTERFACE_SYSCTLS

/**
 * Finds the definition of a sysctl of interfaces.
 *
 * @throws {ArgumentTypeError} if there is none of that name.
 */
export function findInterfaceSysctl(family: Family, setting: unknown): InterfaceSysctl {
  const table: Readonly<Record<string, InterfaceSysctl>> =
    family === 'ipv4' ? IPV4_INTERFACE_SYSCTLS : IPV6_INTERFACE_SYSCTLS
  const found = typeof setting === 'string' && Object.hasOwn(table, setting) ? table[setting] : undefined
  if (found === undefined) {
    throw new ArgumentTypeError('setting', `one of ${Object.keys(table).join(', ')}`, setting)
  }
  return found
}
