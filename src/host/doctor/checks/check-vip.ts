import { ADDRESS_BITS } from '../../../netlink/wire/ip-prefix.ts'
import { isTunnelKind } from '../../../route/model/tunnel-link.ts'
import { addVip, chooseInterface, correctPrefix, setEffectiveSysctl } from '../model/address-fix-steps.ts'
import type { Diagnosis } from '../model/finding.ts'
import { updateLink } from '../model/fix-step.ts'
import { type HostView, isWithoutArp } from '../model/host-view.ts'

/** Checks whether packets for the VIPs reach this director. */
export function* checkDirectedVips(view: HostView): Generator<Diagnosis> {
  for (const vip of view.directedVips) {
    if (!view.isLocal(vip)) yield vipMissing(view, vip)
    else if (
      downInterface(view, vip) === undefined &&
      view.role === 'director' &&
      !view.isRouted &&
      view.arpInterfaces.length > 0 &&
      view.isHidden(vip)
    ) {
      yield vipSilent(view, vip)
    }
  }
}

/** Checks whether the host has a VIP only on interfaces that are down, where the kernel does not accept its packets. */
export function* checkDownInterfaces(view: HostView): Generator<Diagnosis> {
  for (const vip of new Set([...view.directedVips, ...view.servedVips])) {
    const name = downInterface(view, vip)
    // The finding tunnel-down describes a tunnel.
    if (name === undefined || isTunnelKind(view.link(name)?.kind)) continue
    yield {
      id: 'interface-down',
      subject: name,
      message: `The VIP ${vip} is an address of ${name}, which is down.`,
      symptom: 'Connections to the VIP hang or are refused: this host does not accept its packets.',
      steps: [updateLink(name, { up: true })],
    }
  }
}

/** The first interface of a VIP, if all of its interfaces are down. */
function downInterface(view: HostView, vip: string): string | undefined {
  const names = view.addressEntries(vip).map((entry) => entry.interface)
  return names.every((name) => view.link(name)?.up === false) ? names[0] : undefined
}

/** Checks whether a VIP on an interface without ARP has the prefix length of a whole network. */
export function* checkPrefixes(view: HostView): Generator<Diagnosis> {
  for (const vip of new Set([...view.directedVips, ...view.servedVips])) {
    for (const entry of view.addressEntries(vip)) {
      const { prefixLength, family, interface: name, peer } = entry
      if (prefixLength === ADDRESS_BITS[family] || peer !== undefined) continue
      if (!isWithoutArp(view.link(name))) continue
      const bits = ADDRESS_BITS[family]
      yield {
        id: 'vip-prefix',
        subject: `${vip}/${prefixLength} on ${name}`,
        message: `The VIP ${vip} is on ${name} with prefix length ${prefixLength} instead of ${bits}, so this host routes its whole network to ${name}.`,
        symptom: `Clients and routers in the network of ${vip} get no reply from this host, while others do.`,
        steps: correctPrefix(view, entry),
      }
    }
  }
}

function vipMissing(view: HostView, vip: string): Diagnosis {
  const interfaceName = chooseInterface(view, vip)
  return {
    id: 'vip-missing',
    subject: vip,
    message: `The VIP ${vip} is not an address of this director.`,
    symptom:
      'No client gets a reply: packets for the VIP do not reach this host, or it does not accept them.',
    steps: [addVip(vip, interfaceName ?? 'eth0')],
    needsDecision: interfaceName === undefined,
  }
}

/** The director has the VIP and does not answer for it. */
function vipSilent(view: HostView, vip: string): Diagnosis {
  const name = chooseInterface(view, vip)
  const link = view.arpInterfaces.find((wire) => wire.name === name) ?? view.arpInterfaces[0]!
  const isOnInterface = view.addressEntries(vip).some((entry) => entry.interface === link.name)
  const refuses = !vip.includes(':') && view.effectiveSysctl('arp_ignore', link.name) === 8
  // A VIP on lo or a dummy is the way in which a host has an address to which routers have a route.
  const mayBeRouted = view.isPassive(vip)
  return {
    id: 'vip-silent',
    ...(mayBeRouted ? { severity: 'hint', needsDecision: true } : {}),
    subject: vip,
    message: mayBeRouted
      ? `This director has the VIP ${vip} only on interfaces without ARP and does not answer for it; if routers have a route to it, diagnose with vips: 'routed' (lvs doctor --routed).`
      : `This director has the VIP ${vip} and does not answer for it on any network.`,
    symptom:
      'New clients and routers cannot resolve the VIP ("No route to host"), while those that have cached its hardware address keep working.',
    steps: [
      ...(refuses ? setEffectiveSysctl(view, 'arp_ignore', link, 1) : []),
      ...(isOnInterface ? [] : [addVip(vip, link.name)]),
    ],
  }
}
