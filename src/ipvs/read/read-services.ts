import { BulkRequest } from '../../netlink/connection/bulk-request.ts'
import { isTraced } from '../../netlink/tracing.ts'
import { GENL_HDRLEN, NLM_F_DUMP } from '../../netlink/wire/uapi.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'
import type { CommandRunner } from '../commands/commands.ts'
import type { Destination } from '../model/destination.ts'
import type { Service, ServiceHeader } from '../model/service.ts'
import { writeServiceIdentity } from '../model/service-identity.ts'
import { IPVS_CMD, IPVS_GENL_VERSION } from '../protocol/uapi.ts'
import { AbortRace } from './aborted.ts'
import type { DumpDeduplicator } from './dump-deduplicator.ts'
import {
  createDestinationList,
  decodeDestination,
  destinationsCommand,
  readDestinations,
  readEncodedServices,
  withDestinations,
} from './read-service.ts'

/** Services whose destinations are asked for together. */
const WINDOW = 64

/** Reads the whole table. */
export async function readServices(
  commands: CommandRunner,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Service[]> {
  const services: Service[] = []
  for await (const window of readWindows(commands, name, signal)) services.push(...window)
  return services
}

/** Reads the whole table as fast as it is consumed. */
export async function* streamServices(
  commands: CommandRunner,
  name: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Service, void, undefined> {
  for await (const window of readWindows(commands, name, signal)) yield* window
}

/**
 * Reads the services, then their destinations for a number of services at a time. Two windows are asked for, so that the
 * kernel is at work on one while the other is read, and no more than two are held.
 */
async function* readWindows(
  commands: CommandRunner,
  name: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Service[], void, undefined> {
  const records = await readEncodedServices(commands, name, signal)
  const aborted = new AbortRace(signal)
  const readNext = () => {
    const window = readWindow(commands, name, records.take(WINDOW), aborted)
    // Nobody waits for it where the consumer stops before.
    window.catch(() => undefined)
    return window
  }
  try {
    let next = readNext()
    for (;;) {
      const current = next
      next = readNext()
      const services = await current
      if (services.length === 0) return
      yield services
    }
  } finally {
    aborted.dispose()
  }
}

/** A service whose destinations are being read. */
interface PendingService {
  readonly header: ServiceHeader
  readonly destinations: DumpDeduplicator<Destination>
}

/** Reads the destinations of some services: one run, since a promise for each would cost as much as all the rest. */
async function readWindow(
  commands: CommandRunner,
  name: string,
  headers: readonly ServiceHeader[],
  aborted: AbortRace,
): Promise<Service[]> {
  const { signal } = aborted
  if (isTraced()) {
    return Promise.all(
      headers.map(async (header) =>
        withDestinations(header, await readDestinations(commands, name, header, signal)),
      ),
    )
  }
  const { connection, id } = commands.family
  const readings = headers.map((header) => ({ header, destinations: createDestinationList() }))
  const run = new BulkRequest({
    ...{ version: IPVS_GENL_VERSION, flags: NLM_F_DUMP },
    ...{ onReply: addDestinationReply, inputs: readings },
  })
  for (const [index, reading] of readings.entries())
    connection.append(run, index, reading, id, IPVS_CMD.GET_DEST, writeRequest)
  connection.flush(true)
  try {
    await aborted.race(run.finished())
  } catch (error) {
    connection.cancel(run)
    throw error
  }
  for (const { input: subject, outcome } of run.failures) {
    await commands.handleOutcome(
      destinationsCommand(name, subject.header, subject.destinations),
      outcome,
      id,
      signal,
    )
  }
  return readings.map(({ header, destinations }) => withDestinations(header, destinations.entries))
}

function writeRequest(writer: WireWriter, { header }: PendingService): void {
  writeServiceIdentity(writer, header)
}

function addDestinationReply(
  { header, destinations }: PendingService,
  view: DataView,
  { start, end }: { start: number; end: number },
): void {
  destinations.add(decodeDestination(view, start + GENL_HDRLEN, end, header.family))
}
