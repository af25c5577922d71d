import { ArgumentTypeError } from '../../errors.ts'
import { checkObject } from '../../netlink/arguments/check.ts'
import { checkInterfaceName } from '../../netlink/arguments/interface-name.ts'
import { KnownFields } from '../../netlink/arguments/known-fields.ts'
import type { Family } from '../../netlink/wire/address.ts'
import { interfaceSysctl } from '../../sysctl/sysctl-name.ts'
import { FORWARDING, FORWARDING_SWITCH } from '../resource/forwarding.ts'
import type { RoleHost } from '../resource/resource-handler.ts'
import { SYSCTL } from '../resource/sysctl.ts'
import { Role, type RoleOptions } from './role.ts'
import { ensure, type RoleItem } from './role-item.ts'
import { checkVip, checkVips } from './vip.ts'
import {
  announceVips,
  checkInterfacesExist,
  interfaceUpItems,
  type VisibleVip,
  visibleAddressItems,
} from './visible-vip.ts'

/** A virtual address of a director. */
export interface DirectorVip {
  /**
   * IPv4 or IPv6 address with the prefix length it is to have, such as `192.168.79.110/24`; without one 32 or 128, which is
   * best where the interface has another address in that network.
   */
  readonly address: string
  /** Name of the network interface that it is reached by. */
  readonly interface: string
  /** IPv4: the name under which ifconfig(8) shows it, such as `eth0:0`. Default: the interface's name. */
  readonly label?: string | undefined
}

/** What a director is to be. */
export interface DirectorOptions extends RoleOptions {
  /** The virtual addresses. */
  readonly vips: readonly DirectorVip[]
  /** Forwarding methods of its destinations; what each takes is told at {@link Director}. */
  readonly forwarding: readonly ('dr' | 'nat' | 'tun')[]
}

const FORWARDING_METHODS = ['dr', 'nat', 'tun'] as const
const KNOWN_FIELDS = new KnownFields(['vips', 'forwarding', 'stateFile'])
const KNOWN_VIP_FIELDS = new KnownFields(['address', 'interface', 'label'])

/**
 * A director: a host that has the virtual addresses and spreads what is sent to them over real servers. Its rules are the
 * business of `Ipvs`.
 *
 * - The virtual addresses are on their interfaces, and the network is told so (gratuitous ARP, unsolicited neighbour
 *   advertisement) at each `up()`.
 * - `nat`: the host forwards packets of the families of its addresses, since answers come in for the client
 *   (`net.ipv4.ip_forward`, `net.ipv6.conf.all.forwarding`). `dr` and `tun` need no forwarding: to the kernel, what arrives
 *   is for this host, and what IPVS sends is its own. IPv6 forwarding makes the kernel forget the default routes that it
 *   learned from router advertisements, except on interfaces with `accept_ra` 2, and it does not learn others.
 * - `nat` and `dr`: no ICMP redirects (`send_redirects` 0 for `all` and the interface), which would tell hosts of one network
 *   to go past the director. IPv6 has no such sysctl.
 *
 * @example
 * ```ts
 * await using host = await Host.open()
 * const director = new Director(host, {
 *   vips: [{ address: '192.168.79.110/24', interface: 'eth0' }],
 *   forwarding: ['dr'],
 * })
 * await director.up()
 * ```
 */
export class Director extends Role {
  /** @internal */
  protected readonly owners: readonly string[]
  readonly #vips: readonly VisibleVip[]
  readonly #forwarding: readonly string[]

  /**
   * @param host The host, mostly a {@link Host}.
   * @throws {TypeError} when something is no address, no method, or a field is unknown.
   */
  constructor(host: RoleHost, options: DirectorOptions) {
    super(host, KNOWN_FIELDS.check('options', options) as DirectorOptions)
    this.#forwarding = checkForwardingMethods(options.forwarding)
    this.#vips = checkVips('vips', options.vips, checkDirectorVip)
    this.owners = this.#vips.map(({ owner: claim }) => claim)
  }

  /** @internal */
  protected override async prepare(): Promise<void> {
    checkInterfacesExist(await this.host.network.links(), this.#vips, 'vips.interface')
  }

  /** @internal */
  protected override async stages(): Promise<RoleItem[][]> {
    return [
      [...interfaceUpItems(this.#vips), ...directorItems(this.#vips, this.#forwarding)],
      visibleAddressItems(this.#vips),
    ]
  }

  /** @internal */
  protected override async announce(): Promise<void> {
    await announceVips(this.host, this.#vips)
  }
}

/** What the forwarding methods take besides the addresses. */
export function directorItems(vips: readonly VisibleVip[], methods: readonly string[]): RoleItem[] {
  const of = (family: Family) => vips.filter(({ vip }) => vip.family === family)
  const items: RoleItem[] = []
  for (const family of ['ipv4', 'ipv6'] as const) {
    const claims = of(family).map(({ owner: claim }) => claim)
    if (claims.length > 0 && methods.includes('nat')) items.push(forwardingItem(family, claims))
  }
  if (!methods.includes('nat') && !methods.includes('dr')) return items
  const v4 = of('ipv4')
  const owners = v4.length === 0 ? [] : ['all', ...new Set(v4.map((vip) => vip.interface))]
  return [
    ...items,
    ...owners.map((owner) =>
      ensure({
        handler: SYSCTL,
        subject: interfaceSysctl('ipv4', owner, 'send_redirects'),
        value: '0',
        owners: v4
          .filter((vip) => owner === 'all' || vip.interface === owner)
          .map(({ owner: claim }) => claim),
      }),
    ),
  ]
}

function forwardingItem(family: Family, claims: readonly string[]): RoleItem {
  const main = FORWARDING_SWITCH[family]
  return ensure({
    handler: FORWARDING,
    subject: family,
    value: { [main]: '1' },
    accepts: (found) => ((found as Readonly<Record<string, string>>)[main] ?? '0') !== '0',
    owners: claims,
  })
}

function checkForwardingMethods(methods: unknown): readonly string[] {
  const isKnown = (method: unknown) => (FORWARDING_METHODS as readonly unknown[]).includes(method)
  if (Array.isArray(methods) && methods.length > 0 && methods.every(isKnown)) return methods
  throw new ArgumentTypeError('forwarding', `an array of ${FORWARDING_METHODS.join(', ')}`, methods)
}

function checkDirectorVip(field: string, value: unknown): VisibleVip {
  checkObject(field, value)
  KNOWN_VIP_FIELDS.check(field, value)
  const { address, interface: name, label } = value as DirectorVip
  const vip = checkVip(`${field}.address`, address)
  checkInterfaceName(`${field}.interface`, name)
  return { vip, interface: name, label, owner: `director ${vip.address}` }
}
