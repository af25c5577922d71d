import type { Family } from '../../netlink/wire/address.ts'
import type { Scheduler } from '../model/scheduler.ts'
import type { ResolvedServiceKey } from '../model/service-key.ts'

/** A destination in /proc/net/ip_vs. */
export interface DestinationOverview {
  /** Address of the real server, IPv4 or IPv6. */
  readonly address: string
  /** Port of the real server. */
  readonly port: number
  /** Address family of the real server. */
  readonly family: Family
  /**
   * How packets reach it: `dr`, `nat`, `tun` or `local`; any other value is the kernel's own word. `nat` may also mean `bypass`
   * or a method without a name, because the file calls all of them `Masq` (ip_vs_fwd_name).
   */
  readonly forwarding: 'dr' | 'nat' | 'tun' | 'local' | (string & {})
  /** Share of the connections; with 0 it gets no new ones. */
  readonly weight: number
  /** Connections in use (TCP: established), counted live. */
  readonly activeConnections: number
  /** Connections in any other state, counted live. */
  readonly inactiveConnections: number
}

/** The persistence of a service in /proc/net/ip_vs. */
export interface PersistenceOverview {
  /**
   * Time for which the kernel remembers a client, in its ticks: 100, 250, 300 or 1000 per second, depending on CONFIG_HZ, which
   * /proc does not show.
   */
  readonly timeoutTicks: number
  /** IPv4: a dotted mask; IPv6: a prefix length; undefined if the family of the service is unknown. */
  readonly mask: string | number | undefined
}

/** The key of a service with a firewall mark and an unknown family. */
export interface FwmarkOfUnknownFamily {
  /** 1 to 2^32-1. */
  readonly fwmark: number
  /** Unknown. Not undefined, because a key without a family means `ipv4`. */
  readonly family: null
  /** Not used by this variant. */
  readonly protocol?: undefined
  /** Not used by this variant. */
  readonly address?: undefined
  /** Not used by this variant. */
  readonly port?: undefined
}

/** The properties of a virtual service in /proc/net/ip_vs, except for its key. */
export interface ServiceOverviewState {
  /** The scheduler; `none` without one. */
  readonly scheduler: Scheduler
  /** Whether every packet is scheduled by itself; undefined for a service with an IPv6 address, for which it is not shown. */
  readonly onePacket: boolean | undefined
  /** Persistence, or `null` without. */
  readonly persistence: PersistenceOverview | null
  /** Its destinations, the newest first. */
  readonly destinations: readonly DestinationOverview[]
}

/**
 * A virtual service with its destinations, as /proc/net/ip_vs shows them; with a known family it is also a key. Use it to read
 * weights and connections often, and in processes that may not use netlink: every process may read the file.
 *
 * It contains keys, schedulers, persistence, forwarding methods, weights, and connections counted live. It contains no
 * statistics, thresholds, tunnels, persistent connections, scheduler flags or persistence engines. Compared with `services()`:
 * - `nat` may mean `bypass` or a method without a name. `local` appears only where it was set: a destination on this host is
 *   shown with the method that it was added with.
 * - A firewall mark has no family. The family is derived from a destination without a tunnel, or from a mask that IPv6 cannot
 *   have; otherwise it is `null`, and the mark may have two such services.
 * - One-packet scheduling is not shown for IPv6 addresses, and the persistence timeout is in ticks of unknown length.
 * - A protocol without a name can appear with the number of another protocol if the kernel prints for two readers at the same
 *   time: they share the buffer (ip_vs_proto_name).
 *
 * The order is that of `services()`. Each service is complete, with all destinations that it has at that moment. From one chunk
 * to the next (a page, usually 4 KiB, or a longer service) the kernel finds its position by counting services from the first
 * (ip_vs_info_array):
 * - If another process adds or removes services, some may be missing or occur twice, without notice; since Linux 7.1 also
 *   while the kernel moves a table that has grown.
 * - **Before Linux 7.1, services are missing while other network namespaces have services**, up to the number of the other
 *   services: the kernel counts them while printing, but not while finding its position. The first chunk is complete. If other
 *   namespaces, such as those of containers, may have services, use `services()`.
 * - The time grows with the square of the number of services. Up to some thousand services it is the cheaper way to read; for
 *   a larger table `services()` takes the same time or less.
 */
export type ServiceOverview = (ResolvedServiceKey | FwmarkOfUnknownFamily) & ServiceOverviewState
