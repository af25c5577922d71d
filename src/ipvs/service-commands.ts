import { WireWriter } from '../netlink/wire.ts'
import { COMMAND } from './attributes.ts'
import { type CallOptions, type Client, merge, write } from './client.ts'
import type { Invocation } from './commands.ts'
import {
  checkServiceFields,
  isWholeService,
  mergeService,
  type ServiceHeader,
  type ServiceInput,
  type ServiceSettings,
  writeService,
} from './service.ts'
import { checkServiceKey, formatService, type ServiceReference } from './service-key.ts'
import { type CheckedServiceKey, readServiceHeader, writeServiceIdentity } from './table.ts'
import { IPVS_CMD } from './uapi.ts'

export async function addService(
  client: Client,
  input: ServiceInput,
  { signal }: CallOptions,
): Promise<void> {
  const key = checkServiceKey(input)
  checkServiceFields(input)
  await write(client, {
    command: IPVS_CMD.NEW_SERVICE,
    name: 'addService',
    subject: () => formatService(key),
    circumstances: input,
    body: (writer) => writeWhole(writer, key, input),
    signal,
  })
}

export async function updateService(
  client: Client,
  reference: ServiceReference,
  changes: ServiceSettings,
  { signal }: CallOptions,
): Promise<void> {
  const name = 'updateService'
  const key = checkServiceKey(reference)
  checkServiceFields(changes)
  const set = (settings: ServiceSettings): Invocation => ({
    command: IPVS_CMD.SET_SERVICE,
    name,
    subject: () => formatService(key),
    circumstances: settings,
    body: (writer) => writeWhole(writer, key, settings),
    signal,
  })
  if (isWholeService(changes)) return await write(client, set(changes))
  const read = async () => ({ header: await readServiceHeader(client.commands, name, key, undefined) })
  await merge(client, `service ${formatService(key)}`, read, (reading) => {
    const settings = mergeService(reading.header, changes)
    trial.truncate(0)
    writeWhole(trial, key, settings)
    reading.header = { ...reading.header, ...settings } as ServiceHeader
    return { invocation: set(settings) }
  })
}

export async function removeService(
  client: Client,
  reference: ServiceReference,
  { signal }: CallOptions,
): Promise<void> {
  const key = checkServiceKey(reference)
  await write(client, {
    command: IPVS_CMD.DEL_SERVICE,
    name: 'removeService',
    subject: () => formatService(key),
    body: (writer) => writeServiceIdentity(writer, key),
    signal,
  })
}

export async function zero(
  client: Client,
  reference: ServiceReference | undefined,
  { signal }: CallOptions,
): Promise<void> {
  const key = reference === undefined ? undefined : checkServiceKey(reference)
  await write(client, {
    command: IPVS_CMD.ZERO,
    name: 'zero',
    subject: () => (key === undefined ? '' : formatService(key)),
    body: key && ((writer) => writeServiceIdentity(writer, key)),
    signal,
  })
}

export async function flush(client: Client, { signal }: CallOptions): Promise<void> {
  await write(client, { command: IPVS_CMD.FLUSH, name: 'flush', signal })
}

function writeWhole(writer: WireWriter, key: CheckedServiceKey, settings: ServiceSettings): void {
  const nest = writer.beginNest(COMMAND.fields.service.type)
  writeService(writer, key, settings)
  writer.endNest(nest)
}

/** Settings are tried here before others build on them. */
const trial = new WireWriter()
