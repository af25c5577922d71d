import type { Service } from '../../ipvs/model/service.ts'
import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import type { InterfaceAddress } from '../../route/model/interface-address.ts'
import type { Link } from '../../route/model/link.ts'
import type { Neighbour } from '../../route/model/neighbour.ts'
import type { Route } from '../../route/model/route.ts'
import type { FirewallFacts } from './firewall.ts'

/** Everything that the doctor examines on a host, read once. Plain data that can be sent to another host as JSON. */
export interface HostFacts {
  /** Name of the host in findings. */
  readonly name: string
  /** Kernel release, such as `6.1.176`. `uname -r`. */
  readonly release: string
  /** Virtual services with their destinations. Empty if IPVS is not loaded. */
  readonly services: readonly Service[]
  /** Network interfaces. */
  readonly links: readonly Link[]
  /** Addresses of the interfaces. */
  readonly addresses: readonly InterfaceAddress[]
  /** Routes of all tables, including the local table. */
  readonly routes: readonly Route[]
  /** Neighbour table: the hardware addresses of IP addresses. */
  readonly neighbours: readonly Neighbour[]
  /** Sysctls by name, spelled as in sysctl(8). Sysctls that the kernel does not have are absent. */
  readonly sysctls: Readonly<Record<string, number>>
  /**
   * The rules of nftables and iptables. `null` or absent if they are not known: the programs `nft` and `iptables-save` are not
   * installed or have no permission, or another transport than the kernel is used.
   */
  readonly firewall?: FirewallFacts | null
  /** Kernel modules. */
  readonly modules: ModuleFacts
  /**
   * Number of connections that the kernel tracks (`net.netfilter.nf_conntrack_count`). The kernel tracks connections only if
   * something, such as a firewall rule, requires it, and IPVS connections only if `net.ipv4.vs.conntrack` is on. `null` if the
   * kernel has no connection tracking.
   */
  readonly trackedConnections: number | null
}

/** Kernel modules by name. */
export interface ModuleFacts {
  /** Loaded modules. */
  readonly loaded: readonly string[]
  /** IPVS modules that are built in or can be loaded. `null` if they are not visible, as in most containers. */
  readonly available: readonly string[] | null
}

/** Options of {@link Host.facts}. */
export interface FactsOptions extends CallOptions {
  /** Name of the host in findings. Default: the last part of the network namespace's path, otherwise the hostname. */
  readonly name?: string | undefined
}
