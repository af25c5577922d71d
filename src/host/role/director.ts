import { ArgumentTypeError } from '../../errors.ts'
import { checkObject, KnownFields } from '../../netlink/arguments/check.ts'
import { checkInterfaceName } from '../../netlink/arguments/interface-name.ts'
import type { Family } from '../../netlink/wire/address.ts'
import { interfaceSysctl } from '../../sysctl/sysctl-name.ts'
import type { RoleHost } from '../facts/host-access.ts'
import { reachesNatServers } from '../facts/nat-network.ts'
import { FORWARDING, FORWARDING_SWITCH, SYSCTL } from '../resource/sysctl-resources.ts'
import { wholeNetworkItems } from './hidden-vip.ts'
import { Role, type RoleOptions } from './role.ts'
import { ensure, notNeeded, type RoleItem } from './role-item.ts'
import { checkVip, checkVips } from './vip.ts'
import {
  announceVips,
  checkVisibleVips,
  interfaceUpItems,
  type VisibleVip,
  visibleAddressItems,
} from './visible-vip.ts'

/** A virtual address of a director. */
export interface DirectorVip {
  /**
   * IPv4 or IPv6 address with its prefix length on the interface, such as `192.168.79.110/24`. The default prefix length of 32
   * or 128 is best if the interface has another address in that network.
   */
  readonly address: string
  /** Name of the network interface on which clients reach it. */
  readonly interface: string
  /** IPv4 only: the label that ifconfig(8) shows, such as `eth0:0`. Default: the name of the interface. */
  readonly label?: string | undefined
}

/** Options of a {@link Director}. */
export interface DirectorOptions extends RoleOptions {
  /** The virtual addresses. */
  readonly vips: readonly DirectorVip[]
  /** Forwarding methods of its destinations. {@link Director} lists the requirements of each method. */
  readonly forwarding: readonly ('dr' | 'nat' | 'tun')[]
}

const FORWARDING_METHODS = ['dr', 'nat', 'tun'] as const
const KNOWN_FIELDS = new KnownFields(['vips', 'forwarding', 'stateFile'])
const KNOWN_VIP_FIELDS = new KnownFields(['address', 'interface', 'label'])

/**
 * A director: a host that has the virtual addresses and distributes connections to them over real servers. The role prepares
 * the host; use `Ipvs` for the virtual services.
 *
 * - The virtual addresses are added to their interfaces and announced at each `up()` (gratuitous ARP, unsolicited neighbour
 *   advertisement).
 * - `nat`: the host forwards packets of the families of its addresses (`net.ipv4.ip_forward`, `net.ipv6.conf.all.forwarding`),
 *   because replies of real servers are addressed to the client. `dr` and `tun` need no forwarding: incoming packets are
 *   addressed to this host, and packets that IPVS sends count as its own. IPv6 forwarding makes the kernel drop the default
 *   routes that it learned from router advertisements and learn no others, except on interfaces with `accept_ra` 2.
 * - `nat` and `dr`: ICMP redirects are off (`send_redirects` 0 for `all` and the interface). They would make hosts of the same
 *   network bypass the director. IPv6 has no such sysctl. `status()` requires it only while real servers behind NAT are
 *   reached through the interface of a virtual address, as the doctor does.
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
   * @param host The host, usually a {@link Host}.
   * @throws {TypeError} if an address or a forwarding method is invalid, or a field is unknown.
   */
  constructor(host: RoleHost, options: DirectorOptions) {
    super(host, KNOWN_FIELDS.check('options', options) as DirectorOptions)
    this.#forwarding = checkForwardingMethods(options.forwarding)
    this.#vips = checkVips('vips', options.vips, checkDirectorVip)
    this.owners = this.#vips.map(({ owner }) => owner)
  }

  /** @internal */
  protected override async prepare(): Promise<void> {
    checkVisibleVips(await this.host.network.links(), this.#vips, 'vips.interface')
  }

  /** @internal */
  protected override async stages(): Promise<RoleItem[][]> {
    return [
      [...interfaceUpItems(this.#vips), ...directorItems(this.#vips, this.#forwarding)],
      visibleAddressItems(this.#vips),
      wholeNetworkItems(this.#vips),
    ]
  }

  /** @internal */
  protected override async announce(): Promise<void> {
    await announceVips(this.host, this.#vips)
  }
}

/** The items that forwarding methods require, besides the addresses. */
export function directorItems(vips: readonly VisibleVip[], methods: readonly string[]): RoleItem[] {
  const vipsOf = (family: Family) => vips.filter(({ vip }) => vip.family === family)
  const items: RoleItem[] = []
  for (const family of ['ipv4', 'ipv6'] as const) {
    const owners = vipsOf(family).map(({ owner }) => owner)
    if (owners.length > 0 && methods.includes('nat')) items.push(forwardingItem(family, owners))
  }
  if (!methods.includes('nat') && !methods.includes('dr')) return items
  const v4 = vipsOf('ipv4')
  const interfaces = v4.length === 0 ? [] : ['all', ...new Set(v4.map((vip) => vip.interface))]
  return [
    ...items,
    ...interfaces.map((name) =>
      ensure({
        handler: SYSCTL,
        subject: interfaceSysctl('ipv4', name, 'send_redirects'),
        value: '0',
        isNeeded: methods.includes('nat')
          ? (host) => needsNoRedirects(host, name === 'all' ? interfaces.slice(1) : [name])
          : notNeeded,
        owners: v4.filter((vip) => name === 'all' || vip.interface === name).map(({ owner }) => owner),
      }),
    ),
  ]
}

/**
 * Whether redirects of one of these interfaces reach real servers behind NAT: they are sent, and the services that the table has
 * now have real servers there. The finding `send-redirects` of the doctor has the same condition.
 */
async function needsNoRedirects(host: RoleHost, interfaces: readonly string[]): Promise<boolean> {
  const sent = await Promise.all(interfaces.map((name) => sendsRedirects(host, name)))
  const sending = interfaces.filter((_, index) => sent[index])
  // Reading the table would load the module.
  if (sending.length === 0 || (await host.sysctls.findText('net.ipv4.vs.drop_entry')) === undefined)
    return false
  const [services, routes, addresses] = await Promise.all([
    host.ipvs().then((ipvs) => ipvs.services()),
    host.network.routes({ family: 'ipv4', table: 'all' }),
    host.network.addresses(),
  ])
  const own = new Set(addresses.map(({ address }) => address))
  return sending.some((name) => reachesNatServers(services, routes, (address) => own.has(address), name))
}

async function sendsRedirects({ sysctls }: RoleHost, interfaceName: string): Promise<boolean> {
  const values = await Promise.all(
    ['all', interfaceName].map((name) => sysctls.findText(interfaceSysctl('ipv4', name, 'send_redirects'))),
  )
  return values.some((value) => value !== undefined && value !== '0')
}

function forwardingItem(family: Family, owners: readonly string[]): RoleItem {
  const main = FORWARDING_SWITCH[family]
  return ensure({
    handler: FORWARDING,
    subject: family,
    value: { [main]: '1' },
    accepts: (current) => ((current as Readonly<Record<string, string>>)[main] ?? '0') !== '0',
    owners,
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
