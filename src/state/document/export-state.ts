import type { Daemon, DaemonInput } from '../../ipvs/model/daemon.ts'
import type { Destination } from '../../ipvs/model/destination.ts'
import type { Service, ServiceSettings } from '../../ipvs/model/service.ts'
import { formatService } from '../../ipvs/model/service-key.ts'
import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import type { DesiredDestination, DesiredService, DesiredState } from '../model/desired-state.ts'
import { readWholeTable } from '../model/read-table.ts'
import type { TableClient } from '../model/table-client.ts'
import type { CurrentTable } from '../model/target.ts'

/** Reads a table as the desired state that it is: applied to an empty one, it makes the same. */
export async function exportState(ipvs: TableClient, options: CallOptions = {}): Promise<DesiredState> {
  return toDesiredState(await readWholeTable(ipvs, options))
}

/**
 * The desired state that a table is. What is ipvsadm's default is left out. Services are in the order of their names, and
 * destinations in that in which they were added, so that two exports can be compared.
 */
export function toDesiredState({ services, timeouts, daemons }: CurrentTable): DesiredState {
  const { compare } = new Intl.Collator('en', { numeric: true })
  return {
    services: services
      .map((service) => ({ name: formatService(service), service }))
      .sort((one, other) => compare(one.name, other.name))
      .map(({ name, service }) => toDesiredService(name, service)),
    // A kernel that was built without one of the protocols has 0 there, which cannot be set.
    timeouts: Object.fromEntries(Object.entries(timeouts).filter(([, seconds]) => seconds > 0)),
    daemons: daemons.flatMap(toDaemonInput),
  }
}

function toDesiredService(name: string, service: Service): DesiredService {
  const { scheduler, schedulerFlags, onePacket, persistence, persistenceEngine } = service
  const settings: ServiceSettings = {
    scheduler,
    ...(schedulerFlags.length === 0 ? {} : { schedulerFlags }),
    ...(onePacket ? { onePacket } : {}),
    ...(persistence === null ? {} : { persistence }),
    ...(persistenceEngine === null ? {} : { persistenceEngine }),
  }
  const destinations = service.destinations.map((destination) => toDesiredDestination(service, destination))
  return { service: name, ...settings, destinations: destinations.reverse() }
}

function toDesiredDestination(service: Service, destination: Destination): DesiredDestination {
  const { address, port, forwarding, weight, upperThreshold, lowerThreshold, tunnel } = destination
  return {
    address,
    ...(port === (service.port ?? 0) ? {} : { port }),
    forwarding,
    weight,
    ...(upperThreshold === 0 ? {} : { upperThreshold }),
    ...(lowerThreshold === 0 ? {} : { lowerThreshold }),
    ...(tunnel === null || isPlain(tunnel) ? {} : { tunnel }),
  }
}

function isPlain({ type }: NonNullable<Destination['tunnel']>): boolean {
  return type === 'ipip'
}

/** One that runs under a number without a name cannot be started by this library. */
function toDaemonInput({ role, ...settings }: Daemon): DaemonInput[] {
  return typeof role === 'number' ? [] : [{ role, ...settings }]
}
