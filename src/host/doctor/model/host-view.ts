import type { Destination } from '../../../ipvs/model/destination.ts'
import type { Service } from '../../../ipvs/model/service.ts'
import { type Family, familyOf } from '../../../netlink/wire/address.ts'
import { containsAddress } from '../../../netlink/wire/ip-prefix.ts'
import type { InterfaceAddress } from '../../../route/model/interface-address.ts'
import { type Link, resolvesAddresses } from '../../../route/model/link.ts'
import type { Route } from '../../../route/model/route.ts'
import { isTunnelKind } from '../../../route/model/tunnel-link.ts'
import { computeEffectiveValue } from '../../../sysctl/effective.ts'
import type { IPV4_INTERFACE_SYSCTLS, Ipv4InterfaceSysctl } from '../../../sysctl/interface-sysctls.ts'
import { findInterfaceSysctl } from '../../../sysctl/interface-sysctls.ts'
import { findArpInterfaces } from '../../facts/arp-interfaces.ts'
import type { HostFacts } from '../../facts/host-facts.ts'
import { findDefaultRoute, findRoute, hasLocalRoute } from '../../facts/route-lookup.ts'
import type { DiagnoseOptions, HostRole } from './options.ts'

/**
 * The facts of a host, and conclusions from them. This class never queries the kernel. It caches frequent lookups because a
 * director may have thousands of VIPs.
 */
export class HostView {
  readonly facts: HostFacts
  readonly options: DiagnoseOptions
  /** Addresses of its director. Empty if unknown. */
  readonly directors: readonly string[]
  /** Interfaces of networks on which other hosts resolve VIPs, by ARP or neighbour discovery. */
  readonly arpInterfaces: readonly Link[]
  readonly role: HostRole
  /** Whether routers send packets for the VIPs to this host, so that it need not answer for them. */
  readonly isRouted: boolean
  /** VIPs for which this host receives packets as a director. */
  readonly directedVips: readonly string[]
  /** VIPs that this host serves as a real server of another director. */
  readonly servedVips: readonly string[]
  /** How packets for the VIPs reach this real server. */
  readonly forwarding: 'dr' | 'tun' | 'nat' | undefined
  /** The VIPs that the options name. */
  readonly #vips: readonly string[] | undefined
  readonly #links: ReadonlyMap<string, Link>
  readonly #addressEntries: ReadonlyMap<string, readonly InterfaceAddress[]>
  /** The services by address. Services of a firewall mark have none. */
  readonly #services: ReadonlyMap<string, readonly Service[]>
  readonly #local = new Map<string, boolean>()
  readonly #routes = new Map<string, Route | undefined>()

  constructor(facts: HostFacts, options: DiagnoseOptions, directors?: readonly string[]) {
    this.facts = facts
    this.options = options
    this.directors = directors ?? (options.director === undefined ? [] : [options.director])
    this.#links = new Map(facts.links.map((link) => [link.name, link]))
    this.#addressEntries = groupByAddress(facts.addresses)
    this.#services = groupByAddress(facts.services)
    this.arpInterfaces = this.#findArpInterfaces()
    this.isRouted = options.vips === 'routed'
    this.#vips = options.vips === 'routed' ? undefined : options.vips
    this.role = options.role ?? this.#findRole()
    this.directedVips = this.#findDirectedVips()
    this.servedVips = this.#findServedVips()
    this.forwarding = options.forwarding ?? this.#findForwarding()
  }

  /** The VIPs that the options list. */
  get givenVips(): readonly string[] {
    return this.#vips ?? []
  }

  link(name: string | undefined): Link | undefined {
    return name === undefined ? undefined : this.#links.get(name)
  }

  /** The entries of an address on the interfaces. */
  addressEntries(address: string): readonly InterfaceAddress[] {
    return this.#addressEntries.get(address) ?? []
  }

  /** Whether the host accepts packets for an address. */
  isLocal(address: string): boolean {
    let isLocal = this.#local.get(address)
    if (isLocal === undefined) {
      isLocal = this.addressEntries(address).length > 0 || hasLocalRoute(this.facts.routes, address)
      this.#local.set(address, isLocal)
    }
    return isLocal
  }

  /** The value of a sysctl. Undefined if the kernel does not have it. */
  sysctl(name: string): number | undefined {
    return this.facts.sysctls[name]
  }

  /** The value of a sysctl of an interface, or of `all`. */
  configuredSysctl(setting: Ipv4InterfaceSysctl, interfaceName: string): number {
    return this.sysctl(`net.ipv4.conf.${interfaceName.replaceAll('.', '/')}.${setting}`) ?? 0
  }

  /** The value that takes effect on an interface: the kernel combines the values of the interface and of `all`. */
  effectiveSysctl(setting: keyof typeof IPV4_INTERFACE_SYSCTLS, interfaceName: string): number {
    const [all, own] = [this.configuredSysctl(setting, 'all'), this.configuredSysctl(setting, interfaceName)]
    return computeEffectiveValue(setting, findInterfaceSysctl('ipv4', setting).combined, {
      all,
      own,
      other: 0,
    })
  }

  /**
   * Whether the host answers ARP requests or neighbour solicitations for an address on an interface: arp_ignore() of
   * net/ipv4/arp.c, ndisc_recv_ns() of net/ipv6/ndisc.c.
   */
  answers(address: string, { name }: Link): boolean {
    const entries = this.addressEntries(address)
    const isOnInterface = entries.some((entry) => entry.interface === name)
    if (familyOf(address) === 'ipv6') return isOnInterface
    switch (this.effectiveSysctl('arp_ignore', name)) {
      case 0:
        return entries.length > 0
      case 3:
        return entries.some(({ scope }) => scope !== 'host' && scope !== 'nowhere')
      case 8:
        return false
      default:
        return isOnInterface
    }
  }

  /** Whether the host has an address but does not answer for it on any network. */
  isHidden(address: string): boolean {
    return (
      this.addressEntries(address).length > 0 &&
      !this.arpInterfaces.some((link) => this.answers(address, link))
    )
  }

  /** Whether the host hides an address as a real server does, on interfaces without ARP only. */
  isPassive(address: string): boolean {
    const isOffNetwork = this.addressEntries(address).every((entry) =>
      isWithoutArp(this.link(entry.interface)),
    )
    return isOffNetwork && this.isHidden(address)
  }

  /** The route to an address: the longest matching prefix, then the lowest metric. */
  routeTo(address: string): Route | undefined {
    if (!this.#routes.has(address)) this.#routes.set(address, findRoute(this.facts.routes, address))
    return this.#routes.get(address)
  }

  /** The default route with the lowest metric. */
  defaultRoute(family: Family): Route | undefined {
    return findDefaultRoute(this.facts.routes, family)
  }

  /** The interface through which packets to an address leave. */
  outboundLink(address: string): Link | undefined {
    const route = this.routeTo(address)
    return this.link(route?.interface ?? route?.nextHops?.[0]?.interface)
  }

  /** Destinations of one forwarding method on other hosts, each with its service. */
  remoteDestinations(method: 'dr' | 'tun' | 'nat'): { service: Service; destination: Destination }[] {
    return this.facts.services.flatMap((service) =>
      service.destinations
        .filter(({ forwarding, address }) => forwarding === method && !this.isLocal(address))
        .map((destination) => ({ service, destination })),
    )
  }

  /** Services for an address. */
  servicesOf(vip: string): readonly Service[] {
    return this.#services.get(vip) ?? []
  }

  #findArpInterfaces(): Link[] {
    const { interface: only } = this.options
    return findArpInterfaces(this.facts.links).filter(({ name }) => only === undefined || name === only)
  }

  #findRole(): HostRole {
    if (this.facts.services.length === 0) return 'real-server'
    if (this.isRouted) return 'director'
    return [...this.#services.keys()].some((address) => this.isPassive(address)) ? 'both' : 'director'
  }

  #findDirectedVips(): string[] {
    if (this.role === 'real-server') return []
    const further = this.role === 'director' ? (this.#vips ?? []) : []
    return [...new Set([...this.#services.keys(), ...further])].filter((vip) => !isOnEveryHost(vip))
  }

  #findServedVips(): readonly string[] {
    if (this.role === 'director') return []
    const vips = this.#vips ?? this.#addressesWithoutArp()
    return this.role === 'real-server' ? vips : vips.filter((vip) => !this.#services.has(vip))
  }

  #findForwarding(): 'dr' | 'tun' | 'nat' | undefined {
    const inTunnel = ({ interface: name }: InterfaceAddress) => isTunnelKind(this.link(name)?.kind)
    if (this.servedVips.some((vip) => this.addressEntries(vip).some(inTunnel))) return 'tun'
    if (this.servedVips.length > 0) return 'dr'
    return this.directors.length > 0 && this.role === 'real-server' ? 'nat' : undefined
  }

  /** Addresses on interfaces without ARP, where a real server has its VIPs. */
  #addressesWithoutArp(): string[] {
    const addresses = this.facts.addresses
      .filter(({ interface: name, scope }) => isWithoutArp(this.link(name)) && scope !== 'link')
      .map(({ address }) => address)
    return [...new Set(addresses)].filter((address) => !isOnEveryHost(address))
  }
}

function groupByAddress<T extends { readonly address?: string | undefined }>(
  things: readonly T[],
): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const thing of things) {
    if (thing.address === undefined) continue
    const group = groups.get(thing.address)
    if (group === undefined) groups.set(thing.address, [thing])
    else group.push(thing)
  }
  return groups
}

/** Loopback addresses, and the IPv4-compatible addresses that the kernel adds to `sit0` (add_v4_addrs, net/ipv6/addrconf.c). */
const NETWORKS_OF_EVERY_HOST = [
  { address: '127.0.0.0', prefixLength: 8 },
  { address: '::', prefixLength: 96 },
]

function isOnEveryHost(address: string): boolean {
  return NETWORKS_OF_EVERY_HOST.some((network) => containsAddress(network, address))
}

/** Whether other hosts do not resolve addresses of an interface: `lo`, a dummy, a tunnel. */
export function isWithoutArp(link: Link | undefined): boolean {
  return link !== undefined && !resolvesAddresses(link)
}
