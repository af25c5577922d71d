import type { Family } from '../../netlink/wire/address.ts'
import { addressesIn } from './address-range.ts'
import type { Complaints } from './problems.ts'
import type { Statement } from './statement.ts'

/** What a virtual server is reached at. */
export type Entry =
  | { readonly address: string; readonly port: number }
  | { readonly fwmark: number; readonly family: Family | undefined }

/** What follows `virtual_server`, or a line of a `virtual_server_group`: an address or a range with a port, or a mark. */
export function readEntries(statement: Statement, words: readonly string[], complaints: Complaints): Entry[] {
  const [first = '', second, third] = words
  if (first === 'fwmark') {
    const fwmark = complaints.number({ ...statement, words }, 1)
    if (third !== undefined && third !== 'inet' && third !== 'inet6') {
      complaints.add(statement, `A mark may have inet or inet6 behind it, not ${third}`)
    }
    return [{ fwmark, family: third === undefined ? undefined : third === 'inet6' ? 'ipv6' : 'ipv4' }]
  }
  const addresses = addressesIn(first)
  if (addresses === undefined) {
    complaints.add(statement, `${first} is no address and no range of addresses`)
    return []
  }
  const port = second === undefined ? 0 : complaints.number({ ...statement, words }, 1)
  return addresses.map((address) => ({ address, port }))
}

/** The groups by their names. */
export function readGroups(
  statements: readonly Statement[],
  complaints: Complaints,
): Map<string, readonly Entry[]> {
  const groups = new Map<string, readonly Entry[]>()
  for (const statement of statements) {
    if (statement.words[0] !== 'virtual_server_group') continue
    const name = statement.words[1] ?? ''
    if (name === '') complaints.add(statement, 'virtual_server_group must have a name behind it')
    if (groups.has(name)) complaints.add(statement, `There is a virtual_server_group ${name} already`)
    const lines = statement.block ?? []
    groups.set(
      name,
      lines.flatMap((line) => readEntries(line, line.words, complaints)),
    )
  }
  return groups
}
