import { familyOf } from '../../../netlink/wire/address.ts'
import type { InterfaceAddress } from '../../../route/model/interface-address.ts'
import type { Link } from '../../../route/model/link.ts'
import { alone, contains } from './network.ts'
import type { Patient } from './host-view.ts'
import { addAddress, removeAddress, type Step, setInterfaceSysctl, setText } from './fix-step.ts'

/** Gives an interface a VIP for itself alone, whose network it says nothing about. */
export function addVip(vip: string, interfaceName: string, label?: string): Step {
  // Several hosts have it: to ask who else does would be to lose it.
  const nodad = familyOf(vip) === 'ipv6' ? true : undefined
  // Nor is it to become the source of what the host sends on its own account.
  const preferredLifetime = nodad && interfaceName !== 'lo' ? 0 : undefined
  return addAddress({ address: alone(vip), interface: interfaceName, label, nodad, preferredLifetime })
}

/** Takes an address from an interface, and no other with it. */
export function removeHeld(patient: Patient, held: InterfaceAddress): Step[] {
  const { address, prefixLength, interface: name } = held
  const key = { address: `${address}/${prefixLength}`, interface: name }
  // With the first address of a network the kernel takes the others of it too (inet_del_ifa).
  const others = patient.facts.addresses.some(
    (other) => other.interface === name && other.flags.includes('secondary') && contains(held, other.address),
  )
  const isFirst = held.family === 'ipv4' && others && !held.flags.includes('secondary')
  return [...(isFirst ? [setText(name, 'promote_secondaries', 1)] : []), removeAddress(key)]
}

/** Puts the right prefix length in the place of a wrong one. */
export function correctPrefix(patient: Patient, held: InterfaceAddress): Step[] {
  const { address, interface: name, label, family } = held
  const add = addVip(address, name, label === name ? undefined : label)
  const remove = removeHeld(patient, held)
  // IPv6 has an address once an interface, whatever its prefix length; with IPv4 it need never be gone.
  return family === 'ipv6' ? [...remove, add] : [add, ...remove]
}

/** The fewest changes after which the larger one of two sysctls, that of `all` and that of an interface, is `wanted`. */
export function bringTo(
  patient: Patient,
  setting: 'arp_ignore' | 'arp_announce',
  { name }: Link,
  wanted: number,
): Step[] {
  const own = patient.ownSysctl(setting, name)
  const all = patient.ownSysctl(setting, 'all')
  const steps: Step[] = []
  if (all > wanted) steps.push(setInterfaceSysctl('all', setting, wanted))
  if (own > wanted || Math.max(Math.min(all, wanted), own) < wanted) {
    steps.push(setInterfaceSysctl(name, setting, wanted))
  }
  return steps
}

/** The interface that a VIP belongs on: that of its network, else the way out. */
export function interfaceFor(patient: Patient, vip: string): string | undefined {
  if (patient.options.interface !== undefined) return patient.options.interface
  const own = patient.wires.find((link) => isOnLink(patient, vip, link))
  const way = patient.defaultRoute(familyOf(vip)!)?.interface
  return own?.name ?? way ?? patient.wires[0]?.name
}

/** Whether an address lies in a network of an interface. */
export function isOnLink({ facts }: Patient, address: string, { name }: Link): boolean {
  return facts.addresses.some(
    (held) => held.interface === name && held.address !== address && contains(held, address),
  )
}

/** Takes a VIP from an interface and puts it where nobody learns of it; at no moment is it another one than this host's. */
export function hide(patient: Patient, held: InterfaceAddress): Step[] {
  const { address, interface: name } = held
  const isElsewhere = patient.holders(address).some((other) => other.interface !== name)
  return [
    ...suppress(patient, address),
    ...(isElsewhere ? [] : [addVip(address, 'lo')]),
    ...removeHeld(patient, held),
  ]
}

/** What has to be so before a VIP comes to be on `lo`. */
export function suppress(patient: Patient, vip: string): Step[] {
  if (familyOf(vip) === 'ipv6') return []
  return patient.wires
    .filter((link) => concerns(patient, vip, link))
    .flatMap((link) => [
      ...(mayAnswer(patient, link) ? bringTo(patient, 'arp_ignore', link, 1) : []),
      ...(patient.effective('arp_announce', link.name) === 2
        ? []
        : bringTo(patient, 'arp_announce', link, 2)),
    ])
}

/** Behind a tunnel the VIP may belong to a network far away, where this host is not heard. */
export function concerns(patient: Patient, vip: string, link: Link): boolean {
  return patient.method !== 'tun' || isOnLink(patient, vip, link)
}

/** Whether ARP for an address that is on no wire would be answered. */
function mayAnswer(patient: Patient, { name }: Link): boolean {
  return ![1, 2, 8].includes(patient.effective('arp_ignore', name))
}
