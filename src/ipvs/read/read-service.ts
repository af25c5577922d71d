import type { Family } from '../../netlink/wire/address.ts'
import { AttributeSet, requireReply } from '../../netlink/wire/attributes.ts'
import { NLM_F_DUMP } from '../../netlink/wire/uapi.ts'
import type { CommandRunner, IpvsCommand } from '../commands/command-runner.ts'
import type { Destination } from '../model/destination.ts'
import { readDestination } from '../model/destination-message.ts'
import { readService, type Service, type ServiceHeader } from '../model/service.ts'
import {
  formatEndpoint,
  formatService,
  type ResolvedServiceKey,
  writeServiceReference,
} from '../model/service-key.ts'
import { COMMAND, DESTINATION, SERVICE } from '../protocol/attributes.ts'
import { IPVS_CMD } from '../protocol/uapi.ts'
import { DumpDeduplicator } from './dump-deduplicator.ts'

const command = new AttributeSet(COMMAND)
const service = new AttributeSet(SERVICE)
const destination = new AttributeSet(DESTINATION)

/** After this many reads of a table that keeps changing, all entries found are combined. */
const MAXIMUM_READS = 10

/**
 * Reads all services without destinations, in the kernel's order. From block to block the kernel finds its position by counting
 * entries (ip_vs_genl_dump_services). If another process adds services meanwhile, or since Linux 7.1 if the table grows and is
 * rehashed, some services occur twice, and after rehashing as many are missing. The table is then read again.
 */
export async function readServiceHeaders(
  commands: CommandRunner,
  name: string,
  signal: AbortSignal | undefined,
): Promise<ServiceHeader[]> {
  const all = createServiceList()
  for (let reads = 1; ; reads++) {
    const services = await dumpServices(commands, name, signal)
    if (!services.hasDuplicates) return services.entries
    for (const service of services.entries) all.add(service)
    if (reads === MAXIMUM_READS) return all.entries
  }
}

async function dumpServices(
  commands: CommandRunner,
  name: string,
  signal: AbortSignal | undefined,
): Promise<DumpDeduplicator<ServiceHeader>> {
  const services = createServiceList()
  await commands.read(
    {
      command: IPVS_CMD.GET_SERVICE,
      name,
      flags: NLM_F_DUMP,
      onReply: (view, start, end) => services.add(decodeService(view, start, end)),
    },
    signal,
  )
  return services
}

/** An empty list of services. */
export function createServiceList(): DumpDeduplicator<ServiceHeader> {
  return new DumpDeduplicator<ServiceHeader>(formatService)
}

/** Reads one service without its destinations. */
export async function readServiceHeader(
  commands: CommandRunner,
  name: string,
  key: ResolvedServiceKey,
  signal: AbortSignal | undefined,
): Promise<ServiceHeader> {
  let header: ServiceHeader | undefined
  await commands.read(
    {
      command: IPVS_CMD.GET_SERVICE,
      name,
      subject: () => formatService(key),
      body: (writer) => writeServiceReference(writer, key),
      onReply: (view, start, end) => {
        header = decodeService(view, start, end)
      },
    },
    signal,
  )
  return requireReply(header)
}

/**
 * Reads the destinations of a service, the newest first. A destination that another process adds meanwhile is inserted at the
 * head and makes another one occur twice. The kernel returns an empty list for a service that does not exist
 * (ip_vs_genl_dump_dests); {@link readServiceHeader} in the same exchange tells the difference.
 */
export async function readDestinations(
  commands: CommandRunner,
  name: string,
  key: ResolvedServiceKey,
  signal: AbortSignal | undefined,
): Promise<Destination[]> {
  const destinations = createDestinationList()
  await commands.read(destinationsCommand(name, key, destinations), signal)
  return destinations.entries
}

/** The command that reads the destinations of a service into a list. */
export function destinationsCommand(
  name: string,
  key: ResolvedServiceKey,
  destinations: DumpDeduplicator<Destination>,
): IpvsCommand {
  return {
    command: IPVS_CMD.GET_DEST,
    name,
    subject: () => formatService(key),
    flags: NLM_F_DUMP,
    body: (writer) => writeServiceReference(writer, key),
    onReply: (view, start, end) => destinations.add(decodeDestination(view, start, end, key.family)),
  }
}

/**
 * Number of destinations that always fit a block of 32 KiB: it holds 91, and 80 where the kernel aligns their counters
 * (nla_need_padding_for_64bit).
 */
const DESTINATIONS_IN_BLOCK = 64

/** An empty list of destinations. */
export function createDestinationList(): DumpDeduplicator<Destination> {
  return new DumpDeduplicator(formatDestinationEndpoint, DESTINATIONS_IN_BLOCK)
}

/** Reads one service with its destinations, in one exchange. */
export async function readServiceWithDestinations(
  commands: CommandRunner,
  name: string,
  key: ResolvedServiceKey,
  signal: AbortSignal | undefined,
): Promise<Service> {
  const [header, destinations] = await Promise.all([
    readServiceHeader(commands, name, key, signal),
    readDestinations(commands, name, key, signal),
  ])
  return withDestinations(header, destinations)
}

/** Turns a header into a service. It changes the header itself, which saves a copy of each service of a large table. */
export function withDestinations(header: ServiceHeader, destinations: Destination[]): Service {
  const result: ServiceHeader & { destinations?: readonly Destination[] } = header
  result.destinations = destinations
  return result as Service
}

/** Decodes a reply to IPVS_CMD_GET_SERVICE. */
export function decodeService(view: DataView, start: number, end: number): ServiceHeader {
  command.readStrictly(view, start, end)
  return readService(command.requireNest(COMMAND.fields.service, service))
}

/** Decodes a reply to IPVS_CMD_GET_DEST. */
export function decodeDestination(view: DataView, start: number, end: number, family: Family): Destination {
  command.readStrictly(view, start, end)
  return readDestination(command.requireNest(COMMAND.fields.destination, destination), family)
}

function formatDestinationEndpoint({ address, port }: Destination): string {
  return formatEndpoint(address, port)
}
