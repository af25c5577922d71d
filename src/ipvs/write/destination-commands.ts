import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { ENOENT } from '../../netlink/wire/errno.ts'
import type { Refusal } from '../../netlink/wire/messages.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'
import type { IpvsSession } from '../commands/client.ts'
import {
  type CommandRunner,
  encodesEqual,
  type IpvsCommand,
  type ReadModifyWrite,
  validate,
} from '../commands/commands.ts'
import { diagnoseDestination } from '../commands/diagnose.ts'
import {
  checkDestinationKey,
  DESTINATION_FIELDS,
  type Destination,
  type DestinationChanges,
  type DestinationInput,
  type DestinationKey,
  isCompleteDestination,
  mergeDestination,
  withPlaceholders,
} from '../model/destination.ts'
import { writeDestination, writeDestinationKey } from '../model/destination-message.ts'
import { checkServiceKeyCached, writeResolvedIdentity } from '../model/service-identity.ts'
import {
  checkServiceKey,
  formatEndpoint,
  formatService,
  type ResolvedServiceKey,
  type ServiceReference,
} from '../model/service-key.ts'
import { COMMAND } from '../protocol/attributes.ts'
import { IPVS_CMD } from '../protocol/uapi.ts'
import { readDestinations, readServiceWithDestinations } from '../read/read-service.ts'
import { readDaemons } from './daemon-commands.ts'

/** Checks and writes what NEW_DEST and SET_DEST say. */
export function encodeDestination(
  writer: WireWriter,
  reference: ServiceReference,
  destination: DestinationInput,
): void {
  const service = checkServiceKeyCached(reference)
  DESTINATION_FIELDS.check('destination', destination)
  writeResolvedIdentity(writer, service)
  const nest = writer.beginNest(COMMAND.fields.destination.type)
  writeDestination(writer, checkDestinationKey(destination, service.port ?? 0), destination, service.family)
  writer.endNest(nest)
}

/** Checks and writes what DEL_DEST says. */
export function encodeDestinationKey(
  writer: WireWriter,
  reference: ServiceReference,
  destination: DestinationKey,
): void {
  const service = checkServiceKeyCached(reference)
  writeResolvedIdentity(writer, service)
  const nest = writer.beginNest(COMMAND.fields.destination.type)
  writeDestinationKey(writer, checkDestinationKey(destination, service.port ?? 0), service.family)
  writer.endNest(nest)
}

/** A command about one destination: NEW_DEST and SET_DEST with all of it, DEL_DEST with its key. */
export class DestinationCommand implements IpvsCommand {
  readonly command: number
  readonly name: string
  readonly #client: IpvsSession
  readonly #reference: ServiceReference
  readonly #destination: DestinationKey | DestinationInput

  constructor(
    client: IpvsSession,
    command: number,
    name: string,
    reference: ServiceReference,
    destination: DestinationKey | DestinationInput,
  ) {
    this.command = command
    this.name = name
    this.#client = client
    this.#reference = reference
    this.#destination = destination
  }

  body(writer: WireWriter): void {
    if (this.command === IPVS_CMD.DEL_DEST) {
      encodeDestinationKey(writer, this.#reference, this.#destination)
    } else {
      encodeDestination(writer, this.#reference, this.#destination as DestinationInput)
    }
  }

  subject(): string {
    try {
      const { service, key } = checkKeys(this.#reference, this.#destination)
      return `${formatService(service)} -> ${formatEndpoint(key.address, key.port)}`
    } catch {
      return ''
    }
  }

  async isApplied(commands: CommandRunner): Promise<boolean> {
    const { service, key } = checkKeys(this.#reference, this.#destination)
    const destinations = await readDestinations(commands, 'destinations', service, undefined)
    const current = destinations.find(({ address, port }) => address === key.address && port === key.port)
    if (this.command === IPVS_CMD.DEL_DEST) return current === undefined
    return (
      current !== undefined &&
      encodesEqual(this, new DestinationCommand(this.#client, this.command, this.name, service, current))
    )
  }

  async diagnose(code: string): Promise<string | undefined> {
    if (code !== 'EINVAL') return undefined
    const { service, key } = checkKeys(this.#reference, this.#destination)
    return diagnoseDestination(this.#client.transport, key, service.family, async () => {
      const daemons = await readDaemons(this.#client, undefined)
      return daemons.length > 0
    })
  }
}

export function addDestination(
  client: IpvsSession,
  service: ServiceReference,
  destination: DestinationInput,
  { signal }: CallOptions,
): Promise<void> {
  const command = new DestinationCommand(client, IPVS_CMD.NEW_DEST, 'addDestination', service, destination)
  return client.commands.write(command, signal)
}

export async function updateDestination(
  client: IpvsSession,
  reference: ServiceReference,
  given: DestinationChanges,
  { signal }: CallOptions,
): Promise<void> {
  const { commands } = client
  const { service, key } = checkKeys(reference, given)
  const set = (settings: DestinationKey | DestinationInput) =>
    new DestinationCommand(client, IPVS_CMD.SET_DEST, 'updateDestination', service, settings)
  if (isCompleteDestination(given)) return await commands.write(set(given), signal)
  validate(set(withPlaceholders(given)))
  const changes = structuredClone(given)
  const endpoint = formatEndpoint(key.address, key.port)
  const source = `destinations ${formatService(service)}`
  const building: ReadModifyWrite<Map<string, Destination>> = {
    target: `${source} ${endpoint}`,
    source,
    read: () => readDestinationsByEndpoint(client, service),
    build: (table) => {
      const current = table.get(endpoint)
      return current === undefined
        ? { command: set(changes), refusal: NO_SUCH_DESTINATION }
        : { command: set(mergeDestination(current, changes)) }
    },
  }
  await commands.readModifyWrite(set(changes), building, signal)
}

export function removeDestination(
  client: IpvsSession,
  service: ServiceReference,
  destination: DestinationKey,
  { signal }: CallOptions,
): Promise<void> {
  const command = new DestinationCommand(client, IPVS_CMD.DEL_DEST, 'removeDestination', service, destination)
  return client.commands.write(command, signal)
}

function checkKeys(reference: ServiceReference, destination: DestinationKey) {
  const service = checkServiceKey(reference)
  return { service, key: checkDestinationKey(destination, service.port ?? 0) }
}

/** What the kernel would answer (ip_vs_edit_dest). */
const NO_SUCH_DESTINATION: Refusal = { errno: ENOENT, message: undefined }

async function readDestinationsByEndpoint(
  client: IpvsSession,
  service: ResolvedServiceKey,
): Promise<Map<string, Destination>> {
  const { destinations } = await readServiceWithDestinations(
    client.commands,
    'updateDestination',
    service,
    undefined,
  )
  return new Map(
    destinations.map((destination) => [formatEndpoint(destination.address, destination.port), destination]),
  )
}
