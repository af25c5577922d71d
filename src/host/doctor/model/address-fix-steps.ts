import { familyOf } from '../../../netlink/wire/address.ts'
import type { InterfaceAddress } from '../../../route/model/interface-address.ts'
import type { Link } from '../../../route/model/link.ts'
import { addAddress, type FixStep, removeAddress, setInterfaceSysctl, setTextSysctl } from './fix-step.ts'
import type { HostView } from './host-view.ts'
import { alone, contains } from './network.ts'

/** Gives an interface a VIP for itself alone, whose network it says nothing about. */
export function addVip(vip: string, interfaceName: string, label?: string): FixStep {
  // Several hosts have it: to ask who else does would be to lose it.
  const nodad = familyOf(vip) === 'ipv6' ? true : undefined
  // Nor is it to become the source of what the host sends on its own account.
  const preferredLifetime = nodad && interfaceName !== 'lo' ? 0 : undefined
  return addAddress({ address: alone(vip), interface: interfaceName, label, nodad, preferredLifetime })
}

/** Takes an address from an interface, and no other with it. */
export function removeAddressEntry(patient: HostView, held: InterfaceAddress): FixStep[] {
  const { address, prefixLength, interface: name } = held
  const key = { address: `${address}/${prefixLength}`, interface: name }
  // With the first address of a network the kernel takes the others of it too (inet_del_ifa).
  const others = patient.facts.addresses.some(
    (other) => other.interface === name && other.flags.includes('secondary') && contains(held, other.address),
  )
  const isFirst = held.family === 'ipv4' && others && !held.flags.includes('secondary')
  return [...(isFirst ? [setTextSysctl(name, 'promote_secondaries', 1)] : []), removeAddress(key)]
}

/** Puts the right prefix length in the place of a wrong one. */
export function correctPrefix(patient: HostView, held: InterfaceAddress): FixStep[] {
  const { address, interface: name, label, family } = held
  const add = addVip(address, name, label === name ? undefined : label)
  const remove = removeAddressEntry(patient, held)
  // IPv6 has an address once an interface, whatever its prefix length; with IPv4 it need never be gone.
  return family === 'ipv6' ? [...remove, add] : [add, ...remove]
}

/** The fewest changes after which the larger one of two sysctls, that of `all` and that of an interface, is `wanted`. */
export function setEffectiveSysctl(
  patient: HostView,
  setting: 'arp_ignore' | 'arp_announce',
  { name }: Link,
  wanted: number,
): FixStep[] {
  const own = patient.configuredSysctl(setting, name)
  const all = patient.configuredSysctl(setting, 'all')
  const steps: FixStep[] = []
  if (all > wanted) steps.push(setInterfaceSysctl('all', setting, wanted))
  if (own > wanted || Math.max(Math.min(all, wanted), own) < wanted) {
    steps.push(setInterfaceSysctl(name, setting, wanted))
  }
  return steps
}

/** The interface that a VIP belongs on: that of its network, else the way out. */
export function chooseInterface(patient: HostView, vip: string): string | undefined {
  if (patient.options.interface !== undefined) return patient.options.interface
  const own = patient.arpInterfaces.find((link) => isOnLink(patient, vip, link))
  const way = patient.defaultRoute(familyOf(vip)!)?.interface
  return own?.name ?? way ?? patient.arpInterfaces[0]?.name
}

/** Whether an address lies in a network of an interface. */
export function isOnLink({ facts }: HostView, address: string, { name }: Link): boolean {
  return facts.addresses.some(
    (held) => held.interface === name && held.address !== address && contains(held, address),
  )
}

/** Takes a VIP from an interface and puts it where nobody learns of it; at no moment is it another one than this host's. */
export function hideVip(patient: HostView, held: InterfaceAddress): FixStep[] {
  const { address, interface: name } = held
  const isElsewhere = patient.addressEntries(address).some((other) => other.interface !== name)
  return [
    ...suppressArp(patient, address),
    ...(isElsewhere ? [] : [addVip(address, 'lo')]),
    ...removeAddressEntry(patient, held),
  ]
}

/** What has to be so before a VIP comes to be on `lo`. */
export function suppressArp(patient: HostView, vip: string): FixStep[] {
  if (familyOf(vip) === 'ipv6') return []
  return patient.arpInterfaces
    .filter((link) => isRelevantLink(patient, vip, link))
    .flatMap((link) => [
      ...(answersForHidden(patient, link) ? setEffectiveSysctl(patient, 'arp_ignore', link, 1) : []),
      ...(patient.effectiveSysctl('arp_announce', link.name) === 2
        ? []
        : setEffectiveSysctl(patient, 'arp_announce', link, 2)),
    ])
}

/** Behind a tunnel the VIP may belong to a network far away, where this host is not heard. */
export function isRelevantLink(patient: HostView, vip: string, link: Link): boolean {
  return patient.forwarding !== 'tun' || isOnLink(patient, vip, link)
}

/** Whether ARP for an address that is on no wire would be answered. */
function answersForHidden(patient: HostView, { name }: Link): boolean {
  return ![1, 2, 8].includes(patient.effectiveSysctl('arp_ignore', name))
}
