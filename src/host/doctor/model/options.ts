import { ArgumentTypeError } from '../../../errors.ts'
import type { ServiceInput } from '../../../ipvs/model/service.ts'
import type { CallOptions } from '../../../netlink/arguments/call-options.ts'
import { checkAddress, checkObject } from '../../../netlink/arguments/check.ts'
import { checkInterfaceName } from '../../../netlink/arguments/interface-name.ts'
import { KnownFields } from '../../../netlink/arguments/known-fields.ts'
import { canonicalIPv6 } from '../../../netlink/wire/address.ts'
import type { HostFacts } from '../../facts/host-facts.ts'

const ROLES = ['director', 'real-server', 'both'] as const
const FORWARDING_METHODS = ['dr', 'tun', 'nat'] as const

/** What a host is in a cluster: it directs, it serves, or it does either as the need may be. */
export type HostRole = (typeof ROLES)[number]

/** What a doctor is told; what it is not told, it finds out where it can. */
export interface DiagnoseOptions {
  /**
   * What the host is. Default: `director` if it has virtual services, `real-server` if not, `both` if it has services for an
   * address that it hides.
   */
  readonly role?: HostRole | undefined
  /**
   * Virtual IP addresses that the host serves as a real server, or directs. Default: those of its services, and the
   * addresses on `lo`, on dummies and on tunnels.
   */
  readonly vips?: readonly string[] | undefined
  /**
   * Forwarding method of the directors of this real server. Default: `tun` if a VIP is on a tunnel, `dr` if one is
   * elsewhere, `nat` if there is none, `director` is given and the host has no virtual services.
   */
  readonly forwarding?: (typeof FORWARDING_METHODS)[number] | undefined
  /**
   * Address of the director as this real server knows it: with `nat` its router. On a backup: that of the active node.
   */
  readonly director?: string | undefined
  /** The one network interface that the VIPs are asked for on. Default: every one that could be. */
  readonly interface?: string | undefined
  /** Virtual services that the host is to have later, such as after `promote()`; their schedulers are looked for. */
  readonly services?: readonly ServiceInput[] | undefined
  /**
   * Facts of other hosts of the cluster, as `facts()` gave them there: real servers of this director, or the other node of a
   * pair. What is to be mended on one of them has its name in `host`.
   */
  readonly peers?: readonly HostFacts[] | undefined
}

/** Options of {@link Host.doctor}. */
export interface DoctorOptions extends DiagnoseOptions, CallOptions {}

const KNOWN_FIELDS = new KnownFields([
  ...['role', 'vips', 'forwarding', 'director', 'interface', 'services', 'peers', 'signal'],
])
const FACTS_FIELDS = ['services', 'links', 'addresses', 'routes', 'neighbours', 'sysctls', 'modules'] as const

/** Refuses what is no option, and spells addresses as the kernel does. */
export function checkOptions(options: DoctorOptions): DiagnoseOptions {
  KNOWN_FIELDS.check('options', options)
  const { role, vips, forwarding: method, director, services = [], peers = [] } = options
  if (role !== undefined) checkChoice('role', role, ROLES)
  if (method !== undefined) checkChoice('forwarding', method, FORWARDING_METHODS)
  if (options.interface !== undefined) checkInterfaceName('interface', options.interface)
  for (const [index, service] of checkArray('services', services).entries()) {
    checkObject(`services[${index}]`, service)
  }
  for (const [index, peer] of checkArray('peers', peers).entries()) checkFacts(`peers[${index}]`, peer)
  return {
    ...options,
    vips: vips && checkArray('vips', vips).map((vip, index) => canonical(`vips[${index}]`, vip)),
    director: director === undefined ? undefined : canonical('director', director),
  }
}

/** Refuses what no host has told about itself. */
export function checkFacts(field: string, facts: HostFacts): HostFacts {
  const given: Partial<Record<string, unknown>> = { ...checkObject(field, facts) }
  for (const part of FACTS_FIELDS) {
    if (typeof given[part] !== 'object' || given[part] === null) {
      throw new ArgumentTypeError(`${field}.${part}`, 'as facts() gives it', given[part])
    }
  }
  return facts
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
