import type { KeepalivedStatement } from '../source/statement.ts'
import type { KeepalivedRealServer } from './configuration.ts'
import { type LvsMethod, readMethod } from './lvs-method.ts'
import { type ConfigurationProblems, MAX_UNSIGNED } from './problems.ts'
import { readEndpoint } from './service-address.ts'
import { PRESERVED_REAL_SERVER_WORDS } from './words.ts'

/** A real server before the defaults of its virtual server apply. */
export interface ParsedRealServer {
  readonly statement: KeepalivedStatement
  readonly address: string
  /** 0 if the configuration has none. */
  readonly port: number
  readonly weight: number | undefined
  readonly method: LvsMethod | undefined
  readonly upperThreshold: number | undefined
  readonly lowerThreshold: number | undefined
  readonly inhibitOnFailure: boolean | undefined
  /** Its statements about checks and notifications. */
  readonly others: readonly KeepalivedStatement[]
}

const ANY = [0, MAX_UNSIGNED] as const
const WEIGHTS = [0, 2 ** 31 - 1] as const

/** Reads `real_server ADDRESS [PORT] { ... }`, and `sorry_server ADDRESS [PORT]`. Undefined if keepalived skips it. */
export function readRealServer(
  statement: KeepalivedStatement,
  problems: ConfigurationProblems,
): ParsedRealServer | undefined {
  const endpoint = readEndpoint(statement, problems)
  if (endpoint === undefined) return undefined
  const others: KeepalivedStatement[] = []
  let weight: number | undefined
  let upperThreshold: number | undefined
  let lowerThreshold: number | undefined
  let method: LvsMethod | undefined
  let inhibitOnFailure: boolean | undefined
  // A later line replaces an earlier one; an invalid line changes nothing.
  for (const line of statement.block ?? []) {
    const [name = ''] = line.words
    if (PRESERVED_REAL_SERVER_WORDS.has(name)) others.push(line)
    else if (name === 'weight') weight = problems.readDigits(line, 1, WEIGHTS) ?? weight
    else if (name === 'uthreshold') upperThreshold = problems.readDigits(line, 1, ANY) ?? upperThreshold
    else if (name === 'lthreshold') lowerThreshold = problems.readDigits(line, 1, ANY) ?? lowerThreshold
    else if (name === 'inhibit_on_failure') inhibitOnFailure = problems.readBoolean(line) ?? inhibitOnFailure
    else if (name === 'lvs_method') method = readMethod(line, problems, method) ?? method
  }
  const { address, port } = endpoint
  return {
    ...{ statement, address, port, weight, method, upperThreshold, lowerThreshold, inhibitOnFailure, others },
  }
}

/** A real server as part of the result. */
export function describeRealServer(
  { address, port, inhibitOnFailure, others, statement }: ParsedRealServer,
  inhibits: boolean,
): KeepalivedRealServer {
  return { address, port, inhibitOnFailure: inhibitOnFailure ?? inhibits, others, line: statement.line }
}
