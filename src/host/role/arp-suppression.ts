import { interfaceSysctl } from '../../sysctl/sysctl-name.ts'
import type { RoleHost } from '../resource/resource-handler.ts'
import { SYSCTL } from '../resource/sysctl.ts'
import { ensure, observe, type RoleItem } from './role-item.ts'

/** A sysctl that keeps a host silent about addresses that are not those of the interface it is asked on. */
interface ArpRule {
  readonly setting: 'arp_ignore' | 'arp_announce'
  /** What is set where it is too little. */
  readonly value: number
  /** What an outcome has to be. 3 and what has no meaning let a hidden address be answered for (arp_ignore(), net/ipv4/arp.c). */
  readonly sufficient: readonly number[]
  /** What the other one of `all` and the interface may say beside it: the larger of the two counts. */
  readonly isCompatible: (other: number) => boolean
  /** The same in words. */
  readonly compatibleText: string
}

const ARP_RULES: readonly ArpRule[] = [
  {
    setting: 'arp_ignore',
    value: 1,
    sufficient: [1, 2, 8],
    isCompatible: (other) => other <= 2 || other === 8,
    compatibleText: 'at most 2, or 8',
  },
  {
    setting: 'arp_announce',
    value: 2,
    sufficient: [2],
    isCompatible: (other) => other <= 2,
    compatibleText: 'at most 2',
  },
]

/**
 * What keeps a host from answering ARP requests for addresses on `lo`, and from naming them in its own: `arp_ignore` 1 and
 * `arp_announce` 2. Set for `all`, and for interfaces whose own value would outdo it; or, where interfaces are named, for
 * those alone.
 */
export async function arpSuppressionItems(
  host: RoleHost,
  interfaces: readonly string[] | undefined,
  claims: readonly string[],
): Promise<RoleItem[]> {
  if (interfaces !== undefined) {
    return ARP_RULES.flatMap((silence) => [
      ...interfaces.map((name) => suppressedItem(name, silence, claims)),
      observeAll(silence, claims),
    ])
  }
  const links = (await host.network.links()).filter(({ type }) => type !== 'loopback')
  return ARP_RULES.flatMap((silence) => [
    suppressedItem('all', silence, claims),
    ...links.map(({ name }) => compatibleItem(name, silence, claims)),
  ])
}

function suppressedItem(
  owner: string,
  { setting, value, sufficient: silent }: ArpRule,
  claims: readonly string[],
): RoleItem {
  return ensure({
    handler: SYSCTL,
    subject: interfaceSysctl('ipv4', owner, setting),
    value: String(value),
    expected: silent.join(' or '),
    accepts: (found) => silent.includes(Number(found)),
    owners: claims,
  })
}

function compatibleItem(
  owner: string,
  { setting, value, isCompatible: harmless, compatibleText: words }: ArpRule,
  claims: readonly string[],
): RoleItem {
  return ensure({
    handler: SYSCTL,
    subject: interfaceSysctl('ipv4', owner, setting),
    value: String(value),
    expected: words,
    accepts: (found) => harmless(Number(found)),
    owners: claims,
  })
}

/** Where `all` is not to be touched, it is only shown. */
function observeAll(
  { setting, isCompatible: harmless, compatibleText: words }: ArpRule,
  claims: readonly string[],
): RoleItem {
  const all = interfaceSysctl('ipv4', 'all', setting)
  return observe(`${SYSCTL.kind} ${all}`, words, claims, async ({ sysctls }) => {
    const found = (await sysctls.findText(all)) ?? 'none'
    return { actual: found, ok: harmless(Number(found)) }
  })
}
