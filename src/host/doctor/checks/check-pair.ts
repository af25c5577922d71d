import type { Service } from '../../../ipvs/model/service.ts'
import { formatService } from '../../../ipvs/model/service-key.ts'
import { hideVip, removeAddressEntry } from '../model/address-fix-steps.ts'
import type { Diagnosis } from '../model/finding.ts'
import { removeDestination, removeService } from '../model/fix-step.ts'
import type { HostView } from '../model/host-view.ts'

/** Checks whether two nodes are active directors of the same VIP. */
export function* checkBothActive(view: HostView, peers: readonly HostView[]): Generator<Diagnosis> {
  for (const vip of view.directedVips) {
    if (!isActiveDirector(view, vip)) continue
    const others = peers.filter((peer) => isActiveDirector(peer, vip)).map(({ facts }) => facts.name)
    if (others.length === 0) continue
    const services = view.servicesOf(vip)
    const entry = view
      .addressEntries(vip)
      .filter((entry) => view.arpInterfaces.some(({ name }) => name === entry.interface))
    // A node that is a destination of its own service keeps the VIP, hidden, as a real server.
    const isServer = services.some(({ destinations }) =>
      destinations.some(({ address }) => view.isLocal(address)),
    )
    yield {
      id: 'both-active',
      subject: vip,
      message: `This host and ${others.join(', ')} both have services for the VIP ${vip}, and both answer for it on the network.`,
      symptom:
        'Connections break at random, and packets loop between the two hosts until their time to live expires.',
      steps: [
        ...services.map((service) => removeService(service)),
        ...entry.flatMap((entry) => (isServer ? hideVip(view, entry) : removeAddressEntry(view, entry))),
      ],
      // An operator has to choose which host stays active.
      needsDecision: true,
    }
  }
}

/**
 * Checks whether a passive node forwards packets for a VIP. Packets that the active director forwards to it as a real server
 * match its rules first (ip_vs_in), and with dr and tun they keep the VIP as their destination address on the way back.
 */
export function* checkPassiveNode(view: HostView, peers: readonly HostView[]): Generator<Diagnosis> {
  if (view.role !== 'both') return
  for (const vip of view.directedVips.filter((address) => view.isPassive(address))) {
    const active = peers.filter((peer) => isActiveDirector(peer, vip))
    const directors = [
      ...view.directors,
      ...active.flatMap(({ facts }) => facts.addresses.map(({ address }) => address)),
    ]
    for (const service of view.servicesOf(vip)) yield* checkRule(view, service, directors)
  }
}

function* checkRule(view: HostView, service: Service, directors: readonly string[]): Generator<Diagnosis> {
  const forwarded = service.destinations.filter(
    ({ forwarding, weight, address }) =>
      weight > 0 && (forwarding === 'dr' || forwarding === 'tun') && !view.isLocal(address),
  )
  const isKnown = directors.length > 0
  const returned = isKnown ? forwarded.filter(({ address }) => directors.includes(address)) : forwarded
  if (returned.length === 0) return
  const name = formatService(service)
  const targets = returned.map(({ address }) => address).join(', ')
  const isAll = !service.destinations.some((other) => other.weight > 0 && !returned.includes(other))
  yield {
    id: 'backup-forwards',
    // Without a known director this may be a director with routed VIPs: only the operator can tell.
    ...(isKnown ? {} : { severity: 'hint', needsDecision: true }),
    subject: name,
    message: isKnown
      ? `This host hides the VIP like a backup, but has rules for ${name} that return packets to the director ${targets}.`
      : `This host hides the VIP like a backup, but has rules for ${name} that forward packets to ${targets}, one of which may be the director. Name the director, or diagnose with vips: 'routed' (lvs doctor --routed) if routers have a route to the VIP.`,
    symptom:
      'Connections that the director schedules to this node hang or break, and both nodes are busy: packets loop between them until their time to live expires.',
    steps:
      isKnown && !isAll
        ? returned.map((destination) => removeDestination(service, destination))
        : [removeService(service)],
  }
}

function isActiveDirector(view: HostView, vip: string): boolean {
  return view.servicesOf(vip).length > 0 && view.arpInterfaces.some((link) => view.answers(vip, link))
}
