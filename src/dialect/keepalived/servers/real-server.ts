import { familyOf } from '../../../netlink/wire/address.ts'
import type { DesiredDestination } from '../../../state/model/desired-state.ts'
import type { KeepalivedStatement } from '../source/statement.ts'
import type { KeepalivedRealServer } from './configuration.ts'
import { type LvsMethod, readMethod } from './lvs-method.ts'
import type { ConfigurationProblems } from './problems.ts'
import { PRESERVED_REAL_SERVER_WORDS, REAL_SERVER_WORDS } from './words.ts'

/** A real server before the defaults of its virtual server apply. */
export interface ParsedRealServer {
  readonly server: KeepalivedRealServer
  /** Without a forwarding method, and without a port unless the configuration sets one. */
  readonly destination: DesiredDestination
  readonly method: LvsMethod | undefined
  readonly statement: KeepalivedStatement
}

/** Reads `real_server ADDRESS [PORT] { ... }`, and `sorry_server ADDRESS [PORT]`. */
export function readRealServer(
  statement: KeepalivedStatement,
  inhibits: boolean,
  problems: ConfigurationProblems,
): ParsedRealServer | undefined {
  const [word, address = ''] = statement.words
  if (familyOf(address) === undefined) {
    problems.add(statement, `${word} requires an address, not ${address}`)
    return undefined
  }
  const port = statement.words[2] === undefined ? undefined : problems.readNumber(statement, 2)
  const destination: { -readonly [Name in keyof DesiredDestination]: DesiredDestination[Name] } = { address }
  if (port !== undefined) destination.port = port
  const others: KeepalivedStatement[] = []
  let method: LvsMethod | undefined
  let inhibitOnFailure = inhibits
  for (const line of statement.block ?? []) {
    const [name = ''] = line.words
    if (PRESERVED_REAL_SERVER_WORDS.has(name)) others.push(line)
    else if (!REAL_SERVER_WORDS.has(name)) problems.addUnknownKeyword(line, `in a ${word}`)
    else if (name === 'weight') destination.weight = problems.readNumber(line, 1)
    else if (name === 'uthreshold') destination.upperThreshold = problems.readNumber(line, 1)
    else if (name === 'lthreshold') destination.lowerThreshold = problems.readNumber(line, 1)
    else if (name === 'inhibit_on_failure') inhibitOnFailure = problems.readBoolean(line)
    else method = readMethod(line, problems)
  }
  const server = { address, port: port ?? 0, inhibitOnFailure, others, line: statement.line }
  return { server, destination, method, statement }
}
