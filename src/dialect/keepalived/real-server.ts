import { familyOf } from '../../netlink/wire/address.ts'
import type { DesiredDestination } from '../../state/model/desired-state.ts'
import type { Complaints } from './problems.ts'
import type { KeepalivedRealServer } from './configuration.ts'
import { type Method, readMethod } from './forwarding.ts'
import type { Statement } from './statement.ts'
import { OTHER_REAL_WORDS, REAL_WORDS } from './words.ts'

/** A real server as it is read: what the table shows of it, and the rest. */
export interface ReadRealServer {
  readonly server: KeepalivedRealServer
  /** Without a way of forwarding it has that of its virtual server, without a port its port. */
  readonly destination: DesiredDestination
  readonly method: Method | undefined
  readonly statement: Statement
}

/** Reads `real_server ADDRESS [PORT] { ... }`, and `sorry_server ADDRESS [PORT]`. */
export function readRealServer(
  statement: Statement,
  inhibits: boolean,
  complaints: Complaints,
): ReadRealServer | undefined {
  const [word, address = ''] = statement.words
  if (familyOf(address) === undefined) {
    complaints.add(statement, `${word} must have an address behind it, not ${address}`)
    return undefined
  }
  const port = statement.words[2] === undefined ? undefined : complaints.number(statement, 2)
  const destination: { -readonly [Name in keyof DesiredDestination]: DesiredDestination[Name] } = { address }
  if (port !== undefined) destination.port = port
  const others: Statement[] = []
  let method: Method | undefined
  let inhibitOnFailure = inhibits
  for (const line of statement.block ?? []) {
    const [name = ''] = line.words
    if (OTHER_REAL_WORDS.has(name)) others.push(line)
    else if (!REAL_WORDS.has(name)) complaints.addUnknown(line, `in a ${word}`)
    else if (name === 'weight') destination.weight = complaints.number(line, 1)
    else if (name === 'uthreshold') destination.upperThreshold = complaints.number(line, 1)
    else if (name === 'lthreshold') destination.lowerThreshold = complaints.number(line, 1)
    else if (name === 'inhibit_on_failure') inhibitOnFailure = complaints.boolean(line)
    else method = readMethod(line, complaints)
  }
  const server = { address, port: port ?? 0, inhibitOnFailure, others, line: statement.line }
  return { server, destination, method, statement }
}
