import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { ENOENT } from '../../netlink/wire/errno.ts'
import type { Refusal } from '../../netlink/wire/refusal.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'
import {
  type CommandRunner,
  encodesEqual,
  type IpvsCommand,
  type IpvsSession,
  type ReadModifyWrite,
  validate,
} from '../commands/command-runner.ts'
import { diagnoseDestination } from '../commands/diagnose.ts'
import { encodeUsualDestination } from '../layout/destination-layout.ts'
import type {
  Destination,
  DestinationChanges,
  DestinationInput,
  DestinationKey,
} from '../model/destination.ts'
import { isCompleteDestination, mergeDestination, withPlaceholders } from '../model/destination-changes.ts'
import { copyDestination } from '../model/destination-fields.ts'
import { checkDestinationKey, writeDestinationKey } from '../model/destination-message.ts'
import {
  checkServiceKey,
  formatEndpoint,
  formatService,
  type ResolvedServiceKey,
  type ServiceReference,
  writeServiceReference,
} from '../model/service-key.ts'
import { COMMAND } from '../protocol/attributes.ts'
import { IPVS_CMD } from '../protocol/uapi.ts'
import { readDestinations, readServiceWithDestinations } from '../read/read-service.ts'
import { readDaemons } from './daemon-commands.ts'

/** A command for one destination: NEW_DEST and SET_DEST with all settings, DEL_DEST with the key only. */
export class DestinationCommand implements IpvsCommand {
  readonly command: number
  readonly name: string
  readonly #reference: ServiceReference
  readonly #destination: DestinationKey | DestinationInput

  constructor(
    command: number,
    name: string,
    reference: ServiceReference,
    destination: DestinationKey | DestinationInput,
  ) {
    this.command = command
    this.name = name
    this.#reference = reference
    this.#destination = destination
  }

  body(writer: WireWriter): void {
    if (this.command === IPVS_CMD.DEL_DEST) {
      this.#writeKeys(writer)
      return
    }
    const destination = this.#destination as DestinationInput
    // Changes have already been copied, because their values determine whether they are sent in this way.
    if (this.command === IPVS_CMD.SET_DEST) encodeUsualDestination(writer, this.#reference, destination)
    else encodeUsualDestination(writer, this.#reference, copyDestination(destination))
  }

  #writeKeys(writer: WireWriter): void {
    const { service, key } = checkKeys(this.#reference, this.#destination)
    writeServiceReference(writer, service)
    const nest = writer.beginNest(COMMAND.fields.destination.type)
    writeDestinationKey(writer, key, service.family)
    writer.endNest(nest)
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
      encodesEqual(this, new DestinationCommand(this.command, this.name, service, current))
    )
  }

  async diagnose(code: string, session: IpvsSession): Promise<string | undefined> {
    if (code !== 'EINVAL') return undefined
    const { service, key } = checkKeys(this.#reference, this.#destination)
    return diagnoseDestination(session.transport, key, service.family, async () => {
      const daemons = await readDaemons(session, undefined)
      return daemons.length > 0
    })
  }
}

export function addDestination(
  { commands }: IpvsSession,
  service: ServiceReference,
  destination: DestinationInput,
  { signal }: CallOptions,
): Promise<void> {
  const command = new DestinationCommand(IPVS_CMD.NEW_DEST, 'addDestination', service, destination)
  return commands.write(command, signal)
}

export async function updateDestination(
  session: IpvsSession,
  reference: ServiceReference,
  given: DestinationChanges,
  { signal }: CallOptions,
): Promise<void> {
  const changes = copyDestination(given)
  if (isCompleteDestination(changes)) {
    const command = new DestinationCommand(IPVS_CMD.SET_DEST, 'updateDestination', reference, changes)
    await session.commands.write(command, signal)
  } else {
    await readAndUpdate(session, reference, changes, signal)
  }
}

async function readAndUpdate(
  session: IpvsSession,
  reference: ServiceReference,
  changes: DestinationChanges,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { service, key } = checkKeys(reference, changes)
  const set = (settings: DestinationKey | DestinationInput) =>
    new DestinationCommand(IPVS_CMD.SET_DEST, 'updateDestination', service, settings)
  validate(set(withPlaceholders(changes)))
  const endpoint = formatEndpoint(key.address, key.port)
  const source = `destinations ${formatService(service)}`
  const steps: ReadModifyWrite<Map<string, Destination>> = {
    target: `${source} ${endpoint}`,
    source,
    read: () => readDestinationsByEndpoint(session, service),
    build: (table) => {
      const current = table.get(endpoint)
      return current === undefined
        ? { command: set(changes), refusal: NO_SUCH_DESTINATION }
        : { command: set(mergeDestination(current, changes)) }
    },
  }
  await session.commands.readModifyWrite(set(changes), steps, signal)
}

export function removeDestination(
  { commands }: IpvsSession,
  service: ServiceReference,
  destination: DestinationKey,
  { signal }: CallOptions,
): Promise<void> {
  const command = new DestinationCommand(IPVS_CMD.DEL_DEST, 'removeDestination', service, destination)
  return commands.write(command, signal)
}

function checkKeys(reference: ServiceReference, destination: DestinationKey) {
  const service = checkServiceKey(reference)
  return { service, key: checkDestinationKey(destination, service.port ?? 0) }
}

/** The refusal that the kernel would send (ip_vs_edit_dest). */
const NO_SUCH_DESTINATION: Refusal = { errno: ENOENT, message: undefined }

async function readDestinationsByEndpoint(
  session: IpvsSession,
  service: ResolvedServiceKey,
): Promise<Map<string, Destination>> {
  const { destinations } = await readServiceWithDestinations(
    session.commands,
    'updateDestination',
    service,
    undefined,
  )
  return new Map(
    destinations.map((destination) => [formatEndpoint(destination.address, destination.port), destination]),
  )
}
