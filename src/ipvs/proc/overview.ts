import type { Family } from '../../netlink/wire/address.ts'
import type { Scheduler } from '../model/scheduler.ts'
import type { ResolvedServiceKey } from '../model/service-key.ts'

/** A destination, as far as /proc/net/ip_vs shows it. */
export interface DestinationOverview {
  /** Address of the real server, IPv4 or IPv6. */
  readonly address: string
  /** Port of the real server. */
  readonly port: number
  /** Address family of the real server. */
  readonly family: Family
  /**
   * How packets reach it: `dr`, `nat`, `tun` or `local`; a word that is not known here is the kernel's own. `nat` stands
   * for `bypass` and for methods without a name too, since the file calls them all `Masq` (ip_vs_fwd_name).
   */
  readonly forwarding: 'dr' | 'nat' | 'tun' | 'local' | (string & {})
  /** Share of the connections; 0 when it gets no new ones. */
  readonly weight: number
  /** Connections in use (TCP: established), counted live. */
  readonly activeConnections: number
  /** Connections in any other state, counted live. */
  readonly inactiveConnections: number
}

/** The persistence of a service, as far as /proc/net/ip_vs shows it. */
export interface PersistenceOverview {
  /**
   * How long a client is remembered, in ticks of the kernel's clock: 100, 250, 300 or 1000 a second, as the kernel was
   * built (CONFIG_HZ). Nothing in /proc tells which, so that seconds cannot be given.
   */
  readonly timeoutTicks: number
  /** IPv4: a dotted mask; IPv6: a prefix length; undefined where the service's family is not known. */
  readonly mask: string | number | undefined
}

/** The key of a service under a firewall mark that may be of either family. */
export interface FwmarkOfUnknownFamily {
  /** 1 to 2^32-1. */
  readonly fwmark: number
  /** Not known. It is not undefined, because a key without a family means `ipv4`. */
  readonly family: null
  /** Not used by this variant. */
  readonly protocol?: undefined
  /** Not used by this variant. */
  readonly address?: undefined
  /** Not used by this variant. */
  readonly port?: undefined
}

/** What /proc/net/ip_vs shows of a virtual service besides its key. */
export interface ServiceOverviewState {
  /** The scheduler; `none` without one. */
  readonly scheduler: Scheduler
  /** Whether every packet is scheduled by itself; undefined for a service at an IPv6 address, where it is not shown. */
  readonly onePacket: boolean | undefined
  /** Persistence, or `null` without. */
  readonly persistence: PersistenceOverview | null
  /** Its destinations, the newest first. */
  readonly destinations: readonly DestinationOverview[]
}

/**
 * A virtual service with its destinations, as far as /proc/net/ip_vs shows them. If its family is known, it is a key too. It is
 * for looking at weights and connections often, and for those who may not use netlink: anyone may read the file.
 *
 * It has keys, schedulers, persistence, ways of forwarding, weights, and connections counted live. It has no statistics, no
 * thresholds, no tunnels, no persistent connections, no flags of schedulers and no persistence engines. Nor does it say
 * all that `services()` says of what it has:
 * - `nat` may stand for `bypass` or for a method without a name. `local` is what somebody chose: a destination that is this
 *   host itself is shown as it was made.
 * - A firewall mark has no family. It follows from a destination that is not behind a tunnel, or from a mask that IPv6
 *   cannot have; otherwise it is `null`, and of one mark there may be two such services.
 * - One-packet scheduling is not shown at IPv6 addresses, the time of persistence is in ticks of unknown length.
 * - A protocol without a name can have the number of another, when the kernel prints for two readers at once: they share
 *   the buffer (ip_vs_proto_name).
 *
 * The order is that of `services()`. A service comes whole, with all destinations that it has at that moment. From one
 * piece to the next (a page, usually 4 KiB, or a service that is longer) the kernel finds its place again by counting
 * services from the first (ip_vs_info_array):
 * - While others add or remove services, some may be missing or come twice; since Linux 7.1 also while the kernel moves a
 *   table that has grown. Nothing tells.
 * - **Before Linux 7.1 services are missing while other network namespaces have any**, up to as many as those: they are
 *   counted when they are passed over, but not when the place is looked for. What fits the first piece is complete. Where
 *   other namespaces, such as those of containers, may have services, use `services()`.
 * - The time that this takes grows with the square of the number of services. It is the cheaper reading for tables of up to
 *   some thousand services; a larger one `services()` reads in the same time or less.
 */
export type ServiceOverview = (ResolvedServiceKey | FwmarkOfUnknownFamily) & ServiceOverviewState
