import { ArgumentRangeError, ArgumentTypeError } from '../../../errors.ts'
import type { ServiceInput } from '../../../ipvs/model/service.ts'
import type { CallOptions } from '../../../netlink/arguments/call-options.ts'
import { checkAddress, checkObject, KnownFields } from '../../../netlink/arguments/check.ts'
import { checkInterfaceName } from '../../../netlink/arguments/interface-name.ts'
import { canonicalIPv6 } from '../../../netlink/wire/address.ts'
import { resolvesAddresses } from '../../../route/model/link.ts'
import type { HostFacts } from '../../facts/host-facts.ts'

const ROLES = ['director', 'real-server', 'both'] as const
const FORWARDING_METHODS = ['dr', 'tun', 'nat'] as const

/** The role of a host in a cluster. `both`: a real server that can also become the director. */
export type HostRole = (typeof ROLES)[number]

/** Options of {@link diagnose}. The doctor determines most omitted options from the facts. */
export interface DiagnoseOptions {
  /**
   * Role of the host. Default: `real-server` without virtual services, `both` with services for an address that it hides,
   * otherwise `director`.
   */
  readonly role?: HostRole | undefined
  /**
   * Virtual IP addresses that the host serves as a real server or director. Default: those of its services, and the addresses
   * on `lo`, dummy interfaces and tunnels.
   *
   * `routed`: these, and routers send packets for them to this host by a route, static or from BGP or OSPF. The host then is a
   * director although it does not answer ARP requests for its VIPs.
   */
  readonly vips?: readonly string[] | 'routed' | undefined
  /**
   * Forwarding method of the directors of this real server. Default: `tun` with a VIP on a tunnel, `dr` with a VIP elsewhere,
   * and `nat` without VIPs and virtual services if `director` is given.
   */
  readonly forwarding?: (typeof FORWARDING_METHODS)[number] | undefined
  /**
   * Address of the director in the network of this real server. With `nat` it is the default gateway. On a backup, the address
   * of the active node.
   */
  readonly director?: string | undefined
  /** The only network interface on which clients resolve the VIPs. Default: every interface with ARP. */
  readonly interface?: string | undefined
  /**
   * Virtual services that the host will have later, such as after `promote()`. The doctor checks whether their schedulers are
   * available.
   */
  readonly services?: readonly ServiceInput[] | undefined
  /**
   * Facts of other hosts of the cluster, as `facts()` returned them there: real servers of this director, or the other node of a
   * pair. Findings about them have their name in `host`.
   */
  readonly peers?: readonly HostFacts[] | undefined
}

/** Options of {@link Host.doctor}. */
export interface DoctorOptions extends DiagnoseOptions, CallOptions {}

const KNOWN_FIELDS = new KnownFields([
  ...['role', 'vips', 'forwarding', 'director', 'interface', 'services', 'peers', 'signal'],
])
const FACTS_FIELDS = ['services', 'links', 'addresses', 'routes', 'neighbours', 'sysctls', 'modules'] as const

/** Checks options, and spells addresses as the kernel does. */
export function checkOptions(options: DoctorOptions): DiagnoseOptions {
  KNOWN_FIELDS.check('options', options)
  const { role, vips, forwarding, director, services = [], peers = [] } = options
  if (role !== undefined) checkChoice('role', role, ROLES)
  if (forwarding !== undefined) checkChoice('forwarding', forwarding, FORWARDING_METHODS)
  if (options.interface !== undefined) checkInterfaceName('interface', options.interface)
  for (const [index, service] of checkArray('services', services).entries()) {
    checkObject(`services[${index}]`, service)
  }
  for (const [index, peer] of checkArray('peers', peers).entries()) checkFacts(`peers[${index}]`, peer)
  return {
    ...options,
    vips: vips === undefined || vips === 'routed' ? vips : checkVips(vips),
    director: director === undefined ? undefined : canonical('director', director),
  }
}

/** Rejects an interface on which no clients can be: findings about all others would be suppressed. */
export function checkInterface({ links }: HostFacts, { interface: name }: DiagnoseOptions): void {
  const allowed = links.filter(resolvesAddresses).map((link) => link.name)
  if (name === undefined || allowed.includes(name)) return
  throw new ArgumentRangeError(
    'interface',
    `one of ${allowed.join(', ')}, on which clients resolve the VIPs`,
    name,
  )
}

/** Checks the facts of a host. */
export function checkFacts(field: string, facts: HostFacts): HostFacts {
  const fields: Partial<Record<string, unknown>> = { ...checkObject(field, facts) }
  for (const part of FACTS_FIELDS) {
    if (typeof fields[part] !== 'object' || fields[part] === null) {
      throw new ArgumentTypeError(`${field}.${part}`, 'as returned by facts()', fields[part])
    }
  }
  return facts
}

function checkVips(vips: readonly string[]): readonly string[] {
  if (!Array.isArray(vips)) throw new ArgumentTypeError('vips', "an array of addresses or 'routed'", vips)
  return vips.map((vip: string, index) => canonical(`vips[${index}]`, vip))
}

function checkChoice(field: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) throw new ArgumentTypeError(field, `one of ${choices.join(', ')}`, value)
}

function checkArray<T>(field: string, value: readonly T[]): readonly T[] {
  if (!Array.isArray(value)) throw new ArgumentTypeError(field, 'an array', value)
  return value
}

function canonical(field: string, address: string): string {
  return checkAddress(field, address) === 'ipv6' ? canonicalIPv6(address) : address
}
