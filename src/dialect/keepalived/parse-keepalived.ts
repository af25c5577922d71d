import { ArgumentTypeError } from '../../errors.ts'
import type { TimeoutChanges } from '../../ipvs/model/settings.ts'
import { DesiredStateError } from '../../state/document/problems.ts'
import { checkWhole } from '../../state/document/whole-document.ts'
import type { KeepalivedConfiguration } from './servers/configuration.ts'
import { describeOmitted } from './servers/omitted.ts'
import { ConfigurationProblems } from './servers/problems.ts'
import { readGroups, readServiceAddress, type ServiceAddress } from './servers/service-address.ts'
import { ServiceCollector } from './servers/service-collector.ts'
import { MAX_PERSISTENCE, readVirtualServer } from './servers/virtual-server.ts'
import { CONFIGURATION, NAMESPACE_WORDS } from './servers/words.ts'
import { type FindIncluded, SourceReader } from './source/source-reader.ts'
import { type KeepalivedStatement, readStatements } from './source/statement.ts'

/** Options of {@link parseKeepalived}. */
export interface KeepalivedOptions {
  /** The name of the text in errors; the files that it includes are relative to its directory. Default `keepalived.conf`. */
  readonly source?: string | undefined
  /**
   * The name of the configuration for lines that start with `@id`: keepalived's option `-i`. Default: the host name without its
   * domain.
   */
  readonly id?: string | undefined
  /** Finds the files of an `include` statement. By default no file matches. */
  readonly include?: FindIncluded | undefined
  /**
   * Whether to go on as keepalived does where it passes over a line that is unknown, invalid or does not apply, and to list these
   * lines in `ignored`. Default false: they are errors.
   */
  readonly lenient?: boolean | undefined
}

/**
 * Parses a keepalived.conf as keepalived 2.2.7 reads it: its virtual servers as a desired state, the rest as data.
 *
 * @throws {DesiredStateError} with every mistake, its file and its line. Without `lenient`, that includes the lines that keepalived
 * passes over; with it, only those with which keepalived does not start, and limits of this parser.
 */
export async function parseKeepalived(
  text: string,
  options: KeepalivedOptions = {},
): Promise<KeepalivedConfiguration> {
  if (typeof text !== 'string')
    throw new ArgumentTypeError('text', 'a string, the text of a keepalived.conf', text)
  const { source = 'keepalived.conf', id, include = () => Promise.resolve([]), lenient = false } = options
  checkWhole(text, source)
  const reader = new SourceReader(include, id)
  await reader.read({ path: source, text })
  const problems = new ConfigurationProblems()
  problems.problems.push(...reader.problems)
  problems.ignored.push(...reader.ignored)
  problems.notes.push(...reader.notes)
  const statements = readStatements(reader.lines, CONFIGURATION, lenient, problems)
  const configuration = readConfiguration(statements, problems)
  if (lenient && problems.problems.length === 0) return configuration
  const mistakes = [...problems.problems, ...(lenient ? [] : problems.ignored)]
  if (mistakes.length > 0) throw new DesiredStateError(mistakes, source)
  return configuration
}

function readConfiguration(
  statements: readonly KeepalivedStatement[],
  problems: ConfigurationProblems,
): KeepalivedConfiguration {
  const groups = readGroups(statements, problems)
  const services = new ServiceCollector(problems)
  const others: KeepalivedStatement[] = []
  let timeouts: TimeoutChanges | undefined
  for (const statement of statements) {
    const [word = ''] = statement.words
    if (word === 'virtual_server') {
      const entries = readEntries(statement, groups, problems)
      if (entries === undefined) continue
      const isGroup = statement.words[1] === 'group'
      services.add(
        statement,
        entries,
        readVirtualServer(statement, isGroup ? undefined : entries[0], problems),
      )
    } else if (word !== 'virtual_server_group') {
      others.push(statement)
      if (word === 'global_defs') timeouts = { ...timeouts, ...readTimeouts(statement, problems) }
    }
  }
  const hasServers = statements.some(({ words }) => words[0] === 'virtual_server')
  const { desired, virtualServers } = services.finish(timeouts)
  return {
    // keepalived does not run its checkers then, which would set the timeouts too.
    desired: hasServers ? desired : {},
    ...{ virtualServers, others, namespace: namespaceOf(others) },
    omitted: describeOmitted(virtualServers, others),
    ignored: [...problems.ignored, ...problems.notes],
  }
}

/** The addresses or marks of a virtual server; undefined if keepalived skips it. */
function readEntries(
  statement: KeepalivedStatement,
  groups: ReadonlyMap<string, readonly ServiceAddress[]>,
  problems: ConfigurationProblems,
): readonly ServiceAddress[] | undefined {
  if (statement.words[1] !== 'group') {
    const address = readServiceAddress(statement, problems)
    return address === undefined ? undefined : [address]
  }
  const name = problems.requireWord(statement, 2, 'the name of a group')
  const group = groups.get(name ?? '')
  if (group === undefined && name !== undefined) {
    problems.ignore(statement, `virtual_server_group ${name} is not defined; the virtual server is skipped`)
  }
  return group
}

/** The tables of virtual servers are in the namespace of `net_namespace_ipvs`, if there is one, else in that of `net_namespace`. */
function namespaceOf(statements: readonly KeepalivedStatement[]): string | undefined {
  const find = (word: string) => statements.findLast(({ words }) => words[0] === word)
  const own = find(NAMESPACE_WORDS.net_namespace_ipvs)
  return own === undefined ? find(NAMESPACE_WORDS.net_namespace)?.words[1] : (own.words[1] ?? '')
}

/** Reads `lvs_timeouts [tcp SECS] [tcpfin SECS] [udp SECS]`. A timeout of 0 stays as it is. */
function readTimeouts({ block = [] }: KeepalivedStatement, problems: ConfigurationProblems): TimeoutChanges {
  const timeouts: { -readonly [Name in keyof TimeoutChanges]: TimeoutChanges[Name] } = {}
  for (const line of globalLines(block, problems)) {
    if (line.words[0] !== 'lvs_timeouts') continue
    for (let index = 1; index < line.words.length; index++) {
      const name = line.words[index]!
      if (name !== 'tcp' && name !== 'tcpfin' && name !== 'udp') {
        problems.ignore(line, `lvs_timeouts requires one of tcp, tcpfin, udp, not ${name}`)
        continue
      }
      index++
      if (index === line.words.length) {
        problems.ignore(line, `lvs_timeouts ${name} requires a number of seconds`)
        break
      }
      const seconds = problems.readNumber(line, index, [0, MAX_PERSISTENCE])
      if (seconds !== undefined && seconds > 0) timeouts[name === 'tcpfin' ? 'tcpFin' : name] = seconds
    }
  }
  return timeouts
}

/** The lines of global_defs that keepalived reads: an unknown block ends it, because its brace is taken for the last. */
function* globalLines(
  block: readonly KeepalivedStatement[],
  problems: ConfigurationProblems,
): Generator<KeepalivedStatement, void, undefined> {
  for (const line of block) {
    yield line
    if (line.block === undefined || line.words[0] === 'notification_email') continue
    problems.ignore(line, `unknown block ${line.words[0]} in global_defs, which ends there`)
    yield* line.block
    return
  }
}
