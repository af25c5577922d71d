import { familyOf } from '../../../netlink/wire/address.ts'
import type { HostFacts } from '../../facts/host-facts.ts'
import { HostView } from './host-view.ts'

/** The other hosts of a cluster, as seen from this host. */
export interface Peers {
  /** Other nodes with services for the same VIPs. */
  readonly nodes: readonly HostView[]
  /** Real servers of this director, once for each forwarding method that it uses for them. */
  readonly realServers: readonly HostView[]
}

const FORWARDING_METHODS = ['dr', 'tun', 'nat'] as const

/** Determines which of the peers are other nodes and which are real servers. */
export function classifyPeers(view: HostView): Peers {
  const { peers = [], interface: name } = view.options
  const nodes = peers.filter((facts) => sharesService(view, facts))
  const others = peers.filter((facts) => !nodes.includes(facts))
  return {
    nodes: nodes.map(
      (facts) => new HostView(facts, { interface: name, ...(view.isRouted ? { vips: 'routed' } : {}) }),
    ),
    realServers: others.flatMap((facts) =>
      FORWARDING_METHODS.flatMap((method) => realServerViews(view, facts, method)),
    ),
  }
}

/** Whether another host has virtual services for a VIP of this one. */
function sharesService({ facts }: HostView, other: HostFacts): boolean {
  const vips = new Set(facts.services.flatMap(({ address }) => address ?? []))
  return other.services.some(({ address }) => address !== undefined && vips.has(address))
}

/** The view of a host as a real server for one forwarding method. Empty if this director does not use that method for it. */
function realServerViews(
  view: HostView,
  facts: HostFacts,
  method: (typeof FORWARDING_METHODS)[number],
): HostView[] {
  const hasAddress = (address: string) => facts.addresses.some((entry) => entry.address === address)
  const found = view.remoteDestinations(method).filter(({ destination }) => hasAddress(destination.address))
  if (found.length === 0) return []
  const vips = [...new Set(found.flatMap(({ service }) => service.address ?? []))]
  const families = new Set(found.map(({ destination }) => destination.family))
  const directors = view.facts.addresses
    .filter(({ scope }) => scope === 'global')
    .map(({ address }) => address)
    .filter((address) => families.has(familyOf(address)!))
  return [
    new HostView(
      facts,
      { role: 'real-server', vips, forwarding: method, interface: view.options.interface },
      directors,
    ),
  ]
}
