import { ArgumentRangeError, ArgumentTypeError } from '../../errors.ts'
import { checkAddress, checkObject, KnownFields } from '../../netlink/arguments/check.ts'
import type { Family } from '../../netlink/wire/address.ts'
import { ROUTE_TABLES } from '../../route/model/route.ts'
import { checkOneInterface } from '../../sysctl/sysctl-name.ts'
import type { RoleHost } from '../facts/host-access.ts'
import { LINK } from '../resource/network-resources.ts'
import { arpSuppressionItems, checkArpInterfaces } from './arp-suppression.ts'
import {
  type HiddenVip,
  hiddenAddressItems,
  hostRouteItems,
  notAdvertisedItems,
  wholeNetworkItems,
} from './hidden-vip.ts'
import { Role, type RoleOptions } from './role.ts'
import { ensure, observe, type RoleItem } from './role-item.ts'
import {
  checkTunnelEndpoint,
  loadTunnelModule,
  resolveTunnelDevice,
  type TunnelDevice,
  type TunnelEndpoint,
  tunnelItems,
} from './tunnel-endpoint.ts'
import { checkHiddenVip, checkVips, type Vip } from './vip.ts'

/** Options of a real server that has the virtual addresses itself, hidden from the network. */
export interface HiddenVipOptions extends RoleOptions {
  /** Virtual addresses, IPv4 and IPv6. A prefix length is optional and must be 32 or 128. */
  readonly vips: readonly string[]
  /**
   * Names of the interfaces on which ARP for the addresses is suppressed, not `lo`, where no requests arrive. Default: all
   * interfaces, with the sysctls of `all`, which also apply to interfaces added later. IPv4 only: Linux does not answer neighbour solicitations for an address of
   * another interface (ndisc_recv_ns, net/ipv6/ndisc.c).
   */
  readonly interfaces?: readonly string[] | undefined
}

/** Options of a real server for direct routing, which receives the packets of the client unchanged. */
export interface DirectRealServerOptions extends HiddenVipOptions {
  /** Direct routing. */
  readonly forwarding: 'dr'
}

/** Options of a real server for tunnelling, which receives the packets of the client encapsulated. */
export interface TunnelRealServerOptions extends HiddenVipOptions {
  /** Tunnelling. */
  readonly forwarding: 'tun'
  /** The tunnel interface. Default: IP in IP, in the family of each virtual address. */
  readonly tunnel?: TunnelEndpoint | undefined
}

/** Options of a real server for NAT, whose replies must pass through the director. */
export interface NatRealServerOptions extends RoleOptions {
  /** Masquerading. */
  readonly forwarding: 'nat'
  /** Address of the director in the network of the real servers, or one for each family. It must be the default gateway. */
  readonly director: string | readonly string[]
}

/** Options of a {@link RealServer}, by forwarding method. */
export type RealServerOptions = DirectRealServerOptions | TunnelRealServerOptions | NatRealServerOptions

const LOOPBACK = 'lo'
const ARP_INTERFACE =
  'an interface on which requests for the addresses arrive; a loopback receives none, so its arp_ignore has no effect'
const COMMON_FIELDS = ['forwarding', 'stateFile']
const KNOWN_FIELDS = {
  dr: new KnownFields([...COMMON_FIELDS, 'vips', 'interfaces']),
  tun: new KnownFields([...COMMON_FIELDS, 'vips', 'interfaces', 'tunnel']),
  nat: new KnownFields([...COMMON_FIELDS, 'director']),
} as const

/**
 * A real server: a host that serves the connections that a director forwards to it.
 *
 * - `dr`: ARP is suppressed (`arp_ignore` 1, `arp_announce` 2), and then the virtual addresses are added to `lo`, each with a
 *   host route and a label such as `lo:0`.
 * - `tun`: the same with the tunnel interface instead of `lo`. The role also sets the interface up and makes its reverse path
 *   filter loose or off.
 * - `nat`: the role changes nothing. `status()` reports whether the default route leads to the director.
 *
 * @example
 * ```ts
 * await using host = await Host.open()
 * const realServer = new RealServer(host, { forwarding: 'dr', vips: ['192.168.79.110', '2001:db8::10'] })
 * const { ok, items } = await realServer.up()
 * ```
 */
export class RealServer extends Role {
  /** @internal */
  protected readonly owners: readonly string[]
  readonly #options: RealServerOptions
  readonly #vips: readonly Vip[]

  /**
   * @param host The host, usually a {@link Host}.
   * @throws {TypeError} if an address or the forwarding method is invalid, or a field is unknown.
   * @throws {RangeError} if the prefix length of a virtual address is not 32 or 128, or an interface is `lo`.
   */
  constructor(host: RoleHost, options: RealServerOptions) {
    super(host, checkOptions(options))
    this.#options = options
    this.#vips = options.forwarding === 'nat' ? [] : checkVips('vips', options.vips, checkHiddenVip)
    this.owners = this.#vips.map(ownerOf)
  }

  /** @internal */
  protected override async prepare(): Promise<void> {
    const { interfaces } = this.#options as HiddenVipOptions
    if (interfaces !== undefined) checkArpInterfaces(await this.host.network.links(), interfaces)
    for (const { device } of this.#tunnelDevices()) await loadTunnelModule(this.host, device)
  }

  /** @internal */
  protected override async stages(): Promise<RoleItem[][]> {
    const options = this.#options
    if (options.forwarding === 'nat') return [directorAddresses(options).map(defaultRouteItem)]
    const { interfaces } = options
    const v4 = this.#vips
      .filter(({ family }) => family === 'ipv4')
      .map((vip) => ({ address: vip.address, owner: ownerOf(vip) }))
    const arp = await arpSuppressionItems(this.host, interfaces, v4)
    const loopback = ensure({ handler: LINK, subject: 'lo', value: true, owners: this.owners })
    const hidden = this.#vips.map((vip) => this.#toHiddenVip(vip))
    const addresses = await hiddenAddressItems(this.host, hidden)
    const tunnels: RoleItem[][] = []
    for (const { device, family, owners } of this.#tunnelDevices()) {
      tunnels.push(...(await tunnelItems(this.host, device, family, owners)))
    }
    return [
      [loopback, ...arp],
      ...tunnels,
      addresses,
      wholeNetworkItems(hidden),
      [...(options.forwarding === 'dr' ? hostRouteItems(hidden) : []), ...notAdvertisedItems(hidden)],
    ]
  }

  #toHiddenVip(vip: Vip): HiddenVip {
    const options = this.#options
    const tunnel =
      options.forwarding === 'tun' ? resolveTunnelDevice(vip.family, options.tunnel ?? {}).name : undefined
    return { vip, interface: tunnel ?? 'lo', owner: ownerOf(vip) }
  }

  /** The tunnel interfaces, with the family of the decapsulated packets. */
  #tunnelDevices(): {
    readonly device: TunnelDevice
    readonly family: Family
    readonly owners: readonly string[]
  }[] {
    const options = this.#options
    if (options.forwarding !== 'tun') return []
    return (['ipv4', 'ipv6'] as const).flatMap((family) => {
      const owners = this.#vips.filter((vip) => vip.family === family).map(ownerOf)
      return owners.length === 0
        ? []
        : [{ device: resolveTunnelDevice(family, options.tunnel ?? {}), family, owners }]
    })
  }
}

function ownerOf({ address }: Vip): string {
  return `real-server ${address}`
}

function checkOptions(options: RealServerOptions): RealServerOptions {
  checkObject('options', options)
  const { forwarding } = options
  if (forwarding !== 'dr' && forwarding !== 'tun' && forwarding !== 'nat') {
    throw new ArgumentTypeError('forwarding', "'dr', 'tun' or 'nat'", forwarding)
  }
  KNOWN_FIELDS[forwarding].check('options', options)
  if (options.forwarding === 'nat') {
    for (const director of directorAddresses(options)) checkAddress('director', director)
  } else {
    for (const [index, name] of (options.interfaces ?? []).entries()) {
      checkOneInterface(`interfaces[${index}]`, name)
      if (name === LOOPBACK) throw new ArgumentRangeError(`interfaces[${index}]`, ARP_INTERFACE, name)
    }
    if (options.forwarding === 'tun') checkTunnelEndpoint(options.tunnel)
  }
  return options
}

function directorAddresses({ director }: NatRealServerOptions): readonly string[] {
  return typeof director === 'string' ? [director] : director
}

/** An item that reports the default route. Replies must pass through the director, which translates their source address. */
function defaultRouteItem(director: string): RoleItem {
  const family = checkAddress('director', director)
  return observe(`default route ${family}`, `via ${director}`, [], async ({ network }) => {
    const routes = (await network.routes({ family, table: ROUTE_TABLES.main })).filter(
      ({ destination }) => destination === 'default',
    )
    const [first] = routes.sort((a, b) => (a.metric ?? 0) - (b.metric ?? 0))
    if (first === undefined) return { actual: 'none', ok: false }
    const { gateway, interface: name } = first
    const words = [gateway === undefined ? [] : ['via', gateway], name === undefined ? [] : ['on', name]]
    return { actual: words.flat().join(' '), ok: gateway === director }
  })
}
