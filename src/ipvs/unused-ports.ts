import type { ForwardingMethod } from './model/destination.ts'
import { formatEndpoint, formatService, type ResolvedServiceKey } from './model/service-key.ts'

/** What {@link describeUnusedPort} needs to know of a destination. */
interface PortOfDestination {
  readonly address: string
  readonly port: number
  readonly forwarding: ForwardingMethod | number
}

/**
 * A sentence about a destination whose port no packet reaches: only `nat` translates ports, so packets by `dr` and `tun` keep
 * that of the service. A service for a firewall mark has none. ipvsadm replaces such a port by that of the service.
 */
export function describeUnusedPort(
  service: ResolvedServiceKey,
  { address, port, forwarding }: PortOfDestination,
): string | undefined {
  if (service.fwmark !== undefined || port === service.port) return undefined
  if (forwarding !== 'dr' && forwarding !== 'tun') return undefined
  const name = formatService(service)
  // A service for every port has destinations with port 0.
  const kept = service.port === 0 ? 'the port that the client chose' : `port ${service.port}`
  return `no packet reaches port ${port} of ${formatEndpoint(address, port)} in ${name}: ${forwarding} does not translate ports, so packets keep ${kept}; use port ${service.port}, or nat`
}

/** A sentence about a service for every port without persistence, which the kernel does not schedule (ip_vs_schedule). */
export function describePortZero(
  service: ResolvedServiceKey,
  { persistence }: { readonly persistence?: unknown },
): string | undefined {
  if (service.fwmark !== undefined || service.port !== 0) return undefined
  if (persistence !== null && persistence !== undefined) return undefined
  return `${formatService(service)} refuses every connection: port 0, for every port, requires persistence`
}
