import type { Destination, DestinationInput } from '../../../ipvs/model/destination.ts'
import type { Service } from '../../../ipvs/model/service.ts'
import { formatEndpoint, formatService } from '../../../ipvs/model/service-key.ts'
import type { Diagnosis } from '../model/finding.ts'
import { addDestination, removeDestination, removeService, updateDestination } from '../model/fix-step.ts'
import type { HostView } from '../model/host-view.ts'

/** Whether each virtual service leads somewhere. */
export function* checkDestinations(patient: HostView): Generator<Diagnosis> {
  if (patient.role === 'real-server') return
  for (const service of patient.facts.services) {
    if (!service.destinations.some(({ weight }) => weight > 0)) yield noDestination(service)
    for (const destination of service.destinations) {
      yield* checkPort(patient, service, destination)
      yield* checkReachability(patient, service, destination)
    }
  }
}

function noDestination(service: Service): Diagnosis {
  const name = formatService(service)
  const { destinations } = service
  const found = destinations.length === 0 ? 'has no destination' : 'has no destination with a weight above 0'
  return {
    id: 'no-destination',
    subject: name,
    message: `The virtual service ${name} ${found}.`,
    symptom: 'Every new connection to it is refused or hangs.',
    steps:
      destinations.length === 0
        ? [removeService(service)]
        : destinations.map((destination) => updateDestination(service, destination, { weight: 1 })),
    // Somebody may have emptied it on purpose, and nobody here knows the real servers.
    needsDecision: true,
  }
}

/** Only NAT writes packets anew; the other methods pass them on with the port that the client asked for. */
function* checkPort(patient: HostView, service: Service, destination: Destination): Generator<Diagnosis> {
  const { forwarding, port, address } = destination
  const wanted = service.port ?? 0
  if ((forwarding !== 'dr' && forwarding !== 'tun') || wanted === 0 || port === wanted) return
  if (patient.isLocal(address)) return
  const isThere = service.destinations.some((other) => other.address === address && other.port === wanted)
  yield {
    id: 'destination-port',
    subject: subjectOf(service, destination),
    message: `The destination ${formatEndpoint(address, port)} has another port than its service, and ${forwarding} cannot change ports.`,
    symptom: `Connections arrive at port ${wanted} of the real server; if it listens on ${port} only, they are refused.`,
    steps: [
      ...(isThere ? [] : [addDestination(service, settingsOf(destination, wanted))]),
      removeDestination(service, destination),
    ],
  }
}

function* checkReachability(
  patient: HostView,
  service: Service,
  destination: Destination,
): Generator<Diagnosis> {
  const { address, forwarding, weight } = destination
  if (weight === 0 || patient.isLocal(address)) return
  const route = patient.routeTo(address)
  const subject = subjectOf(service, destination)
  if (forwarding === 'dr' && route?.gateway !== undefined) {
    yield {
      id: 'destination-gateway',
      subject,
      message: `The destination ${address} is reached by the router ${route.gateway}, and dr reaches only hosts on a network of the director.`,
      symptom:
        'Connections hang: the router gets packets addressed to the VIP and sends them back, or on to nowhere.',
      steps: [updateDestination(service, destination, { forwarding: 'tun' })],
      needsDecision: true,
    }
  }
  const hop = route?.gateway ?? address
  const neighbour = patient.facts.neighbours.find(
    (known) => known.address === hop && known.interface === patient.outboundLink(address)?.name,
  )
  if (neighbour?.state === 'failed' || neighbour?.state === 'incomplete') {
    yield {
      id: 'destination-unanswered',
      subject,
      message: `Nobody answers when this director asks on ${neighbour.interface} for ${hop}, the way to the destination ${address}.`,
      symptom: 'The connections that are scheduled to this destination hang or fail, the others work.',
      steps: [updateDestination(service, destination, { weight: 0 })],
    }
  }
}

function subjectOf(service: Service, { address, port }: Destination): string {
  return `${formatService(service)} -> ${formatEndpoint(address, port)}`
}

function settingsOf(destination: Destination, port: number): DestinationInput {
  const { address, forwarding, weight, upperThreshold, lowerThreshold, tunnel } = destination
  const plain = tunnel === null || tunnel?.type === 'ipip'
  return {
    ...{ address, port, forwarding, weight },
    ...(upperThreshold === 0 ? {} : { upperThreshold, lowerThreshold }),
    ...(plain ? {} : { tunnel }),
  } as DestinationInput
}
