import { BatchError, IpvsError } from '../../errors.ts'
import { checkDestinationKey, type Destination, type DestinationInput } from '../../ipvs/model/destination.ts'
import type { Service, ServiceInput } from '../../ipvs/model/service.ts'
import { formatEndpoint } from '../../ipvs/model/service-key.ts'
import type { BatchCommand } from '../../ipvs/write/batch-command.ts'
import { defineHandler, type RoleHost } from './resource-handler.ts'

/** A virtual service and the real servers it directs to. */
export type RoleService = ServiceInput & {
  /** The real servers; this host may be among them. */
  readonly destinations: readonly DestinationInput[]
}

/** A virtual service under its text, such as `tcp://192.0.2.1:80`; null where there is none. */
export const SERVICE = defineHandler<RoleService | null>({
  kind: 'service',
  find: findService,
  apply: applyService,
  // Weights and destinations change all the time, and the rules are the role's none the less.
  alwaysRestored: true,
  equals: (a, b) => JSON.stringify(withSortedDestinations(a)) === JSON.stringify(withSortedDestinations(b)),
  format: (value) => (value === null ? 'none' : formatSettings(value)),
})

/**
 * Whether a service has what another one asks for. Weights are left to whoever watches the real servers, and further
 * destinations to whoever added them. A destination that is an address of this host reads back as `local`, whatever it was
 * made as (__ip_vs_update_dest, ip_vs_ctl.c).
 */
export function satisfiesService(found: RoleService | null, wanted: RoleService): boolean {
  if (found === null || (wanted.scheduler ?? 'wlc') !== found.scheduler) return false
  return wanted.destinations.every((destination) => {
    const forwarding = findDestination(found, destination, defaultPort(wanted))?.forwarding
    return forwarding === 'local' || forwarding === destination.forwarding
  })
}

/** The destination of a service that has the address and port of another one. */
function findDestination(service: RoleService | null, wanted: DestinationInput, defaultPort: number) {
  const { address, port } = checkDestinationKey(wanted, defaultPort)
  return service?.destinations.find((destination) => {
    const key = checkDestinationKey(destination, defaultPort)
    return key.address === address && key.port === port
  })
}

function defaultPort({ port = 0 }: RoleService): number {
  return port
}

/** The destinations in an order that does not depend on when each was added. */
function withSortedDestinations(service: RoleService | null): RoleService | null {
  if (service === null) return null
  const key = ({ address, port }: DestinationInput) => `${address} ${port}`
  return { ...service, destinations: [...service.destinations].sort((a, b) => (key(a) < key(b) ? -1 : 1)) }
}

/** In words: `wlc 192.0.2.10:80 192.0.2.11:80`. */
function formatSettings(service: RoleService): string {
  const destinations = service.destinations.map(({ address, port = defaultPort(service) }) =>
    formatEndpoint(address, port),
  )
  return [service.scheduler ?? 'wlc', ...destinations].join(' ')
}

async function findService(host: RoleHost, subject: string): Promise<RoleService | null> {
  const ipvs = await host.ipvs()
  try {
    return toServiceInput(await ipvs.service(subject))
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

async function applyService(
  host: RoleHost,
  subject: string,
  value: RoleService | null,
  found: RoleService | null,
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
        command: findDestination(found, destination, defaultPort(value))
          ? 'updateDestination'
          : 'addDestination',
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
function toServiceInput({ statistics, destinations, ...service }: Service): RoleService {
  return { ...service, destinations: destinations.map(toDestinationInput).reverse() }
}

function toDestinationInput({
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
