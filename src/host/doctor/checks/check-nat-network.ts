import type { Service } from '../../../ipvs/model/service.ts'
import { containsAddress, parsePrefix } from '../../../netlink/wire/ip-prefix.ts'
import type { Route } from '../../../route/model/route.ts'
import { findRoute } from '../../facts/route-lookup.ts'
import type { Diagnosis } from '../model/finding.ts'
import {
  addDestination,
  addRoute,
  type FixStep,
  removeDestination,
  removeRoute,
  updateDestination,
} from '../model/fix-step.ts'
import type { HostView } from '../model/host-view.ts'

type Served = ReturnType<HostView['remoteDestinations']>[number]

/**
 * Checks whether real servers behind NAT are in the network of the VIP. Their replies to clients of that network do not pass
 * through the director, which would have to translate the source address, whatever the sysctls are.
 */
export function* checkNatNetworks(view: HostView): Generator<Diagnosis> {
  if (view.role === 'real-server') yield* checkRealServer(view)
  else yield* checkDirector(view)
}

function* checkDirector(view: HostView): Generator<Diagnosis> {
  const networks = new Map<string, Served[]>()
  for (const served of view.remoteDestinations('nat')) {
    const network = sharedNetwork(view, served)
    if (network === undefined || repliesThroughRouter(view, served)) continue
    networks.set(network, [...(networks.get(network) ?? []), served])
  }
  for (const [network, served] of networks) {
    const servers = [...new Set(served.map(({ destination }) => destination.address))].join(', ')
    const hasOthers = view.defaultRoute(served[0]!.destination.family) !== undefined
    yield {
      id: 'nat-same-network',
      severity: hasOthers ? 'warning' : 'error',
      subject: network,
      message: `The VIP and the real servers behind NAT (${servers}) are in one network, ${network}, and NAT cannot serve clients of that network: a real server replies to them directly, past this director.`,
      symptom: `Connections from ${network} time out, while those from other networks work. What works: dr, real servers in a network of their own, or masquerading of these connections with net.ipv4.vs.conntrack 1.`,
      steps: served.flatMap((each) => changeToDr(each)),
      needsDecision: true,
    }
  }
}

/** The network of a real server, if the VIP of its service is in it. */
function sharedNetwork(view: HostView, { service, destination }: Served): string | undefined {
  const route = view.routeTo(destination.address)
  if (!isOnLink(route)) return undefined
  const prefix = parsePrefix(route.destination)
  const vips = service.address === undefined ? view.givenVips : [service.address]
  const isShared = vips.some(
    (vip) =>
      prefix?.prefixLength !== undefined &&
      containsAddress({ address: prefix.address, prefixLength: prefix.prefixLength }, vip),
  )
  return isShared ? route.destination : undefined
}

/** Whether a real server, whose facts are known, has no route of its own to the clients of the network. */
function repliesThroughRouter(view: HostView, { service, destination }: Served): boolean {
  const { peers = [] } = view.options
  const server = peers.find(({ addresses }) =>
    addresses.some(({ address }) => address === destination.address),
  )
  return server !== undefined && !isOnLink(findRoute(server.routes, service.address ?? destination.address))
}

function* checkRealServer(view: HostView): Generator<Diagnosis> {
  if (view.forwarding !== 'nat') return
  for (const vip of view.givenVips) {
    const route = findRoute(view.facts.routes, vip)
    const director = view.directors[0]
    if (!isOnLink(route) || director === undefined) continue
    const { destination, interface: name } = route
    yield {
      id: 'nat-same-network',
      severity: view.defaultRoute(route.family) === undefined ? 'error' : 'warning',
      subject: destination,
      message: `This real server behind NAT is in the network of the VIP ${vip}, ${destination}, and NAT cannot serve clients of that network: it replies to them directly, past the director.`,
      symptom: `Connections from ${destination} time out, while those from other networks work. What works: dr, a network of its own, masquerading on the director, or, as here, replies to the network through the director.`,
      steps: [
        addRoute({ destination: director, interface: name }),
        removeRoute({ destination, family: route.family, interface: name, metric: route.metric }),
      ],
      needsDecision: true,
    }
  }
}

function isOnLink(route: Route | undefined): route is Route {
  return (
    route !== undefined && route.gateway === undefined && !route.nextHops && route.destination !== 'default'
  )
}

/** dr cannot translate ports, so a destination with another port is replaced. */
function changeToDr({ service, destination }: Served): FixStep[] {
  const { port: servicePort } = service as Service & { readonly port?: number }
  const { address, port, weight } = destination
  if (servicePort === undefined || servicePort === 0 || servicePort === port) {
    return [updateDestination(service, destination, { forwarding: 'dr' })]
  }
  return [
    addDestination(service, { address, port: servicePort, forwarding: 'dr', weight }),
    removeDestination(service, destination),
  ]
}
