import { type Family, familyOf } from '../../../netlink/wire/address.ts'
import type { KeepalivedStatement } from '../source/statement.ts'
import { expandRange } from './address-range.ts'
import { type ConfigurationProblems, MAX_UNSIGNED } from './problems.ts'

/** The address and port, or the firewall mark, of a virtual server. */
export type ServiceAddress =
  | { readonly address: string; readonly port: number }
  | { readonly fwmark: number; readonly family: Family | undefined }

const MARKS = [1, MAX_UNSIGNED] as const

/** Reads the words after `virtual_server`: an address with a port, or a mark. Undefined if keepalived skips the virtual server. */
export function readServiceAddress(
  statement: KeepalivedStatement,
  problems: ConfigurationProblems,
): ServiceAddress | undefined {
  const address = problems.requireWord(statement, 1, 'an address, a mark or a group')
  if (address === undefined) return undefined
  if (address === 'fwmark') return readMark(statement, 2, problems)
  return readEndpoint(statement, problems)
}

/**
 * Reads the words after `virtual_server`, `real_server` or `sorry_server`. A range or a prefix is its first address here: only
 * groups have ranges. A port of 0 is as good as none.
 */
export function readEndpoint(
  statement: KeepalivedStatement,
  problems: ConfigurationProblems,
): { readonly address: string; readonly port: number } | undefined {
  const { words } = statement
  const word = problems.requireWord(statement, 1, 'an address')
  if (word === undefined) return undefined
  const address = word.replace(/[-/].*/s, '')
  if (familyOf(address) === undefined) {
    problems.ignore(statement, `${words[0]} requires an address, not ${word}; it is skipped`)
    return undefined
  }
  const port = words[2] === undefined ? 0 : readPort(statement, 2, problems)
  return port === undefined ? undefined : { address, port }
}

/** Reads a line of a `virtual_server_group`: an address or a range with a port, or a mark with a family. */
export function readGroupLine(
  statement: KeepalivedStatement,
  problems: ConfigurationProblems,
): ServiceAddress[] {
  const [first = '', second, third] = statement.words
  if (first === 'fwmark') {
    const mark = readMark(statement, 1, problems)
    if (mark === undefined || third === undefined) return mark === undefined ? [] : [mark]
    if (third === 'inet' || third === 'inet6')
      return [{ ...mark, family: third === 'inet6' ? 'ipv6' : 'ipv4' }]
    problems.ignore(statement, `a mark may be followed by inet or inet6, not ${third}; it is skipped`)
    return []
  }
  const addresses = expandRange(first)
  if (addresses === undefined) {
    problems.ignore(statement, `${first} is neither an address nor a range of addresses; it is skipped`)
    return []
  }
  const port = second === undefined ? 0 : readPort(statement, 1, problems)
  return port === undefined ? [] : addresses.map((address) => ({ address, port }))
}

/** Reads the groups, by name. keepalived uses the first of several with one name. */
export function readGroups(
  statements: readonly KeepalivedStatement[],
  problems: ConfigurationProblems,
): Map<string, readonly ServiceAddress[]> {
  const groups = new Map<string, readonly ServiceAddress[]>()
  for (const statement of statements) {
    if (statement.words[0] !== 'virtual_server_group') continue
    const name = problems.requireWord(statement, 1, 'a name')
    if (name === undefined) continue
    if (groups.has(name)) {
      problems.ignore(statement, `virtual_server_group ${name} is defined twice`)
      continue
    }
    const lines = statement.block ?? []
    groups.set(
      name,
      lines.flatMap((line) => readGroupLine(line, problems)),
    )
  }
  return groups
}

function readMark(
  statement: KeepalivedStatement,
  index: number,
  problems: ConfigurationProblems,
): { fwmark: number; family: undefined } | undefined {
  const fwmark = problems.readDigits(statement, index, MARKS)
  return fwmark === undefined ? undefined : { fwmark, family: undefined }
}

function readPort(
  statement: KeepalivedStatement,
  index: number,
  problems: ConfigurationProblems,
): number | undefined {
  const isNumber = /^\+?\d/.test(statement.words[index] ?? '')
  return problems.readDigits(statement, index, [isNumber ? 0 : 1, 65_535])
}
