import { ArgumentTypeError } from '../errors.ts'
import type { Family } from '../netlink/wire/address.ts'
import {
  type Combination,
  type InterfaceSysctl,
  IPV4_INTERFACE_SYSCTLS,
  IPV6_INTERFACE_SYSCTLS,
  type Ipv4InterfaceSysctl,
  type Ipv6InterfaceSysctl,
} from './interface-sysctls.ts'

/** A sysctl whose value for an interface comes from that of `all` and its own. */
export type CombinedSysctl = Ipv4InterfaceSysctl | Ipv6InterfaceSysctl

/** What {@link computeEffectiveValue} is made of. */
export interface CombinedValues {
  readonly all: number
  readonly own: number
  /** The interface's sysctl that {@link OTHER_SETTING} names, else 0. */
  readonly other: number
}

/** A third value that has a say in some. */
export const OTHER_SETTING: Readonly<Partial<Record<Combination, CombinedSysctl>>> = {
  redirects: 'forwarding',
  forced: 'force_forwarding',
}

/** Finds how the values of a sysctl go together. */
export function findInterfaceSysctl(family: Family, setting: unknown): InterfaceSysctl {
  const table: Readonly<Record<string, InterfaceSysctl>> =
    family === 'ipv4' ? IPV4_INTERFACE_SYSCTLS : IPV6_INTERFACE_SYSCTLS
  const found = typeof setting === 'string' && Object.hasOwn(table, setting) ? table[setting] : undefined
  if (found === undefined) {
    throw new ArgumentTypeError('setting', `one of ${Object.keys(table).join(', ')}`, setting)
  }
  return found
}

/**
 * What the kernel makes of both values. The kernel lets any integer be written and acts on the outcome: a number that
 * means nothing becomes the one it acts as (arp_ignore(), arp_solicit() and arp_accept() in net/ipv4/arp.c take it for 0,
 * the reverse path filter takes what is neither 0 nor 1 for 2, the rest is on if it is not 0).
 */
export function computeEffectiveValue(
  setting: CombinedSysctl,
  combined: Combination,
  values: CombinedValues,
): number {
  const value = combine(combined, values)
  switch (setting) {
    case 'arp_ignore':
      return [1, 2, 3, 8].includes(value) ? value : 0
    case 'arp_announce':
    case 'arp_accept':
      return value === 1 || value === 2 ? value : 0
    case 'rp_filter':
      return value === 0 || value === 1 ? value : 2
    case 'accept_dad':
      return value
    default:
      return value === 0 ? 0 : 1
  }
}

function combine(combined: Combination, { all, own, other }: CombinedValues): number {
  switch (combined) {
    case 'max':
      return Math.max(all, own)
    case 'or':
      return all || own
    case 'and':
      return all && own
    case 'interface':
      return own
    case 'forced':
      return all || other
    case 'redirects':
      return other === 0 ? all || own : all && own
  }
}
