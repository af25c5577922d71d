import type { Service } from '../../../ipvs/model/service.ts'
import { formatService } from '../../../ipvs/model/service-key.ts'
import { hideVip, removeAddressEntry } from '../model/address-fix-steps.ts'
import type { Diagnosis } from '../model/finding.ts'
import { removeDestination, removeService } from '../model/fix-step.ts'
import type { HostView } from '../model/host-view.ts'

/** Whether two nodes of which one directs at a time do so at the same time. */
export function* checkBothActive(patient: HostView, peers: readonly HostView[]): Generator<Diagnosis> {
  for (const vip of patient.directedVips) {
    if (!isActiveDirector(patient, vip)) continue
    const others = peers.filter((peer) => isActiveDirector(peer, vip)).map(({ facts }) => facts.name)
    if (others.length === 0) continue
    const services = patient.servicesOf(vip)
    const held = patient
      .addressEntries(vip)
      .filter((holder) => patient.arpInterfaces.some(({ name }) => name === holder.interface))
    // At rest it is a real server of the other one.
    const isServer = services.some(({ destinations }) =>
      destinations.some(({ address }) => patient.isLocal(address)),
    )
    yield {
      id: 'both-active',
      subject: vip,
      message: `This host and ${others.join(', ')} both direct the VIP ${vip} and both answer for it.`,
      symptom:
        'Connections break off at random, and packets go to and fro between the two until their time to live runs out.',
      steps: [
        ...services.map((service) => removeService(service)),
        ...held.flatMap((holder) =>
          isServer ? hideVip(patient, holder) : removeAddressEntry(patient, holder),
        ),
      ],
      // One of them is to stay.
      needsDecision: true,
    }
  }
}

/**
 * Whether a node that is to be at rest sends packets for a VIP on. What the active director sends it as to a real server
 * meets its rules first (ip_vs_in), and by dr and tun it goes back with the VIP still in it.
 */
export function* checkPassiveNode(patient: HostView, peers: readonly HostView[]): Generator<Diagnosis> {
  if (patient.role !== 'both') return
  for (const vip of patient.directedVips.filter((address) => patient.isPassive(address))) {
    const active = peers.filter((peer) => isActiveDirector(peer, vip))
    const directors = [
      ...patient.directors,
      ...active.flatMap(({ facts }) => facts.addresses.map(({ address }) => address)),
    ]
    for (const service of patient.servicesOf(vip)) yield* checkRule(patient, service, directors)
  }
}

function* checkRule(patient: HostView, service: Service, directors: readonly string[]): Generator<Diagnosis> {
  const sentOn = service.destinations.filter(
    ({ forwarding, weight, address }) =>
      weight > 0 && (forwarding === 'dr' || forwarding === 'tun') && !patient.isLocal(address),
  )
  const isKnown = directors.length > 0
  const sentBack = isKnown ? sentOn.filter(({ address }) => directors.includes(address)) : sentOn
  if (sentBack.length === 0) return
  const name = formatService(service)
  const targets = sentBack.map(({ address }) => address).join(', ')
  const isAll = !service.destinations.some((other) => other.weight > 0 && !sentBack.includes(other))
  yield {
    id: 'backup-forwards',
    subject: name,
    message: isKnown
      ? `This host hides the VIP as a backup does, but has rules for ${name} that send its packets back to the director ${targets}.`
      : `This host hides the VIP as a backup does, but has rules for ${name} that send its packets on to ${targets}, one of which may be the director.`,
    symptom:
      'Connections that the director schedules to this node hang or break off, and both nodes are busy: their packets go to and fro between the two until their time to live runs out.',
    steps:
      isKnown && !isAll
        ? sentBack.map((destination) => removeDestination(service, destination))
        : [removeService(service)],
  }
}

function isActiveDirector(patient: HostView, vip: string): boolean {
  return (
    patient.servicesOf(vip).length > 0 && patient.arpInterfaces.some((link) => patient.answers(vip, link))
  )
}
