import { ArgumentTypeError } from '../../errors.ts'
import { checkAddress, checkObject } from '../../netlink/arguments/check.ts'
import { checkInterfaceName } from '../../netlink/arguments/interface-name.ts'
import { KnownFields } from '../../netlink/arguments/known-fields.ts'
import type { Family } from '../../netlink/wire/address.ts'
import { ROUTE_TABLES } from '../../route/model/route.ts'
import { LINK } from '../resource/link.ts'
import type { RoleHost } from '../resource/resource-handler.ts'
import { arpSuppressionItems } from './arp-suppression.ts'
import { type HiddenVip, hiddenAddressItems, hostRouteItems, notAdvertisedItems } from './hidden-vip.ts'
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

/** A real server that has the virtual addresses itself, hidden. */
export interface HiddenVipOptions extends RoleOptions {
  /** Virtual addresses, IPv4 and IPv6; a prefix length is 32 or 128, and may be left out. */
  readonly vips: readonly string[]
  /**
   * Names of the interfaces that are to be silent about the addresses. Default: all, by the sysctls of `all`, which concern
   * interfaces that come later too. Only for IPv4: no host answers a neighbour solicitation for an address of another
   * interface (ndisc_recv_ns, net/ipv6/ndisc.c).
   */
  readonly interfaces?: readonly string[] | undefined
}

/** A real server by direct routing: packets come as they left the client. */
export interface DirectRealServerOptions extends HiddenVipOptions {
  /** Direct routing. */
  readonly forwarding: 'dr'
}

/** A real server at the end of a tunnel: packets come wrapped into others. */
export interface TunnelRealServerOptions extends HiddenVipOptions {
  /** Tunnelling. */
  readonly forwarding: 'tun'
  /** The end of the tunnel. Default: IP in IP, in the family of each virtual address. */
  readonly tunnel?: TunnelEndpoint | undefined
}

/** A real server behind network address translation: it must answer by way of the director. */
export interface NatRealServerOptions extends RoleOptions {
  /** Masquerading. */
  readonly forwarding: 'nat'
  /** Address of the director in the network of the real servers, or one for each family: the default gateway. */
  readonly director: string | readonly string[]
}

/** What a real server is to be, by forwarding method. */
export type RealServerOptions = DirectRealServerOptions | TunnelRealServerOptions | NatRealServerOptions

const COMMON_FIELDS = ['forwarding', 'stateFile']
const KNOWN_FIELDS = {
  dr: new KnownFields([...COMMON_FIELDS, 'vips', 'interfaces']),
  tun: new KnownFields([...COMMON_FIELDS, 'vips', 'interfaces', 'tunnel']),
  nat: new KnownFields([...COMMON_FIELDS, 'director']),
} as const

/**
 * A real server: a host that serves what a director sends it.
 *
 * - `dr`: the virtual addresses are on `lo`, after ARP has been suppressed (`arp_ignore` 1, `arp_announce` 2), with a host
 *   route and a label such as `lo:0`.
 * - `tun`: the same on the interface at the end of the tunnel, which is up and has no strict reverse path filter.
 * - `nat`: nothing is changed; `status()` tells whether the default route leads to the director.
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
   * @param host The host, mostly a {@link Host}.
   * @throws {TypeError} when something is no address, no method, or a field is unknown.
   * @throws {RangeError} when a virtual address has another prefix length than 32 or 128.
   */
  constructor(host: RoleHost, options: RealServerOptions) {
    super(host, checkOptions(options))
    this.#options = options
    this.#vips = options.forwarding === 'nat' ? [] : checkVips('vips', options.vips, checkHiddenVip)
    this.owners = this.#vips.map(ownerOf)
  }

  /** @internal */
  protected override async prepare(): Promise<void> {
    for (const { device } of this.#tunnelDevices()) await loadTunnelModule(this.host, device)
  }

  /** @internal */
  protected override async stages(): Promise<RoleItem[][]> {
    const options = this.#options
    if (options.forwarding === 'nat') return [directorAddresses(options).map(defaultRouteItem)]
    const { interfaces } = options
    const v4 = this.#vips.filter(({ family }) => family === 'ipv4').map(ownerOf)
    const arp = v4.length === 0 ? [] : await arpSuppressionItems(this.host, interfaces, v4)
    const loopback = ensure({ handler: LINK, subject: 'lo', value: true, owners: this.owners })
    const hidden = this.#vips.map((vip) => this.#toHiddenVip(vip))
    const addresses = await hiddenAddressItems(this.host, hidden)
    const tunnels: RoleItem[][] = []
    for (const { device, family, claims } of this.#tunnelDevices()) {
      tunnels.push(...(await tunnelItems(this.host, device, family, claims)))
    }
    return [
      [loopback, ...arp],
      ...tunnels,
      addresses,
      [...(options.forwarding === 'dr' ? hostRouteItems(hidden) : []), ...notAdvertisedItems(hidden)],
    ]
  }

  #toHiddenVip(vip: Vip): HiddenVip {
    const options = this.#options
    const tunnel =
      options.forwarding === 'tun' ? resolveTunnelDevice(vip.family, options.tunnel ?? {}).name : undefined
    return { vip, interface: tunnel ?? 'lo', owner: ownerOf(vip) }
  }

  /** The interfaces at the ends of tunnels, with the families that come out of them. */
  #tunnelDevices(): {
    readonly device: TunnelDevice
    readonly family: Family
    readonly claims: readonly string[]
  }[] {
    const options = this.#options
    if (options.forwarding !== 'tun') return []
    return (['ipv4', 'ipv6'] as const).flatMap((family) => {
      const claims = this.#vips.filter((vip) => vip.family === family).map(ownerOf)
      return claims.length === 0
        ? []
        : [{ device: resolveTunnelDevice(family, options.tunnel ?? {}), family, claims }]
    })
  }
}

function ownerOf({ address }: Vip): string {
  return `real-server ${address}`
}

function checkOptions(options: RealServerOptions): RealServerOptions {
  checkObject('options', options)
  const { forwarding: method } = options
  if (method !== 'dr' && method !== 'tun' && method !== 'nat') {
    throw new ArgumentTypeError('forwarding', "'dr', 'tun' or 'nat'", method)
  }
  KNOWN_FIELDS[method].check('options', options)
  if (options.forwarding === 'nat') {
    for (const director of directorAddresses(options)) checkAddress('director', director)
  } else {
    for (const [index, name] of (options.interfaces ?? []).entries()) {
      checkInterfaceName(`interfaces[${index}]`, name)
    }
    if (options.forwarding === 'tun') checkTunnelEndpoint(options.tunnel)
  }
  return options
}

function directorAddresses({ director }: NatRealServerOptions): readonly string[] {
  return typeof director === 'string' ? [director] : director
}

/** That packets to anywhere leave by the director: their source address has to be translated back there. */
function defaultRouteItem(director: string): RoleItem {
  const family = checkAddress('director', director)
  return observe(`default route ${family}`, `via ${director}`, [], async ({ network }) => {
    const routes = (await network.routes({ family, table: ROUTE_TABLES.main })).filter(
      ({ destination }) => destination === 'default',
    )
    const [first] = routes.sort((a, b) => (a.metric ?? 0) - (b.metric ?? 0))
    if (first === undefined) return { actual: 'none', ok: false }
    const { gateway, interface: name } = first
    const found = [gateway === undefined ? [] : ['via', gateway], name === undefined ? [] : ['on', name]]
    return { actual: found.flat().join(' '), ok: gateway === director }
  })
}
