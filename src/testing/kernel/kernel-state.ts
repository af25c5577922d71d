import { type Daemon, readDaemon } from '../../ipvs/model/daemon.ts'
import type { Destination, DestinationInput } from '../../ipvs/model/destination.ts'
import { readDestination } from '../../ipvs/model/destination-message.ts'
import { readService, type Service, type ServiceInput } from '../../ipvs/model/service.ts'
import type { ServiceKey } from '../../ipvs/model/service-key.ts'
import type { Timeouts } from '../../ipvs/model/settings.ts'
import type { Statistics } from '../../ipvs/model/statistics.ts'
import { COMMAND, DAEMON, DESTINATION, SERVICE } from '../../ipvs/protocol/attributes.ts'
import type { BatchCommand } from '../../ipvs/write/batch-command.ts'
import { AttributeSet, type Fields, type NestField } from '../../netlink/wire/attributes.ts'
import { GENL_HDRLEN } from '../../netlink/wire/uapi.ts'
import { WireWriter } from '../../netlink/wire/wire.ts'
import { writeDaemonRecord } from '../ipvs/daemon-record.ts'
import { type DestinationRecord, writeDestinationRecord } from '../ipvs/destination-record.ts'
import { AF_INET } from '../ipvs/inet-address.ts'
import type { NetworkNamespace } from '../ipvs/namespace.ts'
import { type ServiceRecord, writeServiceRecord } from '../ipvs/service-record.ts'

/** The complete state of IPVS in one network namespace, as plain data. */
export interface KernelState {
  /** The virtual services with their destinations, as a client reads them, in the order in which they were created. */
  readonly services: readonly Service[]
  /** Removed destinations that the kernel would restore with their counters. */
  readonly removedDestinations: readonly Destination[]
  /** Running synchronisation daemons, the master first. */
  readonly daemons: readonly Daemon[]
  /** Timeouts of connections, in seconds. */
  readonly timeouts: Timeouts
}

/** A state to set. Omitted parts are as in a kernel that has just started. */
export interface StateInput {
  /** The virtual services, with destinations in the kernel's order (the newest first). */
  readonly services?: readonly ServiceStateInput[] | undefined
  /** Timeouts of connections, in seconds. */
  readonly timeouts?: Partial<Timeouts> | undefined
}

/** A virtual service to create, with its counters. */
export type ServiceStateInput = ServiceInput & {
  /** The destinations, the newest first. Default none. */
  readonly destinations?: readonly DestinationStateInput[] | undefined
  /** The values of its counters. Default zeros. */
  readonly statistics?: Partial<Statistics> | undefined
}

/** A destination to create, with its connections and counters. */
export type DestinationStateInput = DestinationInput & {
  /** Number of active connections. Default 0. */
  readonly activeConnections?: number | undefined
  /** Number of inactive connections. Default 0. */
  readonly inactiveConnections?: number | undefined
  /** Number of persistence templates. Default 0. */
  readonly persistentConnections?: number | undefined
  /** The values of its counters. Default zeros. */
  readonly statistics?: Partial<Statistics> | undefined
}

/** Reads the state of a namespace from the same bytes as a client. */
export function readState(namespace: NetworkNamespace): KernelState {
  return {
    services: namespace.services.map((service) => serviceOf(service, namespace)),
    removedDestinations: namespace.trash.destinations.map((destination) => destinationOf(destination)),
    daemons: namespace.daemons.map((daemon) => {
      const { daemon: field } = COMMAND.fields
      return readDaemon(
        decode((writer) => writeDaemonRecord(writer, daemon), field, new AttributeSet(DAEMON)),
      )
    }),
    timeouts: { ...namespace.timeouts },
  }
}

function serviceOf(service: ServiceRecord, { profile }: NetworkNamespace): Service {
  const write = (writer: WireWriter) => writeServiceRecord(writer, service, profile)
  const header = readService(decode(write, COMMAND.fields.service, new AttributeSet(SERVICE)))
  return { ...header, destinations: service.destinations.map((destination) => destinationOf(destination)) }
}

function destinationOf(destination: DestinationRecord): Destination {
  const write = (writer: WireWriter) => writeDestinationRecord(writer, destination, false)
  const set = decode(write, COMMAND.fields.destination, new AttributeSet(DESTINATION))
  return readDestination(set, destination.owner.family === AF_INET ? 'ipv4' : 'ipv6')
}

const command = new AttributeSet(COMMAND)

/** Decodes the attributes of a nest as a reader of the message does. */
function decode<F extends Fields>(
  write: (writer: WireWriter) => void,
  field: NestField<F>,
  set: AttributeSet<F>,
): AttributeSet<F> {
  const writer = new WireWriter()
  write(writer)
  return command.read(writer.view, GENL_HDRLEN, writer.length).requireNest(field, set)
}

/** Creates a state with commands, and then sets what no command can set. */
export function setState(
  namespace: NetworkNamespace,
  { services = [], timeouts = {} }: StateInput,
  run: (commands: readonly BatchCommand[]) => void,
): void {
  for (const { destinations = [], statistics, ...service } of services) {
    run([{ command: 'addService', service }])
    const record = namespace.services.at(-1)!
    if (statistics !== undefined) namespace.countersOf(record).shown = statistics
    for (const destination of destinations.toReversed()) {
      const key = keyOf(service)
      const { activeConnections, inactiveConnections, persistentConnections, ...rest } = destination
      run([{ command: 'addDestination', service: key, destination: rest }])
      const made = record.destinationAt(0)
      made.activeConnections = activeConnections ?? 0
      made.inactiveConnections = inactiveConnections ?? 0
      made.persistentConnections = persistentConnections ?? 0
      if (destination.statistics !== undefined) namespace.countersOf(made).shown = destination.statistics
    }
  }
  namespace.timeouts = { ...namespace.timeouts, ...timeouts }
}

function keyOf(service: ServiceInput): ServiceKey {
  return service.fwmark === undefined
    ? { protocol: service.protocol, address: service.address, port: service.port }
    : { fwmark: service.fwmark, family: service.family }
}
