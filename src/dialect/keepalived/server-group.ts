import type { Family } from '../../netlink/wire/address.ts'
import { expandRange } from './address-range.ts'
import type { ConfigurationProblems } from './problems.ts'
import type { KeepalivedStatement } from './statement.ts'

/** What a virtual server is reached at. */
export type ServiceAddress =
  | { readonly address: string; readonly port: number }
  | { readonly fwmark: number; readonly family: Family | undefined }

/** What follows `virtual_server`, or a line of a `virtual_server_group`: an address or a range with a port, or a mark. */
export function readServiceAddresses(
  statement: KeepalivedStatement,
  words: readonly string[],
  complaints: ConfigurationProblems,
): ServiceAddress[] {
  const [first = '', second, third] = words
  if (first === 'fwmark') {
    const fwmark = complaints.readNumber({ ...statement, words }, 1)
    if (third !== undefined && third !== 'inet' && third !== 'inet6') {
      complaints.add(statement, `A mark may have inet or inet6 behind it, not ${third}`)
    }
    return [{ fwmark, family: third === undefined ? undefined : third === 'inet6' ? 'ipv6' : 'ipv4' }]
  }
  const addresses = expandRange(first)
  if (addresses === undefined) {
    complaints.add(statement, `${first} is no address and no range of addresses`)
    return []
  }
  const port = second === undefined ? 0 : complaints.readNumber({ ...statement, words }, 1)
  return addresses.map((address) => ({ address, port }))
}

/** The groups by their names. */
export function readGroups(
  statements: readonly KeepalivedStatement[],
  complaints: ConfigurationProblems,
): Map<string, readonly ServiceAddress[]> {
  const groups = new Map<string, readonly ServiceAddress[]>()
  for (const statement of statements) {
    if (statement.words[0] !== 'virtual_server_group') continue
    const name = statement.words[1] ?? ''
    if (name === '') complaints.add(statement, 'virtual_server_group must have a name behind it')
    if (groups.has(name)) complaints.add(statement, `There is a virtual_server_group ${name} already`)
    const lines = statement.block ?? []
    groups.set(
      name,
      lines.flatMap((line) => readServiceAddresses(line, line.words, complaints)),
    )
  }
  return groups
}
