import type { Family } from '../../../netlink/wire/address.ts'
import type { KeepalivedStatement } from '../source/statement.ts'
import { expandRange } from './address-range.ts'
import type { ConfigurationProblems } from './problems.ts'

/** The address and port, or the firewall mark, of a virtual server. */
export type ServiceAddress =
  | { readonly address: string; readonly port: number }
  | { readonly fwmark: number; readonly family: Family | undefined }

/** Reads the words after `virtual_server`, or a line of a `virtual_server_group`: an address or a range with a port, or a mark. */
export function readServiceAddresses(
  statement: KeepalivedStatement,
  words: readonly string[],
  problems: ConfigurationProblems,
): ServiceAddress[] {
  const [first = '', second, third] = words
  if (first === 'fwmark') {
    const fwmark = problems.readNumber({ ...statement, words }, 1)
    if (third !== undefined && third !== 'inet' && third !== 'inet6') {
      problems.add(statement, `a mark may be followed by inet or inet6, not ${third}`)
    }
    return [{ fwmark, family: third === undefined ? undefined : third === 'inet6' ? 'ipv6' : 'ipv4' }]
  }
  const addresses = expandRange(first)
  if (addresses === undefined) {
    problems.add(statement, `${first} is neither an address nor a range of addresses`)
    return []
  }
  const port = second === undefined ? 0 : problems.readNumber({ ...statement, words }, 1)
  return addresses.map((address) => ({ address, port }))
}

/** Reads the groups, by name. */
export function readGroups(
  statements: readonly KeepalivedStatement[],
  problems: ConfigurationProblems,
): Map<string, readonly ServiceAddress[]> {
  const groups = new Map<string, readonly ServiceAddress[]>()
  for (const statement of statements) {
    if (statement.words[0] !== 'virtual_server_group') continue
    const name = statement.words[1] ?? ''
    if (name === '') problems.add(statement, 'virtual_server_group requires a name')
    if (groups.has(name)) problems.add(statement, `virtual_server_group ${name} is defined twice`)
    const lines = statement.block ?? []
    groups.set(
      name,
      lines.flatMap((line) => readServiceAddresses(line, line.words, problems)),
    )
  }
  return groups
}
