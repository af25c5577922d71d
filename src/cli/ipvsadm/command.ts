import { type KnownNames, UnknownHost } from '../../dialect/ipvsadm/names/known-names.ts'
import type { SystemNames } from '../../dialect/ipvsadm/names/system-names.ts'
import { type ParsedLine, parseLine } from '../../dialect/ipvsadm/parse/parse-line.ts'
import {
  toDaemon,
  toDestination,
  toDestinationKey,
  toServiceKey,
  toServiceSettings,
} from '../../dialect/ipvsadm/parse/parsed-rule.ts'
import type { DaemonInput, SyncRole } from '../../ipvs/model/daemon.ts'
import type { TimeoutChanges } from '../../ipvs/model/settings.ts'
import type { BatchCommand } from '../../ipvs/write/batch-command.ts'
import { type ListingCommand, toListingCommand } from './listing.ts'

/** A command of ipvsadm with all data that it needs to run. */
export type IpvsadmCommand =
  | { readonly action: 'change'; readonly change: BatchCommand }
  | ListingCommand
  | { readonly action: 'save'; readonly numeric: boolean }
  | { readonly action: 'set-timeouts'; readonly timeouts: TimeoutChanges }
  | { readonly action: 'start-daemon'; readonly daemon: DaemonInput }
  | { readonly action: 'stop-daemon'; readonly role: SyncRole }
  | { readonly action: 'restore' }
  | { readonly action: 'help' | 'version' }

/**
 * Reads a command line.
 *
 * @throws {IpvsadmError} if the command line is invalid.
 * @throws {UnknownHost} if the address of a host must be looked up first.
 */
export function parseCommand(words: readonly string[], names: KnownNames): IpvsadmCommand {
  const line = parseLine(words, names)
  const { command, options, role, timeouts } = line
  switch (command) {
    case 'list':
      return toListingCommand(options)
    case 'save':
      return { action: 'save', numeric: options.given.has('numeric') }
    case 'set':
      return { action: 'set-timeouts', timeouts }
    case 'start-daemon':
      return { action: 'start-daemon', daemon: toDaemon(options, role) }
    case 'stop-daemon':
      return { action: 'stop-daemon', role }
    case 'restore':
      return { action: 'restore' }
    case 'help':
    case 'version':
      return { action: command }
    default:
      return { action: 'change', change: toBatchCommand(command, line) }
  }
}

/** Reads a command line after looking up the hosts that it names. */
export async function parseCommandWithNames(
  words: readonly string[],
  names: SystemNames,
): Promise<IpvsadmCommand> {
  for (;;) {
    try {
      return parseCommand(words, names)
    } catch (error) {
      if (!(error instanceof UnknownHost)) throw error
      await names.lookUpAddress(error.host)
    }
  }
}

type ChangeName =
  | `${'add' | 'edit' | 'delete'}-${'service' | 'server'}`
  | Extract<ParsedLine['command'], 'flush' | 'zero'>

function toBatchCommand(name: ChangeName, { options, schedulerFlags }: ParsedLine): BatchCommand {
  if (name === 'flush') return { command: 'flush' }
  if (name === 'zero') {
    const service = options.given.has('service-address') ? toServiceKey(options) : undefined
    return { command: 'zero', service }
  }
  const service = toServiceKey(options)
  switch (name) {
    case 'add-service':
      return { command: 'addService', service: { ...service, ...toServiceSettings(options, schedulerFlags) } }
    case 'edit-service':
      return { command: 'updateService', service, changes: toServiceSettings(options, schedulerFlags) }
    case 'delete-service':
      return { command: 'removeService', service }
    case 'add-server':
      return { command: 'addDestination', service, destination: toDestination(options) }
    case 'edit-server':
      return { command: 'updateDestination', service, destination: toDestination(options) }
    case 'delete-server':
      return { command: 'removeDestination', service, destination: toDestinationKey(options) }
  }
}
