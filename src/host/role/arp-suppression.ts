import { interfaceSysctl } from '../../sysctl/sysctl-name.ts'
import type { RoleHost } from '../facts/host-access.ts'
import { SYSCTL } from '../resource/sysctl-resources.ts'
import { ensure, observe, type RoleItem } from './role-item.ts'

/**
 * The values of a sysctl with which a host neither answers nor announces addresses of `lo` on its other interfaces. The larger
 * of the values of `all` and the interface takes effect.
 */
interface ArpRule {
  readonly setting: 'arp_ignore' | 'arp_announce'
  /** The value to set. */
  readonly value: number
  /** Effective values that suppress ARP. With 3 or an undefined value the kernel answers (arp_ignore(), net/ipv4/arp.c). */
  readonly sufficient: readonly number[]
  /** Whether `value` or a sufficient value still takes effect if the other of `all` and the interface has the value `other`. */
  readonly isCompatible: (other: number) => boolean
  /** The compatible values in text. */
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
 * The items that suppress ARP for addresses on `lo`: `arp_ignore` 1 and `arp_announce` 2. Without names of interfaces they are
 * set for `all`, and for the interfaces whose own value would override it. Otherwise they are set for the named interfaces
 * only.
 */
export async function arpSuppressionItems(
  host: RoleHost,
  interfaces: readonly string[] | undefined,
  owners: readonly string[],
): Promise<RoleItem[]> {
  if (interfaces !== undefined) {
    return ARP_RULES.flatMap((rule) => [
      ...interfaces.map((name) => suppressionItem(name, rule, owners)),
      observedAll(rule, owners),
    ])
  }
  const links = (await host.network.links()).filter(({ type }) => type !== 'loopback')
  return ARP_RULES.flatMap((rule) => [
    suppressionItem('all', rule, owners),
    ...links.map(({ name }) => compatibilityItem(name, rule, owners)),
  ])
}

function suppressionItem(
  interfaceName: string,
  { setting, value, sufficient }: ArpRule,
  owners: readonly string[],
): RoleItem {
  return ensure({
    handler: SYSCTL,
    subject: interfaceSysctl('ipv4', interfaceName, setting),
    value: String(value),
    expected: sufficient.join(' or '),
    accepts: (current) => sufficient.includes(Number(current)),
    owners,
  })
}

function compatibilityItem(
  interfaceName: string,
  { setting, value, isCompatible, compatibleText }: ArpRule,
  owners: readonly string[],
): RoleItem {
  return ensure({
    handler: SYSCTL,
    subject: interfaceSysctl('ipv4', interfaceName, setting),
    value: String(value),
    expected: compatibleText,
    accepts: (current) => isCompatible(Number(current)),
    owners,
  })
}

/** If interfaces are named, the value of `all` is reported and never changed. */
function observedAll(
  { setting, isCompatible, compatibleText }: ArpRule,
  owners: readonly string[],
): RoleItem {
  const all = interfaceSysctl('ipv4', 'all', setting)
  return observe(`${SYSCTL.kind} ${all}`, compatibleText, owners, async ({ sysctls }) => {
    const actual = (await sysctls.findText(all)) ?? 'none'
    return { actual, ok: isCompatible(Number(actual)) }
  })
}
