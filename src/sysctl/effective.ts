import type { Combination, Ipv4InterfaceSysctl, Ipv6InterfaceSysctl } from './interface-sysctls.ts'

/** A sysctl whose effective value for an interface combines the value of `all` and its own. */
export type CombinedSysctl = Ipv4InterfaceSysctl | Ipv6InterfaceSysctl

/** The values that {@link computeEffectiveValue} combines. */
export interface CombinedValues {
  readonly all: number
  readonly own: number
  /** The value of {@link OTHER_SETTING} on the interface; 0 if there is none. */
  readonly other: number
}

/** A further sysctl of the interface, which some combinations depend on. */
export const OTHER_SETTING: Readonly<Partial<Record<Combination, CombinedSysctl>>> = {
  redirects: 'forwarding',
  forced: 'force_forwarding',
}

/**
 * Computes the value that the kernel acts on. The kernel accepts any integer for both sysctls. A combined value without a
 * meaning of its own is replaced by the value that the kernel treats it as: 0 in arp_ignore(), arp_solicit() and arp_accept()
 * (net/ipv4/arp.c), 2 in the reverse path filter if it is neither 0 nor 1, 1 for the others if it is not 0.
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
