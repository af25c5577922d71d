import { EXIT_FAILED, IpvsadmError } from '../../../cli/ipvsadm/complaint.ts'
import { readListing } from '../../../cli/ipvsadm/listing.ts'
import type { SyncRole } from '../../../ipvs/model/daemon.ts'
import type { SchedulerFlag } from '../../../ipvs/model/scheduler.ts'
import type { TimeoutChanges } from '../../../ipvs/model/settings.ts'
import { addServer, addService, deleteServer, editServer, editService, serviceKey } from './changes.ts'
import type { IpvsadmCommand } from './command.ts'
import { ParsedOptions, readTimeout } from './draft.ts'
import { OPTION_HANDLERS } from './effects.ts'
import { checkOptions } from './grammar.ts'
import type { KnownNames } from './names.ts'
import { OptionScanner } from './option-scanner.ts'
import { type CommandName, type IpvsadmOption, OPTIONS } from './options.ts'
import { readSchedulerFlags } from './scheduler-flags.ts'

/** The network interface of a daemon that was given none. */
const DEFAULT_INTERFACE = 'eth0'

/**
 * Reads a command line of ipvsadm: its command, which comes first, and its options in any order.
 *
 * @throws {IpvsadmError} when it is wrong.
 * @throws {UnknownHost} when a host has to be looked up first.
 */
export function parseCommand(words: readonly string[], names: KnownNames): IpvsadmCommand {
  const scanner = new OptionScanner(OPTIONS, words)
  const name = scanner.next()?.command
  if (name === undefined)
    throw new IpvsadmError("Try `ipvsadm -h' for more information.", { status: EXIT_FAILED })
  if (name === 'help' || name === 'version') return { action: name }
  const role = readRole(name, scanner.value)
  const draft = readOptions(scanner, names)
  const { rest } = scanner
  const timeouts = name === 'set' ? readTimeouts(rest.splice(0, 3)) : {}
  if (rest[0] !== undefined) throw new IpvsadmError(`unexpected argument ${rest[0]}`)
  // Before the options are checked, and so told first.
  const flags = readSchedulerFlags(draft.schedulerFlags, draft.scheduler)
  checkOptions(name, draft.given)
  return buildCommand(name, draft, flags, role, timeouts)
}

function buildCommand(
  name: Exclude<CommandName, 'help' | 'version'>,
  draft: ParsedOptions,
  flags: readonly SchedulerFlag[],
  role: SyncRole,
  timeouts: TimeoutChanges,
): IpvsadmCommand {
  switch (name) {
    case 'add-service':
      return { action: 'change', change: addService(draft, flags) }
    case 'edit-service':
      return { action: 'change', change: editService(draft, flags) }
    case 'delete-service':
      return { action: 'change', change: { command: 'removeService', service: serviceKey(draft) } }
    case 'add-server':
      return { action: 'change', change: addServer(draft) }
    case 'edit-server':
      return { action: 'change', change: editServer(draft) }
    case 'delete-server':
      return { action: 'change', change: deleteServer(draft) }
    case 'flush':
      return { action: 'change', change: { command: 'flush' } }
    case 'zero': {
      const service = draft.given.has('service-address') ? serviceKey(draft) : undefined
      return { action: 'change', change: { command: 'zero', service } }
    }
    case 'list':
      return readListing(draft)
    case 'save':
      return { action: 'save', numeric: draft.given.has('numeric') }
    case 'restore':
      return { action: 'restore' }
    case 'set':
      return { action: 'set-timeouts', timeouts }
    case 'start-daemon': {
      const { interface: given, syncId, maximumLength, group, multicastPort: port, ttl } = draft
      const daemon = { role, interface: given === '' ? DEFAULT_INTERFACE : given, syncId }
      return { action: 'start-daemon', daemon: { ...daemon, maximumLength, group, port, ttl } }
    }
    case 'stop-daemon':
      return { action: 'stop-daemon', role }
  }
}

function readOptions(scanner: OptionScanner<IpvsadmOption>, names: KnownNames): ParsedOptions {
  const draft = new ParsedOptions(names)
  for (let option = scanner.next(); option !== undefined; option = scanner.next()) {
    if (option.code === undefined) throw new IpvsadmError(`invalid option \`${scanner.word}'`)
    OPTION_HANDLERS[option.code](draft, scanner.value)
  }
  const { failure } = scanner
  if (failure === undefined) return draft
  throw new IpvsadmError(`${failure.spelling}: ${failure.reason}`, { status: EXIT_FAILED, goesOn: true })
}

/** The state of a daemon; of any other command there is none to be read. */
function readRole(name: CommandName, value: string | undefined): SyncRole {
  if (value === undefined || value === 'master' || value === 'backup') return value ?? 'master'
  throw new IpvsadmError(`illegal ${name} parameter specified`)
}

/** Seconds for TCP, TCP after a FIN, and UDP; zero leaves a timeout as it is. */
function readTimeouts(words: readonly string[]): TimeoutChanges {
  if (words.length < 3) throw new IpvsadmError('--set option requires 3 timeout values')
  const [tcp, tcpFin, udp] = words.map((word) => readTimeout(word, 0) || undefined)
  return { tcp, tcpFin, udp }
}
