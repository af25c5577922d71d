import { familyOf } from '../../netlink/wire/address.ts'
import type { DesiredDestination } from '../../state/model/desired-state.ts'
import type { KeepalivedRealServer } from './configuration.ts'
import { type LvsMethod, readMethod } from './forwarding.ts'
import type { ConfigurationProblems } from './problems.ts'
import type { KeepalivedStatement } from './statement.ts'
import { PRESERVED_REAL_SERVER_WORDS, REAL_SERVER_WORDS } from './words.ts'

/** A real server as it is read: what the table shows of it, and the rest. */
export interface ParsedRealServer {
  readonly server: KeepalivedRealServer
  /** Without a way of forwarding it has that of its virtual server, without a port its port. */
  readonly destination: DesiredDestination
  readonly method: LvsMethod | undefined
  readonly statement: KeepalivedStatement
}

/** Reads `real_server ADDRESS [PORT] { ... }`, and `sorry_server ADDRESS [PORT]`. */
export function readRealServer(
  statement: KeepalivedStatement,
  inhibits: boolean,
  complaints: ConfigurationProblems,
): ParsedRealServer | undefined {
  const [word, address = ''] = statement.words
  if (familyOf(address) === undefined) {
    complaints.add(statement, `${word} must have an address behind it, not ${address}`)
    return undefined
  }
  const port = statement.words[2] === undefined ? undefined : complaints.readNumber(statement, 2)
  const destination: { -readonly [Name in keyof DesiredDestination]: DesiredDestination[Name] } = { address }
  if (port !== undefined) destination.port = port
  const others: KeepalivedStatement[] = []
  let method: LvsMethod | undefined
  let inhibitOnFailure = inhibits
  for (const line of statement.block ?? []) {
    const [name = ''] = line.words
    if (PRESERVED_REAL_SERVER_WORDS.has(name)) others.push(line)
    else if (!REAL_SERVER_WORDS.has(name)) complaints.addUnknown(line, `in a ${word}`)
    else if (name === 'weight') destination.weight = complaints.readNumber(line, 1)
    else if (name === 'uthreshold') destination.upperThreshold = complaints.readNumber(line, 1)
    else if (name === 'lthreshold') destination.lowerThreshold = complaints.readNumber(line, 1)
    else if (name === 'inhibit_on_failure') inhibitOnFailure = complaints.readBoolean(line)
    else method = readMethod(line, complaints)
  }
  const server = { address, port: port ?? 0, inhibitOnFailure, others, line: statement.line }
  return { server, destination, method, statement }
}
