/** A small orchestrator: takes a real server out of a virtual service without cutting off a client. */

import { type DestinationKey, formatEndpoint, type Ipvs, type ServiceReference } from '@lvs/netlink'

/** Options of drain(). */
export interface DrainOptions {
  /** Lets some time pass before the next check. */
  readonly pause: () => Promise<void>
  /** Checks after which it gives up waiting. */
  readonly maxChecks?: number
}

/** Sets the weight of a real server to 0, waits until its last connection has ended, and removes it. */
export async function drain(
  ipvs: Ipvs,
  service: ServiceReference,
  server: DestinationKey,
  { pause, maxChecks = 60 }: DrainOptions,
): Promise<'drained' | 'gave up'> {
  await ipvs.updateDestination(service, { ...server, weight: 0 })
  for (let check = 0; check < maxChecks; check++) {
    const found = (await ipvs.destinations(service)).find(
      ({ address, port }) =>
        formatEndpoint(address, port) === formatEndpoint(server.address, server.port ?? port),
    )
    if (found === undefined) return 'drained'
    if (found.activeConnections + found.inactiveConnections === 0) {
      await ipvs.removeDestination(service, server)
      return 'drained'
    }
    await pause()
  }
  return 'gave up'
}
