import { ArgumentTypeError } from '../../errors.ts'
import type { TimeoutChanges } from '../../ipvs/model/settings.ts'
import { DesiredStateError } from '../../state/document/problems.ts'
import type { KeepalivedConfiguration } from './configuration.ts'
import { ConfigurationProblems } from './problems.ts'
import { readGroups, readServiceAddresses } from './server-group.ts'
import { ServiceCollector } from './service-list.ts'
import { type FindIncluded, SourceReader } from './source-reader.ts'
import { type KeepalivedStatement, readStatements } from './statement.ts'
import { readVirtualServer } from './virtual-server.ts'
import { PRESERVED_BLOCKS, TABLE_BLOCKS } from './words.ts'

/** How a keepalived.conf is read. */
export interface KeepalivedOptions {
  /** What to call the text in errors; what it includes is looked for beside it. Default `keepalived.conf`. */
  readonly source?: string | undefined
  /** For lines that begin with `@id`: keepalived's option `-i`. Default: the name of the host. */
  readonly id?: string | undefined
  /** Finds what `include` asks for. Default: there are no other files. */
  readonly include?: FindIncluded | undefined
  /** Whether words that are not known are an error, as by default, or only listed. */
  readonly unknown?: 'error' | 'list' | undefined
}

/**
 * Reads a keepalived.conf: its virtual servers as a desired state, the rest as data.
 *
 * @throws {DesiredStateError} with everything that is wrong, each with file and line. keepalived itself starts with what it
 * understands.
 */
export async function parseKeepalived(
  text: string,
  options: KeepalivedOptions = {},
): Promise<KeepalivedConfiguration> {
  if (typeof text !== 'string') throw new ArgumentTypeError('text', 'a keepalived.conf in a string', text)
  const { source = 'keepalived.conf', id, include = () => Promise.resolve([]), unknown = 'error' } = options
  const reader = new SourceReader(include, id)
  await reader.read({ path: source, text })
  const complaints = new ConfigurationProblems()
  complaints.problems.push(...reader.problems)
  const statements = readStatements(reader.lines, complaints.problems)
  const configuration = readConfiguration(statements, complaints)
  const problems = unknown === 'error' ? [...complaints.problems, ...complaints.unknown] : complaints.problems
  if (problems.length === 0) return configuration
  throw new DesiredStateError(problems, source)
}

function readConfiguration(
  statements: readonly KeepalivedStatement[],
  complaints: ConfigurationProblems,
): KeepalivedConfiguration {
  const groups = readGroups(statements, complaints)
  const services = new ServiceCollector(complaints)
  const others: KeepalivedStatement[] = []
  let timeouts: TimeoutChanges | undefined
  for (const statement of statements) {
    const [word = '', ...rest] = statement.words
    if (word === 'global_defs') {
      others.push(statement)
      timeouts = { ...timeouts, ...readTimeouts(statement, complaints) }
    } else if (word === 'virtual_server') {
      const group = rest[0] === 'group' ? groups.get(rest[1] ?? '') : undefined
      if (rest[0] === 'group' && group === undefined) {
        complaints.add(statement, `There is no virtual_server_group ${rest[1] ?? ''}`)
      }
      const entries = rest[0] === 'group' ? (group ?? []) : readServiceAddresses(statement, rest, complaints)
      services.add(statement, entries, readVirtualServer(statement, complaints))
    } else if (PRESERVED_BLOCKS.has(word)) {
      others.push(statement)
    } else if (!TABLE_BLOCKS.has(word)) {
      complaints.addUnknown(statement, 'at the top')
    }
  }
  const { desired, virtualServers } = services.finish(timeouts)
  return { desired, virtualServers, others, unknown: complaints.unknown }
}

/** `lvs_timeouts [tcp SECS] [tcpfin SECS] [udp SECS]`. */
function readTimeouts(
  { block = [] }: KeepalivedStatement,
  complaints: ConfigurationProblems,
): TimeoutChanges {
  const timeouts: { -readonly [Name in keyof TimeoutChanges]: TimeoutChanges[Name] } = {}
  for (const line of block) {
    if (line.words[0] !== 'lvs_timeouts') continue
    for (let index = 1; index < line.words.length; index += 2) {
      const name = complaints.readWord(line, index, { tcp: 1, tcpfin: 1, udp: 1 })
      const seconds = complaints.readNumber(line, index + 1)
      if (name !== undefined) timeouts[name === 'tcpfin' ? 'tcpFin' : name] = seconds
    }
  }
  return timeouts
}
