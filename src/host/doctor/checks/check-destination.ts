import type { Destination, DestinationInput } from '../../../ipvs/model/destination.ts'
import type { Service } from '../../../ipvs/model/service.ts'
import { formatEndpoint, formatService } from '../../../ipvs/model/service-key.ts'
import type { Diagnosis } from '../model/finding.ts'
import { addDestination, removeDestination, removeService, updateDestination } from '../model/fix-step.ts'
import type { HostView } from '../model/host-view.ts'

/** Checks whether the destinations of each virtual service can be reached. */
export function* checkDestinations(view: HostView): Generator<Diagnosis> {
  if (view.role === 'real-server') return
  for (const service of view.facts.services) {
    if (!service.destinations.some(({ weight }) => weight > 0)) yield noDestination(service)
    for (const destination of service.destinations) {
      yield* checkPort(view, service, destination)
      yield* checkReachability(view, service, destination)
    }
  }
}

function noDestination(service: Service): Diagnosis {
  const name = formatService(service)
  const { destinations } = service
  const problem =
    destinations.length === 0 ? 'has no destination' : 'has no destination with a weight above 0'
  return {
    id: 'no-destination',
    subject: name,
    message: `The virtual service ${name} ${problem}.`,
    symptom: 'Every new connection to it is refused or hangs.',
    steps:
      destinations.length === 0
        ? [removeService(service)]
        : destinations.map((destination) => updateDestination(service, destination, { weight: 1 })),
    // The destination may be drained on purpose, and the doctor does not know the real servers.
    needsDecision: true,
  }
}

/** Only NAT rewrites packets. The other methods forward them with the port that the client connected to. */
function* checkPort(view: HostView, service: Service, destination: Destination): Generator<Diagnosis> {
  const { forwarding, port, address } = destination
  const servicePort = service.port ?? 0
  if ((forwarding !== 'dr' && forwarding !== 'tun') || servicePort === 0 || port === servicePort) return
  if (view.isLocal(address)) return
  const exists = service.destinations.some((other) => other.address === address && other.port === servicePort)
  yield {
    id: 'destination-port',
    subject: subjectOf(service, destination),
    message: `The destination ${formatEndpoint(address, port)} has another port than its service, and ${forwarding} cannot translate ports.`,
    symptom: `Connections arrive at port ${servicePort} of the real server, which refuses them if it listens on port ${port} only.`,
    steps: [
      ...(exists ? [] : [addDestination(service, settingsOf(destination, servicePort))]),
      removeDestination(service, destination),
    ],
  }
}

function* checkReachability(
  view: HostView,
  service: Service,
  destination: Destination,
): Generator<Diagnosis> {
  const { address, forwarding, weight } = destination
  if (weight === 0 || view.isLocal(address)) return
  const route = view.routeTo(address)
  const subject = subjectOf(service, destination)
  if (forwarding === 'dr' && route?.gateway !== undefined) {
    yield {
      id: 'destination-gateway',
      subject,
      message: `The destination ${address} is behind the router ${route.gateway}, and dr reaches only hosts in a network of the director.`,
      symptom:
        'Connections hang: the router receives packets addressed to the VIP and sends them back or drops them.',
      steps: [updateDestination(service, destination, { forwarding: 'tun' })],
      needsDecision: true,
    }
  }
  const hop = route?.gateway ?? address
  const neighbour = view.facts.neighbours.find(
    (known) => known.address === hop && known.interface === view.outboundLink(address)?.name,
  )
  if (neighbour?.state === 'failed' || neighbour?.state === 'incomplete') {
    yield {
      id: 'destination-unanswered',
      subject,
      message: `No host answers on ${neighbour.interface} when this director resolves ${hop}, the next hop to the destination ${address}.`,
      symptom: 'Connections scheduled to this destination hang or fail, while others work.',
      steps: [updateDestination(service, destination, { weight: 0 })],
    }
  }
}

function subjectOf(service: Service, { address, port }: Destination): string {
  return `${formatService(service)} -> ${formatEndpoint(address, port)}`
}

function settingsOf(destination: Destination, port: number): DestinationInput {
  const { address, forwarding, weight, upperThreshold, lowerThreshold, tunnel } = destination
  const isDefault = tunnel === null || tunnel?.type === 'ipip'
  return {
    ...{ address, port, forwarding, weight },
    ...(upperThreshold === 0 ? {} : { upperThreshold, lowerThreshold }),
    ...(isDefault ? {} : { tunnel }),
  } as DestinationInput
}
