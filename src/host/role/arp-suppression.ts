import { ArgumentRangeError } from '../../errors.ts'
import { containsAddress } from '../../netlink/wire/ip-prefix.ts'
import { type Link, resolvesAddresses } from '../../route/model/link.ts'
import { ROUTE_TABLES } from '../../route/model/route.ts'
import { computeEffectiveValue } from '../../sysctl/effective.ts'
import { interfaceSysctl } from '../../sysctl/sysctl-name.ts'
import { findArpInterfaces } from '../facts/arp-interfaces.ts'
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

/** A virtual IPv4 address for which ARP is suppressed. */
export interface SuppressedVip {
  readonly address: string
  readonly owner: string
}

/**
 * The items that suppress ARP for addresses on `lo`: `arp_ignore` 1 and `arp_announce` 2. Without names of interfaces they are
 * set for `all`, and for the interfaces whose own value would override it. Otherwise they are set for the named interfaces
 * only, and other interfaces through which clients resolve the addresses are reported. `status()` judges the values in effect.
 */
export async function arpSuppressionItems(
  host: RoleHost,
  interfaces: readonly string[] | undefined,
  vips: readonly SuppressedVip[],
): Promise<RoleItem[]> {
  if (vips.length === 0) return []
  const owners = vips.map(({ owner }) => owner)
  const links = await host.network.links()
  const receiving = findArpInterfaces(links).map(({ name }) => name)
  if (interfaces === undefined) {
    return ARP_RULES.flatMap((rule) => [
      suppressionItem('all', rule, owners, receiving),
      ...links
        .filter(({ type }) => type !== 'loopback')
        .map(({ name }) => compatibilityItem(name, rule, owners, receiving.includes(name) ? [name] : [])),
    ])
  }
  const others = (await clientInterfaces(host, vips)).filter((name) => !interfaces.includes(name))
  return ARP_RULES.flatMap((rule) => [
    ...interfaces.map((name) => suppressionItem(name, rule, owners, [name])),
    observedAll(rule, owners, interfaces),
    ...others.map((name) => observedEffect(name, rule, owners)),
  ])
}

/** Rejects interfaces on which there is no ARP to suppress. A loopback has none: requests arrive on the other interfaces. */
export function checkArpInterfaces(links: readonly Link[], interfaces: readonly string[]): void {
  const allowed = links.filter(resolvesAddresses).map(({ name }) => name)
  for (const [index, name] of interfaces.entries()) {
    if (allowed.includes(name)) continue
    const expected = `an interface with ARP (${allowed.join(', ')}), on which requests for the addresses arrive`
    throw new ArgumentRangeError(`interfaces[${index}]`, expected, name)
  }
}

/** An item that sets a sysctl, and counts as met if it already has the effect on all of the affected interfaces. */
function suppressionItem(
  interfaceName: string,
  rule: ArpRule,
  owners: readonly string[],
  affected: readonly string[],
): RoleItem {
  const { setting, value, sufficient } = rule
  return ensure({
    handler: SYSCTL,
    subject: interfaceSysctl('ipv4', interfaceName, setting),
    value: String(value),
    expected: sufficient.join(' or '),
    accepts: (current) => sufficient.includes(Number(current)),
    isNeeded: (host) => isAnyInsufficient(host, rule, affected),
    owners,
  })
}

function compatibilityItem(
  interfaceName: string,
  rule: ArpRule,
  owners: readonly string[],
  affected: readonly string[],
): RoleItem {
  const { setting, value, isCompatible, compatibleText } = rule
  return ensure({
    handler: SYSCTL,
    subject: interfaceSysctl('ipv4', interfaceName, setting),
    value: String(value),
    expected: compatibleText,
    accepts: (current) => isCompatible(Number(current)),
    isNeeded: (host) => isAnyInsufficient(host, rule, affected),
    owners,
  })
}

/** If interfaces are named, the value of `all` is reported and never changed. */
function observedAll(rule: ArpRule, owners: readonly string[], interfaces: readonly string[]): RoleItem {
  const { setting, isCompatible, compatibleText } = rule
  const all = interfaceSysctl('ipv4', 'all', setting)
  return observe(`${SYSCTL.kind} ${all}`, compatibleText, owners, async (host) => {
    const actual = (await host.sysctls.findText(all)) ?? 'none'
    return { actual, ok: isCompatible(Number(actual)) || !(await isAnyInsufficient(host, rule, interfaces)) }
  })
}

/** An interface that is not named, and on which clients resolve the addresses. */
function observedEffect(name: string, { setting, sufficient }: ArpRule, owners: readonly string[]): RoleItem {
  const expected = sufficient.join(' or ')
  return observe(`${setting} in effect on ${name}`, expected, owners, async (host) => {
    const actual = await effectiveValue(host, setting, name)
    return { actual: String(actual), ok: sufficient.includes(actual) }
  })
}

async function isAnyInsufficient(
  host: RoleHost,
  { setting, sufficient }: ArpRule,
  interfaces: readonly string[],
): Promise<boolean> {
  const values = await Promise.all(interfaces.map((name) => effectiveValue(host, setting, name)))
  return !values.every((value) => sufficient.includes(value))
}

/** The value that the kernel acts on. 0 if there is no such interface. */
async function effectiveValue(
  { sysctls }: RoleHost,
  setting: ArpRule['setting'],
  interfaceName: string,
): Promise<number> {
  const [all, own] = await Promise.all(
    ['all', interfaceName].map(async (name) =>
      Number((await sysctls.findText(interfaceSysctl('ipv4', name, setting))) ?? 0),
    ),
  )
  return computeEffectiveValue(setting, 'max', { all: all!, own: own!, other: 0 })
}

/** The interfaces through which clients or their router resolve addresses: those of their networks, otherwise of the default route. */
async function clientInterfaces(
  { network }: RoleHost,
  vips: readonly { readonly address: string }[],
): Promise<string[]> {
  const [links, addresses, routes] = await Promise.all([
    network.links(),
    network.addresses({ family: 'ipv4' }),
    network.routes({ family: 'ipv4', table: ROUTE_TABLES.main }),
  ])
  const names = new Set(findArpInterfaces(links).map(({ name }) => name))
  const [route] = routes
    .filter(({ destination }) => destination === 'default')
    .sort((a, b) => (a.metric ?? 0) - (b.metric ?? 0))
  const found = vips.flatMap((vip) => {
    const near = addresses.filter(
      (entry) => entry.address !== vip.address && containsAddress(entry, vip.address),
    )
    const attached = near.map((entry) => entry.interface).filter((name) => names.has(name))
    return attached.length > 0 ? attached : (route?.interface ?? [])
  })
  return [...new Set(found)].filter((name) => names.has(name))
}
