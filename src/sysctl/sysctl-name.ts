import { ArgumentTypeError } from '../errors.ts'
import { checkFamily } from '../netlink/arguments/check.ts'
import { checkInterfaceName } from '../netlink/arguments/interface-name.ts'
import type { Family } from '../netlink/wire/address.ts'
import type { SysctlDefinition } from './definition.ts'
import {
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
 * A sysctl of an interface, `all` or `default`, such as `net.ipv4.conf.eth0.arp_ignore`. A dot in the interface's name
 * is written as a slash, as sysctl(8) does: `net.ipv4.conf.eth0/100.arp_ignore`; {@link interfaceSysctl} sees to that.
 */
export type InterfaceSysctlName =
  | `net.ipv4.conf.${string}.${Ipv4InterfaceSysctl}`
  | `net.ipv6.conf.${string}.${Ipv6InterfaceSysctl}`

/** The name of a sysctl whose type and range are known here. */
export type SysctlName = IpvsSysctlName | InterfaceSysctlName | keyof typeof HOST_SYSCTLS

/** What a sysctl holds: two numbers, text, or mostly a number, which is 0 or 1 where the sysctl is on or off. */
export type SysctlValue<N extends SysctlName> = N extends 'net.ipv4.vs.sync_threshold'
  ? readonly [count: number, period: number]
  : N extends 'net.ipv4.vs.est_cpulist'
    ? string
    : number

/** A sysctl by its name. */
export interface Sysctl {
  readonly name: string
  readonly path: string
  /** Absent where nothing is known of it here. */
  readonly definition: SysctlDefinition | undefined
  /** For one that each interface has. */
  readonly owner: { readonly family: Family; readonly interface: string } | undefined
}

/** A sysctl whose type is known. */
export type KnownSysctl = Sysctl & { readonly definition: SysctlDefinition }

const ROOT = '/proc/sys/'
const SYSCTL_NAME =
  "a sysctl under net. in dots, such as net.ipv4.conf.eth0.arp_ignore (a dot in an interface's name is written as '/')"
const KNOWN_SYSCTL_NAME =
  'a sysctl that has a type here (others are read with getText and written with setText)'

/**
 * The name of a sysctl of one interface, of `all` or of `default`.
 *
 * @example
 * ```ts
 * interfaceSysctl('ipv4', 'eth0.100', 'arp_ignore') // 'net.ipv4.conf.eth0/100.arp_ignore'
 * ```
 *
 * @throws {ArgumentTypeError} when it is no name that an interface can have, or there is no such sysctl.
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
  const table = family === 'ipv4' ? IPV4_INTERFACE_SYSCTLS : IPV6_INTERFACE_SYSCTLS
  if (!Object.hasOwn(table, setting)) {
    throw new ArgumentTypeError('setting', `one of ${Object.keys(table).join(', ')}`, setting)
  }
  return `net.${family}.conf.${interfaceName.replaceAll('.', '/')}.${setting}`
}

/**
 * Finds the file of a sysctl. Whatever the name, it is below /proc/sys/net.
 *
 * @throws {ArgumentTypeError} when it is no name of a sysctl, or a part of it none of an interface.
 */
export function findSysctl(name: unknown): Sysctl {
  if (typeof name !== 'string') throw new ArgumentTypeError('name', SYSCTL_NAME, name)
  // A slash stands for a dot within a part, so no part can hold one when it becomes the name of a file.
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
 * Finds a sysctl whose type is known.
 *
 * @throws {ArgumentTypeError} for any other.
 */
export function findKnownSysctl(name: unknown): KnownSysctl {
  const sysctl = findSysctl(name)
  const { definition } = sysctl
  if (definition === undefined) throw new ArgumentTypeError('name', KNOWN_SYSCTL_NAME, name)
  return { ...sysctl, definition }
}

/** Checks the name of one interface: not `all` or `default`, which no interface can have (sysctl_dev_name_is_allowed). */
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

/** What a table itself has under a name, and not what it inherits, such as `constructor`. */
function lookUp(
  table: Readonly<Record<string, SysctlDefinition>>,
  name: string,
): SysctlDefinition | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}
