import type { SyncRole } from '../../../ipvs/model/daemon.ts'
import type { SchedulerFlag } from '../../../ipvs/model/scheduler.ts'
import type { TimeoutChanges } from '../../../ipvs/model/settings.ts'
import type { KnownNames } from '../names/known-names.ts'
import { SCHEDULER_FLAGS } from '../vocabulary/choices.ts'
import { type CommandName, type IpvsadmOption, OPTIONS } from '../vocabulary/options.ts'
import { EXIT_FAILED, IpvsadmError } from './ipvsadm-error.ts'
import { OPTION_HANDLERS } from './option-handlers.ts'
import { checkOptions } from './option-rules.ts'
import { OptionScanner } from './option-scanner.ts'
import { ParsedOptions, readTimeout } from './parsed-options.ts'

/** A command line, checked against the rules of its command. */
export interface ParsedLine {
  readonly command: CommandName
  readonly options: ParsedOptions
  readonly schedulerFlags: readonly SchedulerFlag[]
  /** The daemon of `--start-daemon` and `--stop-daemon`; without meaning for any other command. */
  readonly role: SyncRole
  /** The timeouts of `--set`; empty for any other command. */
  readonly timeouts: TimeoutChanges
}

const NO_FLAGS: readonly SchedulerFlag[] = []
const NO_TIMEOUTS: TimeoutChanges = {}
/** Matches a line whose words are not separated by exactly one space. */
const UNUSUAL_BLANKS = /[\t\r]| {2}|^ | $/

/** Splits a line as `ipvsadm -R` does, which supports neither quotes nor comments. */
export function splitWords(line: string): string[] {
  if (line === '') return []
  return UNUSUAL_BLANKS.test(line) ? line.split(/[ \t\r]+/).filter((word) => word !== '') : line.split(' ')
}

/**
 * Parses a command line of ipvsadm: the command, which comes first, and its options in any order.
 *
 * @param signedMarks Whether a mark may be negative, which ipvsadm writes and refuses to read.
 * @throws {IpvsadmError} if the command line is invalid.
 * @throws {UnknownHost} if the address of a host must be looked up first.
 */
export function parseLine(words: readonly string[], names: KnownNames, signedMarks = false): ParsedLine {
  const scanner = new OptionScanner(OPTIONS, words)
  const command = scanner.next()?.command
  if (command === undefined)
    throw new IpvsadmError("Try `ipvsadm -h' for more information.", { status: EXIT_FAILED })
  const options = new ParsedOptions(names, signedMarks)
  // ipvsadm ignores the rest of such a line.
  if (command === 'help' || command === 'version')
    return { command, options, schedulerFlags: NO_FLAGS, role: 'master', timeouts: NO_TIMEOUTS }
  const role = readRole(command, scanner.value)
  readOptions(scanner, options)
  const { rest } = scanner
  const timeouts = command === 'set' ? readTimeouts(rest.splice(0, 3)) : NO_TIMEOUTS
  if (rest[0] !== undefined) throw new IpvsadmError(`unexpected argument ${rest[0]}`)
  // ipvsadm reports a wrong flag before a wrong option.
  const schedulerFlags = readSchedulerFlags(options.schedulerFlags, options.scheduler)
  checkOptions(command, options.given)
  return { command, options, schedulerFlags, role, timeouts }
}

function readOptions(scanner: OptionScanner<IpvsadmOption>, options: ParsedOptions): void {
  for (let option = scanner.next(); option !== undefined; option = scanner.next()) {
    if (option.code === undefined) throw new IpvsadmError(`invalid option \`${scanner.word}'`)
    OPTION_HANDLERS[option.code](options, scanner.value)
  }
  const { failure } = scanner
  if (failure === undefined) return
  throw new IpvsadmError(`${failure.spelling}: ${failure.reason}`, { status: EXIT_FAILED, continues: true })
}

/** Reads the value of a daemon command. The scanner accepts a value for no other command. */
function readRole(command: CommandName, value: string | undefined): SyncRole {
  if (value === undefined || value === 'master' || value === 'backup') return value ?? 'master'
  throw new IpvsadmError(`illegal ${command} parameter specified`)
}

/** Reads the seconds for TCP, TCP after a FIN, and UDP. Zero leaves a timeout unchanged. */
function readTimeouts(words: readonly string[]): TimeoutChanges {
  if (words.length < 3) throw new IpvsadmError('--set option requires 3 timeout values')
  const [tcp, tcpFin, udp] = words.map((word) => readTimeout(word, 0) || undefined)
  return { tcp, tcpFin, udp }
}

/** Reads a comma-separated list of flags; empty items are skipped. */
function readSchedulerFlags(text: string, scheduler: string): readonly SchedulerFlag[] {
  if (text === '') return NO_FLAGS
  return text
    .split(',')
    .filter((word) => word !== '')
    .map((word) => {
      const flag = SCHEDULER_FLAGS.find((each) => each === word)
      if (flag === undefined) throw new IpvsadmError(`invalid scheduler flag \`${word}'`)
      const owner = flag.slice(0, 2)
      if (owner !== 'fl' && owner !== scheduler)
        throw new IpvsadmError(`incompatible scheduler flag \`${word}'`)
      return flag
    })
}
