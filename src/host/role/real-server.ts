import { ArgumentTypeError } from '../../errors.ts'
import type { Family } from '../../netlink/wire/address.ts'
import { checkAddress, checkObject } from '../../netlink/arguments/check.ts'
import { checkInterfaceName } from '../../netlink/arguments/interface-name.ts'
import { KnownFields } from '../../netlink/arguments/known-fields.ts'
import { LINK } from '../resource/link.ts'
import type { RoleHost } from '../resource/resource-handler.ts'
import { suppressArp } from './arp-suppression.ts'
import { type HiddenVip, hiddenAddresses, hostRoutes, nowhereVisible } from './hidden-vip.ts'
import { expect, type Item, settle } from './role-item.ts'
import { Role, type RoleOptions } from './role.ts'
import {
  checkTunnelEnd,
  loadTunnel,
  type TunnelDevice,
  type TunnelEnd,
  tunnelDevice,
  tunnelItems,
} from './tunnel-endpoint.ts'
import { checkHiddenVip, checkVips, type Vip } from './vip.ts'

/** A real server that has the virtual addresses itself, hidden. */
export interface HidingRealServer extends RoleOptions {
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
export interface DirectRealServer extends HidingRealServer {
  /** Direct routing. */
  readonly method: 'dr'
}

/** A real server at the end of a tunnel: packets come wrapped into others. */
export interface TunnelRealServer extends HidingRealServer {
  /** Tunnelling. */
  readonly method: 'tun'
  /** The end of the tunnel. Default: IP in IP, in the family of each virtual address. */
  readonly tunnel?: TunnelEnd | undefined
}

/** A real server behind network address translation: it must answer by way of the director. */
export interface NatRealServer extends RoleOptions {
  /** Masquerading. */
  readonly method: 'nat'
  /** Address of the director in the network of the real servers, or one for each family: the default gateway. */
  readonly director: string | readonly string[]
}

/** What a real server is to be, by forwarding method. */
export type RealServerOptions = DirectRealServer | TunnelRealServer | NatRealServer

const COMMON = ['method', 'stateFile']
const KNOWN_FIELDS = {
  dr: new KnownFields([...COMMON, 'vips', 'interfaces']),
  tun: new KnownFields([...COMMON, 'vips', 'interfaces', 'tunnel']),
  nat: new KnownFields([...COMMON, 'director']),
} as const

/** Number of the main table. */
const MAIN = 254

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
 * const realServer = new RealServer(host, { method: 'dr', vips: ['192.168.79.110', '2001:db8::10'] })
 * const { ok, items } = await realServer.up()
 * ```
 */
export class RealServer extends Role {
  /** @internal */
  protected readonly claims: readonly string[]
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
    this.#vips = options.method === 'nat' ? [] : checkVips('vips', options.vips, checkHiddenVip)
    this.claims = this.#vips.map(claimOf)
  }

  /** @internal */
  protected override async prepare(): Promise<void> {
    for (const { device } of this.#devices()) await loadTunnel(this.host, device)
  }

  /** @internal */
  protected override async stages(): Promise<Item[][]> {
    const options = this.#options
    if (options.method === 'nat') return [directors(options).map(defaultRoute)]
    const { interfaces } = options
    const v4 = this.#vips.filter(({ family }) => family === 'ipv4').map(claimOf)
    const arp = v4.length === 0 ? [] : await suppressArp(this.host, interfaces, v4)
    const loopback = settle({ register: LINK, subject: 'lo', value: true, claims: this.claims })
    const hidden = this.#vips.map((vip) => this.#hide(vip))
    const addresses = await hiddenAddresses(this.host, hidden)
    const tunnels: Item[][] = []
    for (const { device, family, claims } of this.#devices()) {
      tunnels.push(...(await tunnelItems(this.host, device, family, claims)))
    }
    return [
      [loopback, ...arp],
      ...tunnels,
      addresses,
      [...(options.method === 'dr' ? hostRoutes(hidden) : []), ...nowhereVisible(hidden)],
    ]
  }

  #hide(vip: Vip): HiddenVip {
    const options = this.#options
    const tunnel = options.method === 'tun' ? tunnelDevice(vip.family, options.tunnel ?? {}).name : undefined
    return { vip, interface: tunnel ?? 'lo', claim: claimOf(vip) }
  }

  /** The interfaces at the ends of tunnels, with the families that come out of them. */
  #devices(): {
    readonly device: TunnelDevice
    readonly family: Family
    readonly claims: readonly string[]
  }[] {
    const options = this.#options
    if (options.method !== 'tun') return []
    return (['ipv4', 'ipv6'] as const).flatMap((family) => {
      const claims = this.#vips.filter((vip) => vip.family === family).map(claimOf)
      return claims.length === 0
        ? []
        : [{ device: tunnelDevice(family, options.tunnel ?? {}), family, claims }]
    })
  }
}

function claimOf({ address }: Vip): string {
  return `real-server ${address}`
}

function checkOptions(options: RealServerOptions): RealServerOptions {
  checkObject('options', options)
  const { method } = options
  if (method !== 'dr' && method !== 'tun' && method !== 'nat') {
    throw new ArgumentTypeError('method', "'dr', 'tun' or 'nat'", method)
  }
  KNOWN_FIELDS[method].check('options', options)
  if (options.method === 'nat') {
    for (const director of directors(options)) checkAddress('director', director)
  } else {
    for (const [index, name] of (options.interfaces ?? []).entries()) {
      checkInterfaceName(`interfaces[${index}]`, name)
    }
    if (options.method === 'tun') checkTunnelEnd(options.tunnel)
  }
  return options
}

function directors({ director }: NatRealServer): readonly string[] {
  return typeof director === 'string' ? [director] : director
}

/** That packets to anywhere leave by the director: their source address has to be translated back there. */
function defaultRoute(director: string): Item {
  const family = checkAddress('director', director)
  return expect(`default route ${family}`, `via ${director}`, [], async ({ network }) => {
    const routes = (await network.routes({ family, table: MAIN })).filter(
      ({ destination }) => destination === 'default',
    )
    const [first] = routes.sort((a, b) => (a.metric ?? 0) - (b.metric ?? 0))
    if (first === undefined) return { found: 'none', ok: false }
    const { gateway, interface: name } = first
    const found = [gateway === undefined ? [] : ['via', gateway], name === undefined ? [] : ['on', name]]
    return { found: found.flat().join(' '), ok: gateway === director }
  })
}
