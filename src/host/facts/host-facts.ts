import type { Service } from '../../ipvs/model/service.ts'
import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import type { InterfaceAddress } from '../../route/model/interface-address.ts'
import type { Link } from '../../route/model/link.ts'
import type { Neighbour } from '../../route/model/neighbour.ts'
import type { Route } from '../../route/model/route.ts'

/** Everything a doctor looks at, read once: plain data that can travel to another host as JSON. */
export interface HostFacts {
  /** What findings call the host. */
  readonly name: string
  /** Release of the kernel, such as `6.1.176`. `uname -r`. */
  readonly release: string
  /** Virtual services with their destinations; none where IPVS is not loaded. */
  readonly services: readonly Service[]
  /** Network interfaces. */
  readonly links: readonly Link[]
  /** Addresses of the interfaces. */
  readonly addresses: readonly InterfaceAddress[]
  /** Routes of all tables, the local one among them. */
  readonly routes: readonly Route[]
  /** Neighbours: which hardware address an IP address has. */
  readonly neighbours: readonly Neighbour[]
  /** Sysctls by name, as sysctl(8) spells them; those that the kernel does not have are not there. */
  readonly sysctls: Readonly<Record<string, number>>
  /** Modules of the kernel. */
  readonly modules: ModuleFacts
  /**
   * Connections in the kernel's table of tracked connections, IPVS's own not among them unless `net.ipv4.vs.conntrack` is
   * on: the kernel tracks only where something, such as a firewall rule, needs it. `null` if it cannot track.
   * `net.netfilter.nf_conntrack_count`.
   */
  readonly trackedConnections: number | null
}

/** Modules of the kernel, by name. */
export interface ModuleFacts {
  /** Those that are loaded. */
  readonly loaded: readonly string[]
  /** Those of IPVS that are built in or could be loaded; `null` where that cannot be seen, as in most containers. */
  readonly available: readonly string[] | null
}

/** Options of {@link Host.facts}. */
export interface FactsOptions extends CallOptions {
  /** What findings are to call the host. Default: the last part of the network namespace's path, else the host's name. */
  readonly name?: string | undefined
}
