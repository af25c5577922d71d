import { Run } from '../../netlink/connection/bulk-request.ts'
import { isObserved } from '../../netlink/tracing.ts'
import { GENL_HDRLEN, NLM_F_DUMP } from '../../netlink/wire/uapi.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'
import { Aborted } from './aborted.ts'
import type { Commands } from '../commands/commands.ts'
import type { Destination } from '../model/destination.ts'
import type { Distinct } from './dump-deduplicator.ts'
import type { Service, ServiceHeader } from '../model/service.ts'
import { writeServiceIdentity } from '../model/service-identity.ts'
import {
  decodeDestination,
  destinationsCommand,
  distinctDestinations,
  readDestinations,
  readServiceRecords,
  withDestinations,
} from './read-service.ts'
import { IPVS_CMD, IPVS_GENL_VERSION } from '../protocol/uapi.ts'

/** Services whose destinations are asked for together. */
const WINDOW = 64

/** Reads the whole table. */
export async function readTable(
  commands: Commands,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Service[]> {
  const services: Service[] = []
  for await (const window of readWindows(commands, name, signal)) services.push(...window)
  return services
}

/** Reads the whole table as fast as it is consumed. */
export async function* readEach(
  commands: Commands,
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
  commands: Commands,
  name: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Service[], void, undefined> {
  const records = await readServiceRecords(commands, name, signal)
  const aborted = new Aborted(signal)
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
interface Reading {
  readonly header: ServiceHeader
  readonly destinations: Distinct<Destination>
}

/** Reads the destinations of some services: one run, since a promise for each would cost as much as all the rest. */
async function readWindow(
  commands: Commands,
  name: string,
  headers: readonly ServiceHeader[],
  aborted: Aborted,
): Promise<Service[]> {
  const { signal } = aborted
  if (isObserved()) {
    return Promise.all(
      headers.map(async (header) =>
        withDestinations(header, await readDestinations(commands, name, header, signal)),
      ),
    )
  }
  const { connection, id } = commands.family
  const readings = headers.map((header) => ({ header, destinations: distinctDestinations() }))
  const run = new Run({
    ...{ version: IPVS_GENL_VERSION, flags: NLM_F_DUMP },
    ...{ onReply: takeDestination, given: readings },
  })
  for (const [index, reading] of readings.entries())
    connection.append(run, index, reading, id, IPVS_CMD.GET_DEST, writeRequest)
  connection.flush(true)
  try {
    await aborted.unless(run.finished())
  } catch (error) {
    connection.withdraw(run)
    throw error
  }
  for (const { subject, outcome } of run.failures) {
    await commands.finish(
      destinationsCommand(name, subject.header, subject.destinations),
      outcome,
      id,
      signal,
    )
  }
  return readings.map(({ header, destinations }) => withDestinations(header, destinations.entries))
}

function writeRequest(writer: WireWriter, { header }: Reading): void {
  writeServiceIdentity(writer, header)
}

function takeDestination(
  { header, destinations }: Reading,
  view: DataView,
  { start, end }: { start: number; end: number },
): void {
  destinations.add(decodeDestination(view, start + GENL_HDRLEN, end, header.family))
}
