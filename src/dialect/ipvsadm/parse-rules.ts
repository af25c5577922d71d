import { ArgumentTypeError } from '../../errors.ts'
import type { DaemonInput, SyncRole } from '../../ipvs/model/daemon.ts'
import { formatService, type ServiceKey } from '../../ipvs/model/service-key.ts'
import { DesiredStateError, type StateProblem } from '../../state/document/problems.ts'
import { findProblems } from '../../state/document/resolve-desired-state.ts'
import type { DesiredDestination, DesiredService, DesiredState } from '../../state/model/desired-state.ts'
import { readDaemonRule, readDestinationRule, readServiceKey, readServiceRule, readTimeouts } from './rule.ts'
import { RuleError, RuleLine } from './rule-line.ts'

/**
 * Reads rules as `ipvsadm -S` writes them and `ipvsadm -R` takes them: a command a line, with or without the word `ipvsadm`
 * before it, in its short or its long spelling; `#` begins a comment. `--set` and `--start-daemon` may be among them. Names of
 * hosts and services are not looked up: save with `ipvsadm -S -n`.
 *
 * @param source What to call the text in errors, such as the name of its file.
 * @throws {DesiredStateError} with every line that cannot be read.
 */
export function parseRules(text: string, source = ''): DesiredState {
  if (typeof text !== 'string') throw new ArgumentTypeError('text', 'rules of ipvsadm in a string', text)
  const reading = new RulesParser()
  for (const [index, line] of text.split('\n').entries()) reading.readLine(line, index + 1)
  return reading.finish(source)
}

interface ParsedService extends DesiredService {
  readonly destinations: DesiredDestination[]
}

class RulesParser {
  readonly #services = new Map<string, ParsedService>()
  readonly #daemons: DaemonInput[] = []
  #timeouts: DesiredState['timeouts']
  readonly #problems: StateProblem[] = []
  /** The lines of what was read, by its path in the document. */
  readonly #lines = new Map<string, number>()

  readLine(text: string, number: number): void {
    try {
      const line = new RuleLine(text)
      if (!line.isEmpty) this.#read(line, number)
    } catch (error) {
      if (!(error instanceof RuleError || error instanceof TypeError || error instanceof RangeError))
        throw error
      this.#problems.push({ path: [], message: error.message, line: number, column: 1 })
    }
  }

  finish(source: string): DesiredState {
    const services = [...this.#services.values()]
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

  #read(line: RuleLine, number: number): void {
    switch (line.command) {
      case '-A':
        this.#addService(line, number)
        return
      case '-a':
        this.#addDestination(line, number)
        return
      case '--set':
        this.#timeouts = { ...this.#timeouts, ...readTimeouts(line) }
        this.#lines.set('timeouts', number)
        return
      case '--start-daemon':
        this.#lines.set(`daemons.${this.#daemons.length}`, number)
        this.#daemons.push(readDaemonRule(line, line.words[0] as SyncRole))
        return
      default:
        throw new RuleError(
          `${line.command} is no rule: -A and -a say what a table is, and so do --set and --start-daemon`,
        )
    }
  }

  #addService(line: RuleLine, number: number): void {
    const key = readServiceKey(line)
    const name = formatService(key)
    if (this.#services.has(name)) throw new RuleError(`${name} is added once more`)
    this.#lines.set(`services.${this.#services.size}`, number)
    this.#services.set(name, { service: name, ...readServiceRule(line), destinations: [] })
  }

  #addDestination(line: RuleLine, number: number): void {
    const key: ServiceKey = readServiceKey(line)
    const service = this.#services.get(formatService(key))
    if (service === undefined)
      throw new RuleError(`${formatService(key)} has not been added: write its -A line before`)
    const index = [...this.#services.keys()].indexOf(formatService(key))
    this.#lines.set(`services.${index}.destinations.${service.destinations.length}`, number)
    service.destinations.push(readDestinationRule(line))
  }
}
