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

/** The metric that a route of IPv6 has without one (IP6_RT_PRIO_USER). */
const IPV6_METRIC = 1024

/** Whether a real server has the VIPs, and keeps them to itself. */
export function* checkServedVips(patient: HostView): Generator<Diagnosis> {
  if (patient.forwarding === 'nat') return
  for (const vip of patient.servedVips) {
    if (!patient.isLocal(vip)) yield vipMissing(patient, vip)
    for (const held of patient.addressEntries(vip)) {
      const link = patient.arpInterfaces.find(({ name }) => name === held.interface)
      if (link !== undefined) yield vipOnInterface(patient, held)
    }
  }
  for (const link of patient.arpInterfaces) yield* checkArp(patient, link)
}

/** Whether the answers of a real server behind NAT go back by way of the director. */
export function* checkDefaultRoute(patient: HostView): Generator<Diagnosis> {
  if (patient.role === 'director' || patient.forwarding !== 'nat') return
  for (const family of ['ipv4', 'ipv6'] as const) {
    const directors = patient.directors.filter((address) => familyOf(address) === family)
    if (directors.length > 0) yield* checkDefaultRouteOfFamily(patient, family, directors)
  }
}

function* checkDefaultRouteOfFamily(
  patient: HostView,
  family: Family,
  directors: readonly string[],
): Generator<Diagnosis> {
  const route = patient.defaultRoute(family)
  const gateways = [route?.gateway, ...(route?.nextHops ?? []).map(({ gateway }) => gateway)]
  if (gateways.some((gateway) => gateway !== undefined && directors.includes(gateway))) return
  const found =
    route === undefined ? 'there is none' : `it leads to ${gateways.find(Boolean) ?? route.interface}`
  const isNear = (address: string) => patient.arpInterfaces.some((link) => isOnLink(patient, address, link))
  const near = directors.find(isNear) ?? directors[0]!
  const metric = family === 'ipv6' ? IPV6_METRIC : 0
  yield {
    id: 'default-route',
    subject: `default (${family})`,
    message: `The default route of this real server does not lead to the director ${near}: ${found}.`,
    symptom:
      'Connections hang: the request arrives, but the answer goes past the director and reaches the client with the address of the real server.',
    steps: [
      // A route that comes after the new one anyway can stay.
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

function vipMissing(patient: HostView, vip: string): Diagnosis {
  const tunnel = patient.facts.links.find(({ kind, up }) => isTunnelKind(kind) && up)
  const place = patient.forwarding === 'tun' && tunnel !== undefined ? tunnel.name : 'lo'
  return {
    id: 'vip-missing',
    subject: vip,
    message: `The VIP ${vip} is not an address of this real server.`,
    symptom:
      'Connections that are scheduled to this real server hang: it does not take in what the director sends.',
    steps: [...suppressArp(patient, vip), addVip(vip, place)],
  }
}

function vipOnInterface(patient: HostView, held: InterfaceAddress): Diagnosis {
  const { address: vip, interface: name } = held
  const resolution = held.family === 'ipv4' ? 'ARP' : 'neighbour discovery'
  return {
    id: 'vip-on-interface',
    subject: `${vip} on ${name}`,
    message: `The VIP ${vip} is an address of ${name} on this real server, which therefore answers ${resolution} for it in the place of the director.`,
    symptom:
      'Some clients reach this real server alone, past the director, and which ones changes with time.',
    steps: hideVip(patient, held),
  }
}

/** What an interface says about VIPs that are not on it. */
function* checkArp(patient: HostView, link: Link): Generator<Diagnosis> {
  const vips = patient.servedVips.filter(
    (vip) => isOnlyWithoutArp(patient, vip) && isRelevantLink(patient, vip, link),
  )
  const answered = vips.filter((vip) => patient.answers(vip, link))
  if (answered.length > 0) {
    const level = patient.effectiveSysctl('arp_ignore', link.name)
    yield {
      id: 'arp-ignore',
      subject: link.name,
      message: `${link.name} of this real server answers ARP for ${answered.join(', ')} in the place of the director (arp_ignore acts as ${level}).`,
      symptom:
        'Some clients reach this real server alone, past the director: their ARP table shows its hardware address for the VIP.',
      steps: setEffectiveSysctl(patient, 'arp_ignore', link, 1),
    }
  }
  const announced = vips.filter((vip) => announcesVip(patient, vip, link))
  if (announced.length > 0) {
    const level = patient.effectiveSysctl('arp_announce', link.name)
    yield {
      id: 'arp-announce',
      subject: link.name,
      message: `${link.name} of this real server names ${announced.join(', ')} as its own address when it asks others by ARP (arp_announce acts as ${level}).`,
      symptom:
        'Every now and then clients or the router take this real server for the VIP, until they ask again: connections to the VIP break off or pass the director by.',
      steps: setEffectiveSysctl(patient, 'arp_announce', link, 2),
    }
  }
}

/** IPv4 only: with IPv6 a host speaks for the addresses of the interface and no others. */
function isOnlyWithoutArp(patient: HostView, vip: string): boolean {
  const isOnWire = (name: string) => patient.arpInterfaces.some((link) => link.name === name)
  const holders = patient.addressEntries(vip)
  return familyOf(vip) === 'ipv4' && holders.length > 0 && !holders.some((held) => isOnWire(held.interface))
}

/** arp_solicit() of net/ipv4/arp.c: at level 1 an address is named in its own network only. */
function announcesVip(patient: HostView, vip: string, link: Link): boolean {
  const level = patient.effectiveSysctl('arp_announce', link.name)
  return level === 0 || (level === 1 && isOnLink(patient, vip, link))
}
