import { AbortRace } from '../../netlink/arguments/abort.ts'
import { BulkRequest } from '../../netlink/connection/bulk-request.ts'
import { BulkTraces } from '../../netlink/tracing.ts'
import { GENL_HDRLEN, NLM_F_DUMP } from '../../netlink/wire/uapi.ts'
import { type CommandRunner, contextOf, type IpvsCommand, writeCommand } from '../commands/command-runner.ts'
import type { Service, ServiceHeader } from '../model/service.ts'
import {
  createDestinationList,
  destinationsCommand,
  readServiceHeaders,
  withDestinations,
} from './read-service.ts'

/** Services whose destinations are requested together. */
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

/** Reads the whole table, no faster than it is consumed. */
export async function* streamServices(
  commands: CommandRunner,
  name: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Service, void, undefined> {
  for await (const window of readWindows(commands, name, signal)) yield* window
}

/**
 * Reads the services, then the destinations of one window of services after another. Two windows are requested at a time, so
 * that the kernel processes one while the other is decoded.
 */
async function* readWindows(
  commands: CommandRunner,
  name: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Service[], void, undefined> {
  const headers = await readServiceHeaders(commands, name, signal)
  let start = 0
  const aborted = new AbortRace(signal)
  const readNext = () => {
    const window = readWindow(commands, name, headers.slice(start, start + WINDOW), aborted)
    start += WINDOW
    // It is never awaited if the consumer stops early.
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

/** Reads the destinations of some services as one bulk request, which has no promise for each. */
async function readWindow(
  commands: CommandRunner,
  name: string,
  headers: readonly ServiceHeader[],
  aborted: AbortRace,
): Promise<Service[]> {
  const { connection, id } = commands.family
  const traces = new BulkTraces(contextOf)
  const bulk = new BulkRequest<IpvsCommand>({
    flags: NLM_F_DUMP,
    onReply: (command, view, { start, end }) => command.onReply?.(view, start + GENL_HDRLEN, end),
    observer: traces,
  })
  const readings = headers.map((header) => ({ header, destinations: createDestinationList() }))
  for (const [index, { header, destinations }] of readings.entries()) {
    const command = destinationsCommand(name, header, destinations)
    traces.start(index, command)
    connection.append(bulk, index, command, id, writeCommand)
  }
  connection.flush(true)
  try {
    await aborted.race(bulk.finished())
    for (const { index, input, outcome } of bulk.failures) {
      await commands.handleOutcome(input, outcome, id, aborted.signal)
      traces.done(index)
    }
  } catch (error) {
    connection.cancel(bulk)
    traces.failAll(error)
    throw error
  }
  return readings.map(({ header, destinations }) => withDestinations(header, destinations.entries))
}
