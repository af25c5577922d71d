import { familyOf } from '../../../netlink/wire/address.ts'
import type { HostFacts } from '../../facts/host-facts.ts'
import { HostView } from './host-view.ts'

/** What the other hosts of a cluster are to this one, each with what is known of it from here. */
export interface Peers {
  /** Other nodes with services for the same VIPs. */
  readonly nodes: readonly HostView[]
  /** Real servers of this director, once for each method by which it reaches them. */
  readonly realServers: readonly HostView[]
}

const FORWARDING_METHODS = ['dr', 'tun', 'nat'] as const

export function classifyPeers(patient: HostView): Peers {
  const { peers = [], interface: name } = patient.options
  const nodes = peers.filter((facts) => sharesService(patient, facts))
  const others = peers.filter((facts) => !nodes.includes(facts))
  return {
    nodes: nodes.map((facts) => new HostView(facts, { interface: name })),
    realServers: others.flatMap((facts) =>
      FORWARDING_METHODS.flatMap((method) => realServerViews(patient, facts, method)),
    ),
  }
}

/** Whether another host has virtual services for a VIP of this one. */
function sharesService({ facts }: HostView, other: HostFacts): boolean {
  const vips = new Set(facts.services.flatMap(({ address }) => address ?? []))
  return other.services.some(({ address }) => address !== undefined && vips.has(address))
}

/** A host as this director needs it for one method; none if it is sent nothing by that. */
function realServerViews(
  patient: HostView,
  facts: HostFacts,
  method: (typeof FORWARDING_METHODS)[number],
): HostView[] {
  const isIts = (address: string) => facts.addresses.some((held) => held.address === address)
  const found = patient.remoteDestinations(method).filter(({ destination }) => isIts(destination.address))
  if (found.length === 0) return []
  const vips = [...new Set(found.flatMap(({ service }) => service.address ?? []))]
  const families = new Set(found.map(({ destination }) => destination.family))
  const directors = patient.facts.addresses
    .filter(({ scope }) => scope === 'global')
    .map(({ address }) => address)
    .filter((address) => families.has(familyOf(address)!))
  return [
    new HostView(
      facts,
      { role: 'real-server', vips, forwarding: method, interface: patient.options.interface },
      directors,
    ),
  ]
}
