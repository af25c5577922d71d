import { constants } from 'node:os'
import type { Family } from '../netlink/address.ts'
import type { Refusal } from '../netlink/messages.ts'
import { WireWriter } from '../netlink/wire.ts'
import { COMMAND } from './attributes.ts'
import { type CallOptions, type Client, merge, write } from './client.ts'
import type { Invocation } from './commands.ts'
import { readDaemons } from './daemon-commands.ts'
import {
  type CheckedDestinationKey,
  checkDestinationKey,
  type Destination,
  type DestinationChanges,
  type DestinationInput,
  type DestinationKey,
  isWholeDestination,
  mergeDestination,
  writeDestination,
  writeDestinationKey,
} from './destination.ts'
import { diagnoseDestination } from './diagnose.ts'
import { checkServiceKey, formatEndpoint, formatService, type ServiceReference } from './service-key.ts'
import { type CheckedServiceKey, readWholeService, writeServiceIdentity } from './table.ts'
import { IPVS_CMD } from './uapi.ts'

export async function addDestination(
  client: Client,
  reference: ServiceReference,
  input: DestinationInput,
  { signal }: CallOptions,
): Promise<void> {
  const { service, key } = checkKeys(reference, input)
  await write(client, {
    ...invocation(client, 'addDestination', service, key),
    command: IPVS_CMD.NEW_DEST,
    body: (writer) => writeWhole(writer, service, key, input),
    signal,
  })
}

export async function updateDestination(
  client: Client,
  reference: ServiceReference,
  changes: DestinationChanges,
  { signal }: CallOptions,
): Promise<void> {
  const { service, key } = checkKeys(reference, changes)
  const about = invocation(client, 'updateDestination', service, key)
  const set = (settings: DestinationInput): Invocation => ({
    ...about,
    command: IPVS_CMD.SET_DEST,
    body: (writer) => writeWhole(writer, service, key, settings),
    signal,
  })
  if (isWholeDestination(changes)) return await write(client, set(changes))
  const subject = `destinations ${formatService(service)}`
  await merge(
    client,
    subject,
    () => byEndpoint(client, service),
    (table) => {
      const endpoint = formatEndpoint(key.address, key.port)
      const current = table.get(endpoint)
      if (current === undefined) return { invocation: about, refusal: NO_SUCH_DESTINATION }
      const settings = mergeDestination(current, changes)
      trial.truncate(0)
      writeDestination(trial, key, settings, service.family)
      table.set(endpoint, { ...current, ...settings } as Destination)
      return { invocation: set(settings) }
    },
  )
}

export async function removeDestination(
  client: Client,
  reference: ServiceReference,
  destination: DestinationKey,
  { signal }: CallOptions,
): Promise<void> {
  const { service, key } = checkKeys(reference, destination)
  await write(client, {
    ...invocation(client, 'removeDestination', service, key),
    command: IPVS_CMD.DEL_DEST,
    body: (writer) => {
      writeServiceIdentity(writer, service)
      const nest = writer.beginNest(COMMAND.fields.destination.type)
      writeDestinationKey(writer, key)
      writer.endNest(nest)
    },
    signal,
  })
}

function checkKeys(reference: ServiceReference, destination: DestinationKey) {
  const service = checkServiceKey(reference)
  return { service, key: checkDestinationKey(destination, service.port ?? 0) }
}

/** What the commands about a destination have in common. */
function invocation(
  client: Client,
  name: string,
  service: CheckedServiceKey,
  key: CheckedDestinationKey,
): Invocation {
  return {
    command: 0,
    name,
    subject: () => `${formatService(service)} -> ${formatEndpoint(key.address, key.port)}`,
    diagnose: async (code) => (code === 'EINVAL' ? diagnose(client, key, service.family) : undefined),
  }
}

function diagnose(client: Client, key: CheckedDestinationKey, serviceFamily: Family): Promise<string> {
  return diagnoseDestination(client.transport, key, serviceFamily, async () => {
    const daemons = await readDaemons(client, undefined)
    return daemons.length > 0
  })
}

function writeWhole(
  writer: WireWriter,
  service: CheckedServiceKey,
  key: CheckedDestinationKey,
  settings: DestinationInput,
): void {
  writeServiceIdentity(writer, service)
  const nest = writer.beginNest(COMMAND.fields.destination.type)
  writeDestination(writer, key, settings, service.family)
  writer.endNest(nest)
}

async function byEndpoint(client: Client, service: CheckedServiceKey): Promise<Map<string, Destination>> {
  const { destinations } = await readWholeService(client.commands, 'updateDestination', service, undefined)
  return new Map(
    destinations.map((destination) => [formatEndpoint(destination.address, destination.port), destination]),
  )
}

/** What the kernel would answer (ip_vs_edit_dest). */
const NO_SUCH_DESTINATION: Refusal = { errno: constants.errno.ENOENT, message: undefined }

/** Settings are tried here before others build on them. */
const trial = new WireWriter()
