import { familyOf } from '../../../netlink/wire/address.ts'
import { ADDRESS_BITS, containsAddress, formatHostPrefix } from '../../../netlink/wire/ip-prefix.ts'
import type { InterfaceAddress } from '../../../route/model/interface-address.ts'
import type { Link } from '../../../route/model/link.ts'
import { addAddress, type FixStep, removeAddress, setInterfaceSysctl, setTextSysctl } from './fix-step.ts'
import type { HostView } from './host-view.ts'

/** Adds a VIP to an interface as a host address, that is without its network. */
export function addVip(vip: string, interfaceName: string, label?: string): FixStep {
  // Other hosts have the address too, so duplicate address detection would refuse it.
  const nodad = familyOf(vip) === 'ipv6' ? true : undefined
  // A deprecated address is not chosen as the source of the host's own packets.
  const preferredLifetime = nodad && interfaceName !== 'lo' ? 0 : undefined
  return addAddress({
    address: formatHostPrefix(vip),
    interface: interfaceName,
    label,
    nodad,
    preferredLifetime,
  })
}

/** Removes an address from an interface and keeps all other addresses. */
export function removeAddressEntry(view: HostView, entry: InterfaceAddress): FixStep[] {
  const { address, prefixLength, interface: name } = entry
  const key = { address: `${address}/${prefixLength}`, interface: name }
  // When the first address of a network is removed, the kernel removes the others of that network too (inet_del_ifa).
  const hasSecondaries = view.facts.addresses.some(
    (other) =>
      other.interface === name && other.flags.includes('secondary') && containsAddress(entry, other.address),
  )
  const isFirst = entry.family === 'ipv4' && hasSecondaries && !entry.flags.includes('secondary')
  return [...(isFirst ? [setTextSysctl(name, 'promote_secondaries', 1)] : []), removeAddress(key)]
}

/** Replaces an address by the same address as a host address. */
export function correctPrefix(view: HostView, entry: InterfaceAddress): FixStep[] {
  const { address, interface: name, label, family } = entry
  const remove = removeAddressEntry(view, entry)
  const hasHostAddress = view
    .addressEntries(address)
    .some((other) => other.interface === name && other.prefixLength === ADDRESS_BITS[family])
  if (hasHostAddress) return remove
  const add = addVip(address, name, label === name ? undefined : label)
  // An interface can have an IPv6 address only once, whatever its prefix length. An IPv4 address can be added before the old
  // one is removed.
  return family === 'ipv6' ? [...remove, add] : [add, ...remove]
}

/**
 * The fewest changes that make a value of a sysctl take effect. The effective value is the larger of `all` and the interface.
 */
export function setEffectiveSysctl(
  view: HostView,
  setting: 'arp_ignore' | 'arp_announce',
  { name }: Link,
  value: number,
): FixStep[] {
  const own = view.configuredSysctl(setting, name)
  const all = view.configuredSysctl(setting, 'all')
  const steps: FixStep[] = []
  if (all > value) steps.push(setInterfaceSysctl('all', setting, value))
  if (own > value || Math.max(Math.min(all, value), own) < value) {
    steps.push(setInterfaceSysctl(name, setting, value))
  }
  return steps
}

/** The interface for a VIP: the interface of its network, otherwise that of the default route. */
export function chooseInterface(view: HostView, vip: string): string | undefined {
  if (view.options.interface !== undefined) return view.options.interface
  const onLink = view.arpInterfaces.find((link) => isOnLink(view, vip, link))
  const outbound = view.defaultRoute(familyOf(vip)!)?.interface
  return onLink?.name ?? outbound ?? view.arpInterfaces[0]?.name
}

/** Whether an address is in a network of an interface. */
export function isOnLink({ facts }: HostView, address: string, { name }: Link): boolean {
  return facts.addresses.some(
    (entry) => entry.interface === name && entry.address !== address && containsAddress(entry, address),
  )
}

/** Moves a VIP from an interface to `lo`, where it is not advertised. The host has the address at every moment. */
export function hideVip(view: HostView, entry: InterfaceAddress): FixStep[] {
  const { address, interface: name } = entry
  const isElsewhere = view.addressEntries(address).some((other) => other.interface !== name)
  return [
    ...suppressArp(view, address),
    ...(isElsewhere ? [] : [addVip(address, 'lo')]),
    ...removeAddressEntry(view, entry),
  ]
}

/** Suppresses ARP for a VIP before it is added to `lo`. */
export function suppressArp(view: HostView, vip: string): FixStep[] {
  if (familyOf(vip) === 'ipv6') return []
  return view.arpInterfaces
    .filter((link) => isRelevantLink(view, vip, link))
    .flatMap((link) => [
      ...(answersForHidden(view, link) ? setEffectiveSysctl(view, 'arp_ignore', link, 1) : []),
      ...(view.effectiveSysctl('arp_announce', link.name) === 2
        ? []
        : setEffectiveSysctl(view, 'arp_announce', link, 2)),
    ])
}

/**
 * Whether hosts of an interface may resolve a VIP. With tunnels, the VIP may belong to a network that the host is not attached
 * to.
 */
export function isRelevantLink(view: HostView, vip: string, link: Link): boolean {
  return view.forwarding !== 'tun' || isOnLink(view, vip, link)
}

/** Whether an interface may answer ARP for an address that is not on it. */
function answersForHidden(view: HostView, { name }: Link): boolean {
  return ![1, 2, 8].includes(view.effectiveSysctl('arp_ignore', name))
}
