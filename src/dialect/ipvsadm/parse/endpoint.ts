import { canonicalIPv6, type Family, familyOf, parseIPv4 } from '../../../netlink/wire/address.ts'
import { type KnownNames, UnknownHost } from '../names/known-names.ts'
import { readIPv4Text, readNumber } from './numbers.ts'

/** An address and, if the text has one, a port. */
export interface ParsedEndpoint {
  readonly address: string
  readonly family: Family
  /** Undefined if the text has none. */
  readonly port: number | undefined
}

/**
 * Reads `host[:port]`, where the host is an IPv4 address or a name, `[v6]:port`, or an IPv6 address alone. A port is a number or
 * its name under the protocol. Returns undefined for any other text.
 *
 * @throws {UnknownHost} if the address of a host must be looked up first.
 */
export function readEndpoint(text: string, protocol: string, names: KnownNames): ParsedEndpoint | undefined {
  if (text.startsWith('[')) return readBracketed(text, protocol, names)
  const colon = text.lastIndexOf(':')
  if (text.indexOf(':') !== colon && familyOf(text) === 'ipv6') {
    return { address: canonicalIPv6(text), family: 'ipv6', port: undefined }
  }
  const address = readHost(colon === -1 ? text : text.slice(0, colon), names)
  if (address === undefined) return undefined
  if (colon === -1) return { address, family: 'ipv4', port: undefined }
  const port = readPort(text.slice(colon + 1), protocol, names)
  return port === undefined ? undefined : { address, family: 'ipv4', port }
}

function readBracketed(text: string, protocol: string, names: KnownNames): ParsedEndpoint | undefined {
  const end = text.indexOf(']')
  const address = text.slice(1, end)
  if (end === -1 || familyOf(address) !== 'ipv6' || text.charAt(end + 1) !== ':') return undefined
  const port = readPort(text.slice(end + 2), protocol, names)
  return port === undefined ? undefined : { address: canonicalIPv6(address), family: 'ipv6', port }
}

function readHost(host: string, names: KnownNames): string | undefined {
  if (parseIPv4(host) !== undefined) return host
  const address = readIPv4Text(host)
  if (address !== undefined) return address
  if (host === '') return undefined
  const found = names.addressOf(host)
  if (found === undefined) throw new UnknownHost(host)
  return found ?? undefined
}

function readPort(text: string, protocol: string, names: KnownNames): number | undefined {
  return readNumber(text, 0, 65535) ?? names.portOf(text, protocol)
}
