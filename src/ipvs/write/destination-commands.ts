import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { ENOENT } from '../../netlink/wire/errno.ts'
import type { Refusal } from '../../netlink/wire/messages.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'
import { COMMAND } from '../protocol/attributes.ts'
import type { Client } from '../commands/client.ts'
import { type Building, type Command, type Commands, sayTheSame, tryOut } from '../commands/commands.ts'
import { readDaemons } from './daemon-commands.ts'
import {
  checkDestinationKey,
  DESTINATION_FIELDS,
  type Destination,
  type DestinationChanges,
  type DestinationInput,
  type DestinationKey,
  isWholeDestination,
  mergeDestination,
  onItsOwn,
} from '../model/destination.ts'
import { writeDestination, writeDestinationKey } from '../model/destination-message.ts'
import { noteDestination, repeatDestination } from '../model/destination-encode-cache.ts'
import { diagnoseDestination } from '../commands/diagnose.ts'
import { checkedKey, writeCheckedIdentity } from '../model/service-identity.ts'
import {
  checkServiceKey,
  formatEndpoint,
  formatService,
  type KnownServiceKey,
  type ServiceReference,
} from '../model/service-key.ts'
import { readDestinations, readWholeService } from '../read/read-service.ts'
import { IPVS_CMD } from '../protocol/uapi.ts'

/** Checks and writes what NEW_DEST and SET_DEST say. */
export function writeWholeDestination(
  writer: WireWriter,
  reference: ServiceReference,
  destination: DestinationInput,
): void {
  const service = checkedKey(reference)
  DESTINATION_FIELDS.check('destination', destination)
  if (repeatDestination(writer, service, destination)) return
  const start = writer.length
  writeCheckedIdentity(writer, service)
  const nest = writer.beginNest(COMMAND.fields.destination.type)
  writeDestination(writer, checkDestinationKey(destination, service.port ?? 0), destination, service.family)
  writer.endNest(nest)
  noteDestination(writer, start, nest, service, destination)
}

/** Checks and writes what DEL_DEST says. */
export function writeDestinationReference(
  writer: WireWriter,
  reference: ServiceReference,
  destination: DestinationKey,
): void {
  const service = checkedKey(reference)
  writeCheckedIdentity(writer, service)
  const nest = writer.beginNest(COMMAND.fields.destination.type)
  writeDestinationKey(writer, checkDestinationKey(destination, service.port ?? 0), service.family)
  writer.endNest(nest)
}

/** A command about one destination: NEW_DEST and SET_DEST with all of it, DEL_DEST with its key. */
export class DestinationCommand implements Command {
  readonly command: number
  readonly name: string
  readonly #client: Client
  readonly #reference: ServiceReference
  readonly #destination: DestinationKey | DestinationInput

  constructor(
    client: Client,
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
      writeDestinationReference(writer, this.#reference, this.#destination)
    } else {
      writeWholeDestination(writer, this.#reference, this.#destination as DestinationInput)
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

  async isInPlace(commands: Commands): Promise<boolean> {
    const { service, key } = checkKeys(this.#reference, this.#destination)
    const destinations = await readDestinations(commands, 'destinations', service, undefined)
    const current = destinations.find(({ address, port }) => address === key.address && port === key.port)
    if (this.command === IPVS_CMD.DEL_DEST) return current === undefined
    return (
      current !== undefined &&
      sayTheSame(this, new DestinationCommand(this.#client, this.command, this.name, service, current))
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
  client: Client,
  service: ServiceReference,
  destination: DestinationInput,
  { signal }: CallOptions,
): Promise<void> {
  const command = new DestinationCommand(client, IPVS_CMD.NEW_DEST, 'addDestination', service, destination)
  return client.commands.write(command, signal)
}

export async function updateDestination(
  client: Client,
  reference: ServiceReference,
  given: DestinationChanges,
  { signal }: CallOptions,
): Promise<void> {
  const { commands } = client
  const { service, key } = checkKeys(reference, given)
  const set = (settings: DestinationKey | DestinationInput) =>
    new DestinationCommand(client, IPVS_CMD.SET_DEST, 'updateDestination', service, settings)
  if (isWholeDestination(given)) return await commands.write(set(given), signal)
  tryOut(set(onItsOwn(given)))
  const changes = structuredClone(given)
  const endpoint = formatEndpoint(key.address, key.port)
  const source = `destinations ${formatService(service)}`
  const building: Building<Map<string, Destination>> = {
    target: `${source} ${endpoint}`,
    source,
    read: () => readByEndpoint(client, service),
    build: (table) => {
      const current = table.get(endpoint)
      return current === undefined
        ? { command: set(changes), refusal: NO_SUCH_DESTINATION }
        : { command: set(mergeDestination(current, changes)) }
    },
  }
  await commands.merge(set(changes), building, signal)
}

export function removeDestination(
  client: Client,
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

async function readByEndpoint(client: Client, service: KnownServiceKey): Promise<Map<string, Destination>> {
  const { destinations } = await readWholeService(client.commands, 'updateDestination', service, undefined)
  return new Map(
    destinations.map((destination) => [formatEndpoint(destination.address, destination.port), destination]),
  )
}
