import { ArgumentTypeError } from '../../errors.ts'
import type { Daemon, DaemonInput } from '../../ipvs/model/daemon.ts'
import type { Destination } from '../../ipvs/model/destination.ts'
import type { Service, ServiceSettings } from '../../ipvs/model/service.ts'
import { formatService } from '../../ipvs/model/service-key.ts'
import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import type { DesiredDestination, DesiredService, DesiredState } from '../model/desired-state.ts'
import { type CurrentTable, readTable, type TableClient } from '../model/table.ts'
import { loadYaml } from './lazy-packages.ts'

/** The formats of a desired state as text. */
export type StateFormat = 'yaml' | 'json'

/** Formats a desired state as text that {@link parseState} parses. Default YAML. */
export function formatState(desired: DesiredState, format: StateFormat = 'yaml'): string {
  if (format === 'json') return `${JSON.stringify(desired, undefined, 2)}\n`
  if (format !== 'yaml') throw new ArgumentTypeError('format', "'yaml' or 'json'", format)
  return loadYaml().stringify(desired, { lineWidth: 0, aliasDuplicateObjects: false })
}

/** Reads the table as a desired state. Applying it to an empty table creates the same table. */
export async function exportState(client: TableClient, options: CallOptions = {}): Promise<DesiredState> {
  return toDesiredState(await readTable(client, options))
}

/**
 * Converts a table to a desired state. Settings with ipvsadm's default are omitted. Services are sorted by name and
 * destinations are in the order in which they were added, so that two exports can be compared.
 */
export function toDesiredState({ services, timeouts, daemons }: CurrentTable): DesiredState {
  const { compare } = new Intl.Collator('en', { numeric: true })
  return {
    services: services
      .map((service) => ({ name: formatService(service), service }))
      .sort((one, other) => compare(one.name, other.name))
      .map(({ name, service }) => toDesiredService(name, service)),
    // A kernel built without a protocol reports 0, which cannot be set.
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
    ...(tunnel === null || tunnel.type === 'ipip' ? {} : { tunnel }),
  }
}

/** A daemon with an unknown role cannot be started by this library. */
function toDaemonInput({ role, ...settings }: Daemon): DaemonInput[] {
  return typeof role === 'number' ? [] : [{ role, ...settings }]
}
