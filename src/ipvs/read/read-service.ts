import type { Family } from '../../netlink/wire/address.ts'
import { AttributeSet, requireReply } from '../../netlink/wire/attributes.ts'
import { NLM_F_DUMP } from '../../netlink/wire/uapi.ts'
import type { CommandRunner, IpvsCommand } from '../commands/command-runner.ts'
import type { Destination } from '../model/destination.ts'
import { readDestination } from '../model/destination-message.ts'
import type { Service, ServiceHeader } from '../model/service.ts'
import {
  formatEndpoint,
  formatService,
  type ResolvedServiceKey,
  writeServiceReference,
} from '../model/service-key.ts'
import { COMMAND, DESTINATION } from '../protocol/attributes.ts'
import { IPVS_CMD } from '../protocol/uapi.ts'
import { DumpDeduplicator } from './dump-deduplicator.ts'
import { decodeService, EncodedServices } from './encoded-services.ts'

const command = new AttributeSet(COMMAND)
const destination = new AttributeSet(DESTINATION)

/** How often a table that is on the move is read before what was found is taken together. */
const MAXIMUM_READS = 10

/**
 * Reads every service, in the kernel's order, without destinations. The kernel goes on from block to block by counting
 * entries (ip_vs_genl_dump_services). When others add services meanwhile, or since Linux 7.1 when its table grows and is
 * shuffled, some come twice, and in the second case as many are missing: then it is read again.
 */
export async function readEncodedServices(
  commands: CommandRunner,
  name: string,
  signal: AbortSignal | undefined,
): Promise<EncodedServices> {
  const found = new EncodedServices()
  for (let reading = 1; ; reading++) {
    const records = await dumpServices(commands, name, signal)
    if (!records.hasDuplicates) return records
    found.addAll(records)
    if (reading === MAXIMUM_READS) return found
  }
}

async function dumpServices(
  commands: CommandRunner,
  name: string,
  signal: AbortSignal | undefined,
): Promise<EncodedServices> {
  const records = new EncodedServices()
  await commands.read(
    {
      command: IPVS_CMD.GET_SERVICE,
      name,
      flags: NLM_F_DUMP,
      onReply: (view, start, end) => records.add(view, start, end),
    },
    signal,
  )
  return records
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
 * Reads the destinations of a service, newest first; one that others add meanwhile comes at the head and makes another come
 * twice, of which the later counts. A service that does not exist has none, as far as the kernel says
 * (ip_vs_genl_dump_dests); {@link readServiceHeader} in the same breath tells the difference.
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

/** An empty list of destinations. */
export function createDestinationList(): DumpDeduplicator<Destination> {
  return new DumpDeduplicator(formatDestinationEndpoint)
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

/** Makes a service of its header, which is changed: a copy of every one is what a large table cannot afford. */
export function withDestinations(header: ServiceHeader, destinations: Destination[]): Service {
  const service: ServiceHeader & { destinations?: readonly Destination[] } = header
  service.destinations = destinations
  return service as Service
}

/** Reads a destination out of an answer to IPVS_CMD_GET_DEST. */
export function decodeDestination(view: DataView, start: number, end: number, family: Family): Destination {
  command.readStrictly(view, start, end)
  return readDestination(command.requireNest(COMMAND.fields.destination, destination), family)
}

function formatDestinationEndpoint({ address, port }: Destination): string {
  return formatEndpoint(address, port)
}
