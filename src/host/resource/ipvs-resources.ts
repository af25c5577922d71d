import { BatchError, IpvsError } from '../../errors.ts'
import type { DaemonInput, SyncRole } from '../../ipvs/model/daemon.ts'
import type { Destination, DestinationInput } from '../../ipvs/model/destination.ts'
import { checkDestinationKey } from '../../ipvs/model/destination-message.ts'
import type { Service, ServiceInput } from '../../ipvs/model/service.ts'
import { formatEndpoint } from '../../ipvs/model/service-key.ts'
import type { BatchCommand } from '../../ipvs/write/batch-command.ts'
import type { RoleHost } from '../facts/host-access.ts'
import { defineHandler } from './resource-handler.ts'

/** A virtual service with its destinations. */
export type RoleService = ServiceInput & {
  /** The real servers. This host may be one of them. */
  readonly destinations: readonly DestinationInput[]
}

/** A virtual service. The subject is its key in text, such as `tcp://192.0.2.1:80`. The value is null if there is none. */
export const SERVICE = defineHandler<RoleService | null>({
  kind: 'service',
  find: findService,
  apply: applyService,
  // Weights and destinations change during operation, and the service still belongs to the role.
  alwaysRestored: true,
  equals: (a, b) => JSON.stringify(withSortedDestinations(a)) === JSON.stringify(withSortedDestinations(b)),
  format: (value) => (value === null ? 'none' : formatSettings(value)),
})

/**
 * Whether a service has all settings that another one specifies. Weights are ignored because health checks change them, and so
 * are additional destinations. A destination that is an address of this host reads back as `local`, whatever forwarding method
 * it was added with (__ip_vs_update_dest, ip_vs_ctl.c).
 */
export function satisfiesService(current: RoleService | null, expected: RoleService): boolean {
  if (current === null || (expected.scheduler ?? 'wlc') !== current.scheduler) return false
  return expected.destinations.every((destination) => {
    const forwarding = findDestination(current, destination, defaultPort(expected))?.forwarding
    return forwarding === 'local' || forwarding === destination.forwarding
  })
}

/** The destination of a service with the address and port of another destination. */
function findDestination(service: RoleService | null, destination: DestinationInput, defaultPort: number) {
  const { address, port } = checkDestinationKey(destination, defaultPort)
  return service?.destinations.find((candidate) => {
    const key = checkDestinationKey(candidate, defaultPort)
    return key.address === address && key.port === port
  })
}

function defaultPort({ port = 0 }: RoleService): number {
  return port
}

/** Sorts the destinations, so that the order in which they were added does not matter. */
function withSortedDestinations(service: RoleService | null): RoleService | null {
  if (service === null) return null
  const key = ({ address, port }: DestinationInput) => `${address} ${port}`
  return { ...service, destinations: [...service.destinations].sort((a, b) => (key(a) < key(b) ? -1 : 1)) }
}

/** Formats a service: `wlc 192.0.2.10:80 192.0.2.11:80`. */
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
  current: RoleService | null,
): Promise<void> {
  const ipvs = await host.ipvs()
  if (value === null) {
    if (current !== null) await ipvs.removeService(subject)
    return
  }
  const { destinations, ...service } = value
  const commands: BatchCommand[] = [
    current === null
      ? { command: 'addService', service }
      : { command: 'updateService', service: subject, changes: service },
    ...destinations.map(
      (destination): BatchCommand => ({
        command: findDestination(current, destination, defaultPort(value))
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
    // A role treats the service as one resource, so the first failure is the error.
    throw error instanceof BatchError ? error.cause : error
  }
}

/** The input that adds the service again: without counters, and with its destinations in the order of their addition. */
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

/** A synchronisation daemon. The subject is its role, `master` or `backup`. The value is null if it is not running. */
export const DAEMON = defineHandler<DaemonInput | null>({
  kind: 'daemon',
  async find(host, role) {
    const daemons = await (await host.ipvs()).daemons()
    return (daemons.find((daemon) => daemon.role === role) as DaemonInput | undefined) ?? null
  },
  async apply(host, role, value, current) {
    const ipvs = await host.ipvs()
    // The kernel cannot change a running daemon.
    if (current !== null) await ipvs.stopDaemon(role as SyncRole)
    if (value !== null) await ipvs.startDaemon(value)
  },
  equals: (a, b) =>
    a === null || b === null ? a === b : a.interface === b.interface && (a.syncId ?? 0) === (b.syncId ?? 0),
  format: (value) => (value === null ? 'none' : `on ${value.interface}, syncId ${value.syncId ?? 0}`),
})
