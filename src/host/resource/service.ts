import { BatchError, IpvsError } from '../../errors.ts'
import type { BatchCommand } from '../../ipvs/write/batch-command.ts'
import { checkDestinationKey, type Destination, type DestinationInput } from '../../ipvs/model/destination.ts'
import type { Service, ServiceInput } from '../../ipvs/model/service.ts'
import { formatEndpoint } from '../../ipvs/model/service-key.ts'
import { type RoleHost, register } from './resource-handler.ts'

/** A virtual service and the real servers it directs to. */
export type DirectedService = ServiceInput & {
  /** The real servers; this host may be among them. */
  readonly destinations: readonly DestinationInput[]
}

/** A virtual service under its text, such as `tcp://192.0.2.1:80`; null where there is none. */
export const SERVICE = register<DirectedService | null>({
  kind: 'service',
  find: findService,
  put: putService,
  // Weights and destinations change all the time, and the rules are the role's none the less.
  partial: true,
  same: (a, b) => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)),
  show: (value) => (value === null ? 'none' : showService(value)),
})

/**
 * Whether a service has what another one asks for. Weights are left to whoever watches the real servers, and further
 * destinations to whoever added them. A destination that is an address of this host reads back as `local`, whatever it was
 * made as (__ip_vs_update_dest, ip_vs_ctl.c).
 */
export function hasService(found: DirectedService | null, wanted: DirectedService): boolean {
  if (found === null || (wanted.scheduler ?? 'wlc') !== found.scheduler) return false
  return wanted.destinations.every((destination) => {
    const forwarding = counterpart(found, destination, portOf(wanted))?.forwarding
    return forwarding === 'local' || forwarding === destination.forwarding
  })
}

/** The destination of a service that has the address and port of another one. */
function counterpart(service: DirectedService | null, wanted: DestinationInput, defaultPort: number) {
  const { address, port } = checkDestinationKey(wanted, defaultPort)
  return service?.destinations.find((destination) => {
    const key = checkDestinationKey(destination, defaultPort)
    return key.address === address && key.port === port
  })
}

function portOf({ port = 0 }: DirectedService): number {
  return port
}

/** The destinations in an order that does not depend on when each was added. */
function sorted(service: DirectedService | null): DirectedService | null {
  if (service === null) return null
  const key = ({ address, port }: DestinationInput) => `${address} ${port}`
  return { ...service, destinations: [...service.destinations].sort((a, b) => (key(a) < key(b) ? -1 : 1)) }
}

/** In words: `wlc 192.0.2.10:80 192.0.2.11:80`. */
function showService(service: DirectedService): string {
  const destinations = service.destinations.map(({ address, port = portOf(service) }) =>
    formatEndpoint(address, port),
  )
  return [service.scheduler ?? 'wlc', ...destinations].join(' ')
}

async function findService(host: RoleHost, subject: string): Promise<DirectedService | null> {
  const ipvs = await host.ipvs()
  try {
    return withoutState(await ipvs.service(subject))
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

async function putService(
  host: RoleHost,
  subject: string,
  value: DirectedService | null,
  found: DirectedService | null,
): Promise<void> {
  const ipvs = await host.ipvs()
  if (value === null) {
    if (found !== null) await ipvs.removeService(subject)
    return
  }
  const { destinations, ...service } = value
  const commands: BatchCommand[] = [
    found === null
      ? { command: 'addService', service }
      : { command: 'updateService', service: subject, changes: service },
    ...destinations.map(
      (destination): BatchCommand => ({
        command: counterpart(found, destination, portOf(value)) ? 'updateDestination' : 'addDestination',
        service: subject,
        destination,
      }),
    ),
  ]
  try {
    await ipvs.batch(commands)
  } catch (error) {
    // One service is one thing here; the first failure is what is wrong with it.
    throw error instanceof BatchError ? error.cause : error
  }
}

/** What was read, less what changes by itself: all that it takes to make it again, in the order in which it was made. */
function withoutState({ statistics, destinations, ...service }: Service): DirectedService {
  return { ...service, destinations: destinations.map(withoutCounts).reverse() }
}

function withoutCounts({
  statistics,
  activeConnections,
  inactiveConnections,
  persistentConnections,
  ...destination
}: Destination): DestinationInput {
  return destination
}

function isMissing(error: unknown): boolean {
  return error instanceof IpvsError && error.code === 'ESRCH'
}
