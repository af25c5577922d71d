import { ArgumentTypeError } from '../errors.ts'
import { checkFamily } from '../netlink/arguments/check.ts'
import { checkInterfaceName } from '../netlink/arguments/interface-name.ts'
import type { Family } from '../netlink/wire/address.ts'
import type { SysctlDefinition } from './definition.ts'
import {
  findInterfaceSysctl,
  HOST_SYSCTLS,
  IPV4_INTERFACE_SYSCTLS,
  IPV6_INTERFACE_SYSCTLS,
  type Ipv4InterfaceSysctl,
  type Ipv6InterfaceSysctl,
} from './interface-sysctls.ts'
import { IPVS_SYSCTLS, type IpvsSysctl } from './ipvs-sysctls.ts'

/** A sysctl of IPVS, such as `net.ipv4.vs.conntrack`. */
export type IpvsSysctlName = `net.ipv4.vs.${IpvsSysctl}`

/**
 * A sysctl of an interface, `all` or `default`, such as `net.ipv4.conf.eth0.arp_ignore`. A dot in the name of the interface is
 * written as a slash, as in sysctl(8): `net.ipv4.conf.eth0/100.arp_ignore`. {@link interfaceSysctl} converts the dots.
 */
export type InterfaceSysctlName =
  | `net.ipv4.conf.${string}.${Ipv4InterfaceSysctl}`
  | `net.ipv6.conf.${string}.${Ipv6InterfaceSysctl}`

/** The name of a sysctl whose type and range this library knows. */
export type SysctlName = IpvsSysctlName | InterfaceSysctlName | keyof typeof HOST_SYSCTLS

/** The value of a sysctl: two numbers, text, or in most cases a number; 0 or 1 if the sysctl is off or on. */
export type SysctlValue<N extends SysctlName> = N extends 'net.ipv4.vs.sync_threshold'
  ? readonly [count: number, period: number]
  : N extends 'net.ipv4.vs.est_cpulist'
    ? string
    : number

/** A sysctl, found by its name. */
export interface Sysctl {
  readonly name: string
  readonly path: string
  /** Undefined if this library does not know the sysctl. */
  readonly definition: SysctlDefinition | undefined
  /** The interface, if the sysctl belongs to one. */
  readonly owner: { readonly family: Family; readonly interface: string } | undefined
}

/** A sysctl that this library knows. */
export type KnownSysctl = Sysctl & { readonly definition: SysctlDefinition }

const ROOT = '/proc/sys/'
const SYSCTL_NAME =
  "the name of a sysctl below net., such as net.ipv4.conf.eth0.arp_ignore (write a dot in the name of an interface as '/')"
const KNOWN_SYSCTL_NAME = 'a sysctl known to this library (read others with getText, write them with setText)'

/**
 * Returns the name of a sysctl of an interface, of `all` or of `default`.
 *
 * @example
 * ```ts
 * interfaceSysctl('ipv4', 'eth0.100', 'arp_ignore') // 'net.ipv4.conf.eth0/100.arp_ignore'
 * ```
 *
 * @throws {ArgumentTypeError} if the name is not valid for an interface, or there is no such sysctl.
 */
export function interfaceSysctl<S extends Ipv4InterfaceSysctl>(
  family: 'ipv4',
  interfaceName: string,
  setting: S,
): `net.ipv4.conf.${string}.${S}`
export function interfaceSysctl<S extends Ipv6InterfaceSysctl>(
  family: 'ipv6',
  interfaceName: string,
  setting: S,
): `net.ipv6.conf.${string}.${S}`
export function interfaceSysctl(family: Family, interfaceName: string, setting: string): string {
  checkFamily('family', family)
  checkInterfaceName('interfaceName', interfaceName)
  findInterfaceSysctl(family, setting)
  return `net.${family}.conf.${interfaceName.replaceAll('.', '/')}.${setting}`
}

/**
 * Finds the file of a sysctl, which is always below /proc/sys/net.
 *
 * @throws {ArgumentTypeError} if the name is not that of a sysctl, or contains an invalid name of an interface.
 */
export function findSysctl(name: unknown): Sysctl {
  if (typeof name !== 'string') throw new ArgumentTypeError('name', SYSCTL_NAME, name)
  // A slash within a part stands for a dot, so no part contains a slash afterwards.
  const parts = name.split('.').map((part) => part.replaceAll('/', '.'))
  const [top, family, group, third = ''] = parts
  const belongsToInterface = group === 'conf' || group === 'neigh'
  if (top !== 'net' || parts.length < 2 || (belongsToInterface && parts.length !== 5)) {
    throw new ArgumentTypeError('name', SYSCTL_NAME, name)
  }
  if (belongsToInterface) checkInterfaceName('interface', third)
  if (!parts.every((part, index) => isFileName(part) || (belongsToInterface && index === 3))) {
    throw new ArgumentTypeError('name', SYSCTL_NAME, name)
  }
  const ofInterface = belongsToInterface && (family === 'ipv4' || family === 'ipv6')
  return {
    name,
    path: ROOT + parts.join('/'),
    definition: findDefinition(name, parts),
    owner: ofInterface ? { family, interface: third } : undefined,
  }
}

/**
 * Finds a sysctl that this library knows.
 *
 * @throws {ArgumentTypeError} for any other name.
 */
export function findKnownSysctl(name: unknown): KnownSysctl {
  const sysctl = findSysctl(name)
  const { definition } = sysctl
  if (definition === undefined) throw new ArgumentTypeError('name', KNOWN_SYSCTL_NAME, name)
  return { ...sysctl, definition }
}

/** Checks the name of an interface, which cannot be `all` or `default` (sysctl_dev_name_is_allowed). */
export function checkOneInterface(field: string, value: unknown): string {
  const name = checkInterfaceName(field, value)
  if (name === 'all' || name === 'default') throw new ArgumentTypeError(field, 'one interface', value)
  return name
}

function isFileName(part: string): boolean {
  return /^[!-.0-~]{1,255}$/.test(part) && part !== '.' && part !== '..'
}

function findDefinition(name: string, parts: readonly string[]): SysctlDefinition | undefined {
  const last = parts.at(-1) ?? ''
  if (parts.length === 5 && parts[2] === 'conf') {
    if (parts[1] === 'ipv4') return lookUp(IPV4_INTERFACE_SYSCTLS, last)
    return parts[1] === 'ipv6' ? lookUp(IPV6_INTERFACE_SYSCTLS, last) : undefined
  }
  if (parts.length === 4 && name.startsWith('net.ipv4.vs.')) return lookUp(IPVS_SYSCTLS, last)
  return lookUp(HOST_SYSCTLS, name)
}

/** Looks up an own property, not an inherited one such as `constructor`. */
function lookUp(
  table: Readonly<Record<string, SysctlDefinition>>,
  name: string,
): SysctlDefinition | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}
