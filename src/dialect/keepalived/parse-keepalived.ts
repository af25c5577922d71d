import { ArgumentTypeError } from '../../errors.ts'
import type { TimeoutChanges } from '../../ipvs/model/settings.ts'
import { DesiredStateError } from '../../state/document/problems.ts'
import { checkWhole } from '../../state/document/whole-document.ts'
import type { KeepalivedConfiguration } from './servers/configuration.ts'
import { ConfigurationProblems } from './servers/problems.ts'
import { readGroups, readServiceAddresses } from './servers/service-address.ts'
import { ServiceCollector } from './servers/service-collector.ts'
import { readVirtualServer } from './servers/virtual-server.ts'
import { PRESERVED_BLOCKS, TABLE_BLOCKS } from './servers/words.ts'
import { type FindIncluded, SourceReader } from './source/source-reader.ts'
import { type KeepalivedStatement, readStatements } from './source/statement.ts'

/** Options of {@link parseKeepalived}. */
export interface KeepalivedOptions {
  /** The name of the text in errors; the files that it includes are relative to its directory. Default `keepalived.conf`. */
  readonly source?: string | undefined
  /** The name of the configuration for lines that start with `@id`: keepalived's option `-i`. Default: the host name. */
  readonly id?: string | undefined
  /** Finds the files of an `include` statement. By default no file matches. */
  readonly include?: FindIncluded | undefined
  /** Whether unknown keywords are errors (the default) or only listed. */
  readonly unknown?: 'error' | 'list' | undefined
}

/**
 * Parses a keepalived.conf: its virtual servers as a desired state, the rest as data.
 *
 * @throws {DesiredStateError} with every mistake, its file and its line. keepalived itself ignores what it does not understand.
 */
export async function parseKeepalived(
  text: string,
  options: KeepalivedOptions = {},
): Promise<KeepalivedConfiguration> {
  if (typeof text !== 'string')
    throw new ArgumentTypeError('text', 'a string, the text of a keepalived.conf', text)
  const { source = 'keepalived.conf', id, include = () => Promise.resolve([]), unknown = 'error' } = options
  checkWhole(text, source)
  const reader = new SourceReader(include, id)
  await reader.read({ path: source, text })
  const problems = new ConfigurationProblems()
  problems.problems.push(...reader.problems)
  const statements = readStatements(reader.lines, problems.problems)
  const configuration = readConfiguration(statements, problems)
  const mistakes = unknown === 'error' ? [...problems.problems, ...problems.unknown] : problems.problems
  if (mistakes.length === 0) return configuration
  throw new DesiredStateError(mistakes, source)
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
    const [word = '', ...rest] = statement.words
    if (word === 'global_defs') {
      others.push(statement)
      timeouts = { ...timeouts, ...readTimeouts(statement, problems) }
    } else if (word === 'virtual_server') {
      const group = rest[0] === 'group' ? groups.get(rest[1] ?? '') : undefined
      if (rest[0] === 'group' && group === undefined) {
        problems.add(statement, `virtual_server_group ${rest[1] ?? ''} is not defined`)
      }
      const entries = rest[0] === 'group' ? (group ?? []) : readServiceAddresses(statement, rest, problems)
      services.add(statement, entries, readVirtualServer(statement, problems))
    } else if (PRESERVED_BLOCKS.has(word)) {
      others.push(statement)
    } else if (!TABLE_BLOCKS.has(word)) {
      problems.addUnknownKeyword(statement, 'at the top level')
    }
  }
  const { desired, virtualServers } = services.finish(timeouts)
  return { desired, virtualServers, others, unknown: problems.unknown }
}

/** Reads `lvs_timeouts [tcp SECS] [tcpfin SECS] [udp SECS]`. */
function readTimeouts({ block = [] }: KeepalivedStatement, problems: ConfigurationProblems): TimeoutChanges {
  const timeouts: { -readonly [Name in keyof TimeoutChanges]: TimeoutChanges[Name] } = {}
  for (const line of block) {
    if (line.words[0] !== 'lvs_timeouts') continue
    for (let index = 1; index < line.words.length; index += 2) {
      const name = problems.readWord(line, index, { tcp: 1, tcpfin: 1, udp: 1 })
      const seconds = problems.readNumber(line, index + 1)
      if (name !== undefined) timeouts[name === 'tcpfin' ? 'tcpFin' : name] = seconds
    }
  }
  return timeouts
}
