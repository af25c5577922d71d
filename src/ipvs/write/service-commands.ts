import { ArgumentTypeError } from '../../errors.ts'
import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { undefinedIfRefused } from '../../netlink/refused.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'
import {
  type CommandRunner,
  encodesEqual,
  type IpvsCommand,
  type IpvsSession,
  type ReadModifyWrite,
  validate,
} from '../commands/command-runner.ts'
import { writeUsualService } from '../layout/service-layout.ts'
import {
  type ServiceHeader,
  type ServiceInput,
  type ServiceSettings,
  writeService,
} from '../model/service.ts'
import { isCompleteService, mergeService, withPlaceholders } from '../model/service-changes.ts'
import { copyNewService, copyService } from '../model/service-fields.ts'
import {
  checkServiceKey,
  describeService,
  formatService,
  type ServiceKey,
  type ServiceReference,
  writeServiceReference,
} from '../model/service-key.ts'
import { COMMAND } from '../protocol/attributes.ts'
import { IPVS_CMD } from '../protocol/uapi.ts'
import { readServiceHeader } from '../read/read-service.ts'

/** A command with a complete service: NEW_SERVICE or SET_SERVICE. */
export class ServiceCommand implements IpvsCommand {
  readonly command: number
  readonly name: string
  readonly errorContext: ServiceSettings
  readonly #reference: ServiceReference

  constructor(command: number, name: string, reference: ServiceReference, settings: ServiceSettings) {
    this.command = command
    this.name = name
    this.errorContext = settings
    this.#reference = reference
  }

  body(writer: WireWriter): void {
    const isNew = this.command === IPVS_CMD.NEW_SERVICE
    const fields = isNew ? copyNewService(this.errorContext) : copyService(this.errorContext)
    const isOwnKey = this.#reference === this.errorContext
    if (isOwnKey && writeUsualService(writer, fields)) return
    const key = checkServiceKey(isOwnKey ? (fields as ServiceKey) : this.#reference)
    const nest = writer.beginNest(COMMAND.fields.service.type)
    writeService(writer, key, fields)
    writer.endNest(nest)
  }

  subject(): string {
    return describeService(this.#reference)
  }

  async isApplied(commands: CommandRunner): Promise<boolean> {
    const current = await findService(commands, this.#reference)
    return (
      current !== undefined &&
      encodesEqual(this, new ServiceCommand(this.command, this.name, this.#reference, current))
    )
  }
}

/** The current service; undefined if there is none. */
async function findService(
  commands: CommandRunner,
  reference: ServiceReference,
): Promise<ServiceHeader | undefined> {
  const reading = readServiceHeader(commands, 'service', checkServiceKey(reference), undefined)
  return await undefinedIfRefused(reading, 'ESRCH')
}

/** A command with only the key of a service: DEL_SERVICE or ZERO. Without a key, ZERO applies to all services. */
export class ServiceKeyCommand implements IpvsCommand {
  readonly command: number
  readonly name: string
  readonly #reference: ServiceReference | undefined

  constructor(command: number, name: string, reference: ServiceReference | undefined) {
    this.command = command
    this.name = name
    this.#reference = reference
  }

  body(writer: WireWriter): void {
    if (this.#reference === undefined && this.command === IPVS_CMD.ZERO) return
    writeServiceReference(writer, checkServiceKey(this.#reference))
  }

  subject(): string {
    return describeService(this.#reference)
  }

  async isApplied(commands: CommandRunner): Promise<boolean> {
    if (this.command !== IPVS_CMD.DEL_SERVICE)
      throw new Error('The table does not show whether the command was executed')
    return (await findService(commands, this.#reference as ServiceReference)) === undefined
  }
}

export function addService(
  { commands }: IpvsSession,
  input: ServiceInput,
  { signal }: CallOptions,
): Promise<void> {
  return commands.write(new ServiceCommand(IPVS_CMD.NEW_SERVICE, 'addService', input, input), signal)
}

export async function updateService(
  { commands }: IpvsSession,
  reference: ServiceReference,
  given: ServiceSettings,
  { signal }: CallOptions,
): Promise<void> {
  const key = checkServiceKey(reference)
  const fields = copyService(given)
  checkSameService(key, fields)
  const set = (settings: ServiceSettings) =>
    new ServiceCommand(IPVS_CMD.SET_SERVICE, 'updateService', key, settings)
  if (isCompleteService(fields)) return await commands.write(set(fields), signal)
  validate(set(withPlaceholders(fields)))
  const changes = structuredClone(fields)
  const service = formatService(key)
  const steps: ReadModifyWrite<ServiceHeader> = {
    target: service,
    source: `service ${service}`,
    read: () => readServiceHeader(commands, 'updateService', key, undefined),
    build: (current) => ({ command: set(mergeService(current, changes)) }),
  }
  await commands.readModifyWrite(set(changes), steps, signal)
}

/** A service that was read contains its key. Changes with the key of another service are refused. */
function checkSameService(key: ServiceKey, given: ServiceSettings & Partial<ServiceKey>): void {
  const { protocol, address, port, fwmark } = given
  if (protocol === undefined && address === undefined && port === undefined && fwmark === undefined) return
  const own = formatService(key)
  const other = describeService(given as ServiceKey)
  if (own !== other) throw new ArgumentTypeError('service', `${own}, whose key cannot be changed`, other)
}

export function removeService(
  { commands }: IpvsSession,
  reference: ServiceReference,
  { signal }: CallOptions,
): Promise<void> {
  return commands.write(new ServiceKeyCommand(IPVS_CMD.DEL_SERVICE, 'removeService', reference), signal)
}

export function zero(
  { commands }: IpvsSession,
  reference: ServiceReference | undefined,
  { signal }: CallOptions,
): Promise<void> {
  return commands.write(new ServiceKeyCommand(IPVS_CMD.ZERO, 'zero', reference), signal)
}

export function flush({ commands }: IpvsSession, { signal }: CallOptions): Promise<void> {
  return commands.write({ command: IPVS_CMD.FLUSH, name: 'flush' }, signal)
}
