import { ArgumentTypeError } from '../../errors.ts'
import type { DaemonInput } from '../../ipvs/model/daemon.ts'
import type { DestinationInput } from '../../ipvs/model/destination.ts'
import type { ServiceSettings } from '../../ipvs/model/service.ts'
import { formatService } from '../../ipvs/model/service-key.ts'
import { DesiredStateError, type StateProblem } from '../../state/document/problems.ts'
import { findProblems } from '../../state/document/resolve-desired-state.ts'
import { checkWhole } from '../../state/document/whole-document.ts'
import type { DesiredDestination, DesiredService, DesiredState } from '../../state/model/desired-state.ts'
import { UnknownHost } from './names/known-names.ts'
import { SystemNames } from './names/system-names.ts'
import { IpvsadmError } from './parse/ipvsadm-error.ts'
import { type ParsedLine, parseLine, splitWords } from './parse/parse-line.ts'
import { toDaemon, toDestination, toServiceKey, toServiceSettings } from './parse/parsed-rule.ts'
import { OPTION_TEXT, type OptionName } from './vocabulary/options.ts'

/**
 * Reads rules as `ipvsadm -S` writes them and `ipvsadm -R` reads them: one command per line, in any spelling that ipvsadm 1.31
 * accepts, with or without a leading `ipvsadm`. `#` starts a comment. `--set` and `--start-daemon` are accepted too. Names of
 * ports are those of /etc/services; names of hosts are refused, because they would have to be looked up. Save with
 * `ipvsadm -S -n` to avoid them.
 *
 * Defaults are those of ipvsadm: `-p` without a value is 360 seconds, and a `dr` or `tun` destination gets the port of its service.
 *
 * @param source The name of the text in errors, such as the name of its file.
 * @throws {DesiredStateError} with every line that is invalid.
 */
export function parseRules(text: string, source = ''): DesiredState {
  if (typeof text !== 'string') throw new ArgumentTypeError('text', 'a string of ipvsadm rules', text)
  checkWhole(text, source)
  const parser = new RulesParser()
  for (const [index, line] of text.split('\n').entries()) parser.readLine(line, index + 1)
  return parser.finish(source)
}

interface ParsedService extends DesiredService {
  readonly destinations: DesiredDestination[]
}

class RulesParser {
  readonly #names = new SystemNames()
  readonly #services = new Map<string, { readonly service: ParsedService; readonly index: number }>()
  readonly #daemons: DaemonInput[] = []
  #timeouts: DesiredState['timeouts']
  readonly #problems: StateProblem[] = []
  /** The line of each part of the document, by its path. */
  readonly #lines = new Map<string, number>()

  readLine(text: string, number: number): void {
    const words = splitWords(text.replace(/(^|\s)#.*/, ''))
    while (words[0] !== undefined && /(^|\/)ipvsadm$/.test(words[0])) words.shift()
    if (words.length === 0) return
    try {
      this.#read(parseLine(words, this.#names, true), number)
    } catch (error) {
      this.#problems.push({ path: [], message: describeMistake(error), line: number, column: 1 })
    }
  }

  finish(source: string): DesiredState {
    const services = [...this.#services.values()].map(({ service }) => service)
    const desired: DesiredState = {
      services,
      ...(this.#timeouts === undefined ? {} : { timeouts: this.#timeouts }),
      ...(this.#daemons.length === 0 ? {} : { daemons: this.#daemons }),
    }
    for (const { path, message } of findProblems(desired)) {
      const known = path.map((_, index) => this.#lines.get(path.slice(0, path.length - index).join('.')))
      this.#problems.push({ path, message, line: known.find((line) => line !== undefined) ?? 1, column: 1 })
    }
    if (this.#problems.length === 0) return desired
    throw new DesiredStateError(
      this.#problems.sort((one, other) => (one.line ?? 0) - (other.line ?? 0)),
      source,
    )
  }

  #read(line: ParsedLine, number: number): void {
    switch (line.command) {
      case 'add-service':
        this.#addService(line, number)
        return
      case 'add-server':
        this.#addDestination(line, number)
        return
      case 'set':
        this.#timeouts = { ...this.#timeouts, ...withoutUndefined(line.timeouts) }
        this.#lines.set('timeouts', number)
        return
      case 'start-daemon':
        this.#lines.set(`daemons.${this.#daemons.length}`, number)
        this.#daemons.push(desiredDaemon(line))
        return
      default:
        throw new IpvsadmError(
          `${OPTION_TEXT[line.command]} does not describe a table; expected one of ${EXPECTED.join(', ')}`,
        )
    }
  }

  #addService(line: ParsedLine, number: number): void {
    const name = formatService(toServiceKey(line.options))
    const settings = givenSettings(line)
    if (this.#services.has(name)) throw new IpvsadmError(`${name} is added twice`)
    const index = this.#services.size
    this.#lines.set(`services.${index}`, number)
    this.#services.set(name, { service: { service: name, ...settings, destinations: [] }, index })
  }

  #addDestination(line: ParsedLine, number: number): void {
    const name = formatService(toServiceKey(line.options))
    const destination = givenDestination(line)
    const found = this.#services.get(name)
    if (found === undefined) {
      throw new IpvsadmError(`${name} is not defined; its ${OPTION_TEXT['add-service']} line must come first`)
    }
    const { destinations } = found.service
    this.#lines.set(`services.${found.index}.destinations.${destinations.length}`, number)
    destinations.push(destination)
  }
}

const EXPECTED = [
  OPTION_TEXT['add-service'],
  OPTION_TEXT['add-server'],
  OPTION_TEXT.set,
  OPTION_TEXT['start-daemon'],
]

/** The options with a corresponding setting in a document. A setting whose option is not given is omitted from the document. */
const SERVICE_OPTIONS = {
  scheduler: 'scheduler',
  schedulerFlags: 'sched-flags',
  onePacket: 'ops',
  persistence: 'persistent',
  persistenceEngine: 'pe',
} as const satisfies Readonly<Record<keyof ServiceSettings, OptionName>>
const DESTINATION_OPTIONS = {
  weight: 'weight',
  upperThreshold: 'u-threshold',
  lowerThreshold: 'l-threshold',
} as const satisfies Partial<Record<keyof DestinationInput, OptionName>>
const DAEMON_OPTIONS = {
  syncId: 'syncid',
  maximumLength: 'sync-maxlen',
  group: 'mcast-group',
  port: 'mcast-port',
  ttl: 'mcast-ttl',
} as const satisfies Partial<Record<keyof DaemonInput, OptionName>>

function givenSettings({ options, schedulerFlags }: ParsedLine): ServiceSettings {
  const settings = pickGiven(toServiceSettings(options, schedulerFlags), SERVICE_OPTIONS, options.given)
  if (settings.persistence == null || options.given.has('netmask')) return settings
  return { ...settings, persistence: { timeout: settings.persistence.timeout } }
}

function givenDestination({ options }: ParsedLine): DesiredDestination {
  const destination = toDestination(options)
  const { address, port, forwarding, tunnel } = destination
  return {
    ...{ address, port, forwarding },
    ...pickGiven(destination, DESTINATION_OPTIONS, options.given),
    ...(options.given.has('tun-type') ? { tunnel } : {}),
  } as DesiredDestination
}

function desiredDaemon({ options, role }: ParsedLine): DaemonInput {
  const daemon = toDaemon(options, role)
  return { role, interface: daemon.interface, ...pickGiven(daemon, DAEMON_OPTIONS, options.given) }
}

/** The fields of an object whose options are given. */
function pickGiven<T extends object, Field extends keyof T & string>(
  object: T,
  options: Readonly<Record<Field, OptionName>>,
  given: ReadonlySet<OptionName>,
): Partial<Pick<T, Field>> {
  const fields = (Object.keys(options) as Field[]).filter((field) => given.has(options[field]))
  return Object.fromEntries(fields.map((field) => [field, object[field]])) as Partial<Pick<T, Field>>
}

function withoutUndefined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T
}

/** Returns the message of a mistake in a line; rethrows any other error. */
function describeMistake(error: unknown): string {
  if (error instanceof IpvsadmError) return error.message
  if (!(error instanceof UnknownHost)) throw error
  return `unknown address ${error.host}; host names are not looked up: write the address, or save with \`ipvsadm -S -n\``
}
