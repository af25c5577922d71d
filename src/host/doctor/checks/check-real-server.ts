import { type Family, familyOf } from '../../../netlink/wire/address.ts'
import type { InterfaceAddress } from '../../../route/model/interface-address.ts'
import type { Link } from '../../../route/model/link.ts'
import type { Route, RouteInput } from '../../../route/model/route.ts'
import { isTunnelKind } from '../../../route/model/tunnel-link.ts'
import {
  addVip,
  hideVip,
  isOnLink,
  isRelevantLink,
  setEffectiveSysctl,
  suppressArp,
} from '../model/address-fix-steps.ts'
import type { Diagnosis } from '../model/finding.ts'
import { addRoute, removeRoute } from '../model/fix-step.ts'
import type { HostView } from '../model/host-view.ts'

/** The default metric of an IPv6 route (IP6_RT_PRIO_USER). */
const IPV6_METRIC = 1024

/** Checks whether a real server has the VIPs and does not advertise them. */
export function* checkServedVips(view: HostView): Generator<Diagnosis> {
  if (view.forwarding === 'nat') return
  for (const vip of view.servedVips) {
    if (!view.isLocal(vip)) yield vipMissing(view, vip)
    for (const entry of view.addressEntries(vip)) {
      const link = view.arpInterfaces.find(({ name }) => name === entry.interface)
      if (link !== undefined) yield vipOnInterface(view, entry)
    }
  }
  for (const link of view.arpInterfaces) yield* checkArp(view, link)
}

/** Checks whether the replies of a real server behind NAT pass through the director. */
export function* checkDefaultRoute(view: HostView): Generator<Diagnosis> {
  if (view.role === 'director' || view.forwarding !== 'nat') return
  for (const family of ['ipv4', 'ipv6'] as const) {
    const directors = view.directors.filter((address) => familyOf(address) === family)
    if (directors.length > 0) yield* checkDefaultRouteOfFamily(view, family, directors)
  }
}

function* checkDefaultRouteOfFamily(
  view: HostView,
  family: Family,
  directors: readonly string[],
): Generator<Diagnosis> {
  const route = view.defaultRoute(family)
  const gateways = [route?.gateway, ...(route?.nextHops ?? []).map(({ gateway }) => gateway)]
  if (gateways.some((gateway) => gateway !== undefined && directors.includes(gateway))) return
  const problem =
    route === undefined ? 'there is none' : `it leads to ${gateways.find(Boolean) ?? route.interface}`
  const isNear = (address: string) => view.arpInterfaces.some((link) => isOnLink(view, address, link))
  const near = directors.find(isNear) ?? directors[0]!
  const metric = family === 'ipv6' ? IPV6_METRIC : 0
  yield {
    id: 'default-route',
    subject: `default (${family})`,
    message: `The default route of this real server does not lead to the director ${near}: ${problem}.`,
    symptom:
      'Connections hang: the request arrives, but the reply bypasses the director and reaches the client with the address of the real server.',
    steps: [
      // A route with a higher metric than the new route can stay.
      ...(route !== undefined && (route.metric ?? metric) <= metric
        ? [removeRoute(toRouteInput(route))]
        : []),
      addRoute({ destination: 'default', gateway: near }),
    ],
  }
}

function toRouteInput({ destination, family, gateway, interface: name, metric }: Route): RouteInput {
  return { destination, family, gateway, interface: name, metric }
}

function vipMissing(view: HostView, vip: string): Diagnosis {
  const tunnel = view.facts.links.find(({ kind, up }) => isTunnelKind(kind) && up)
  const interfaceName = view.forwarding === 'tun' && tunnel !== undefined ? tunnel.name : 'lo'
  return {
    id: 'vip-missing',
    subject: vip,
    message: `The VIP ${vip} is not an address of this real server.`,
    symptom:
      'Connections scheduled to this real server hang: it does not accept the packets of the director.',
    steps: [...suppressArp(view, vip), addVip(vip, interfaceName)],
  }
}

function vipOnInterface(view: HostView, entry: InterfaceAddress): Diagnosis {
  const { address: vip, interface: name } = entry
  const resolution = entry.family === 'ipv4' ? 'ARP' : 'neighbour discovery'
  return {
    id: 'vip-on-interface',
    subject: `${vip} on ${name}`,
    message: `The VIP ${vip} is an address of ${name} on this real server, which therefore answers ${resolution} for it instead of the director.`,
    symptom:
      'Some clients bypass the director and reach only this real server, and which clients do so changes over time.',
    steps: hideVip(view, entry),
  }
}

/** Checks the ARP replies and requests of an interface for VIPs that are not on it. */
function* checkArp(view: HostView, link: Link): Generator<Diagnosis> {
  const vips = view.servedVips.filter((vip) => isOnlyWithoutArp(view, vip) && isRelevantLink(view, vip, link))
  const answered = vips.filter((vip) => view.answers(vip, link))
  if (answered.length > 0) {
    const level = view.effectiveSysctl('arp_ignore', link.name)
    yield {
      id: 'arp-ignore',
      subject: link.name,
      message: `${link.name} of this real server answers ARP for ${answered.join(', ')} instead of the director (arp_ignore is ${level} in effect).`,
      symptom:
        'Some clients bypass the director and reach only this real server: their ARP tables have its hardware address for the VIP.',
      steps: setEffectiveSysctl(view, 'arp_ignore', link, 1),
    }
  }
  const announced = vips.filter((vip) => announcesVip(view, vip, link))
  if (announced.length > 0) {
    const level = view.effectiveSysctl('arp_announce', link.name)
    yield {
      id: 'arp-announce',
      subject: link.name,
      message: `${link.name} of this real server announces ${announced.join(', ')} as its own address in ARP requests (arp_announce is ${level} in effect).`,
      symptom:
        'From time to time, clients or the router learn the hardware address of this real server for the VIP: connections to the VIP break or bypass the director.',
      steps: setEffectiveSysctl(view, 'arp_announce', link, 2),
    }
  }
}

/** Whether a host has a VIP on interfaces without ARP only. Always false for IPv6, where a host answers only for addresses of the interface. */
function isOnlyWithoutArp(view: HostView, vip: string): boolean {
  const hasArp = (name: string) => view.arpInterfaces.some((link) => link.name === name)
  const entries = view.addressEntries(vip)
  return familyOf(vip) === 'ipv4' && entries.length > 0 && !entries.some((entry) => hasArp(entry.interface))
}

/** Whether ARP requests announce a VIP. With 1 an address is announced in its own network only (arp_solicit(), net/ipv4/arp.c). */
function announcesVip(view: HostView, vip: string, link: Link): boolean {
  const level = view.effectiveSysctl('arp_announce', link.name)
  return level === 0 || (level === 1 && isOnLink(view, vip, link))
}
