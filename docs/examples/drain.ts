/** A small orchestrator: takes a real server out of a virtual service without cutting anybody off. */

import { type DestinationKey, formatEndpoint, type Ipvs, type ServiceReference } from '@lvs/netlink'

/** What drain() needs besides a client. */
export interface DrainOptions {
  /** Lets some time pass before the next look. */
  readonly pause: () => Promise<void>
  /** Looks after which it gives up waiting. */
  readonly patience?: number
}

/** Gives a real server no new connections, waits until the last one has ended, and removes it. */
export async function drain(
  ipvs: Ipvs,
  service: ServiceReference,
  server: DestinationKey,
  { pause, patience = 60 }: DrainOptions,
): Promise<'drained' | 'gave up'> {
  await ipvs.updateDestination(service, { ...server, weight: 0 })
  for (let look = 0; look < patience; look++) {
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
