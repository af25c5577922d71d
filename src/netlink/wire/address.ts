/** Address family of an IP address. */
export type Family = 'ipv4' | 'ipv6'

/** AF_INET and AF_INET6 of <sys/socket.h>. */
export const FAMILY_NUMBER = { ipv4: 2, ipv6: 10 } as const satisfies Record<Family, number>

export function familyNumber(family: Family): number {
  return family === 'ipv4' ? FAMILY_NUMBER.ipv4 : FAMILY_NUMBER.ipv6
}

/** The family of an address in text; undefined if the text is not an address. Zone ids and prefix lengths are not accepted. */
export function familyOf(address: string): Family | undefined {
  if (parseIPv4(address) !== undefined) return 'ipv4'
  return parseIPv6(address) === undefined ? undefined : 'ipv6'
}

/** The 32 bits of a dotted IPv4 address as a signed number; undefined for any other text. */
export function parseIPv4(address: string): number | undefined {
  let result = 0
  let octet = -1
  let octets = 0
  for (let index = 0; index < address.length; index++) {
    const code = address.charCodeAt(index)
    if (code === 46) {
      if (octet < 0 || octets === 3) return undefined
      result = (result << 8) | octet
      octets++
      octet = -1
    } else if (code >= 48 && code <= 57) {
      if (octet === 0) return undefined
      octet = (octet < 0 ? 0 : octet * 10) + code - 48
      if (octet > 255) return undefined
    } else {
      return undefined
    }
  }
  return octets === 3 && octet >= 0 ? (result << 8) | octet : undefined
}

/** The dotted IPv4 address of 32 bits, signed or unsigned. */
export function formatIPv4(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`
}

/** Writes an address as 16 bytes, like `union nf_inet_addr`: IPv4 in the first four, the rest zero. */
export function writeAddress(view: DataView, offset: number, address: string, family: Family): void {
  if (family === 'ipv4') {
    view.setInt32(offset, parseIPv4(address) ?? 0)
    view.setUint32(offset + 4, 0)
    view.setUint32(offset + 8, 0)
    view.setUint32(offset + 12, 0)
  } else {
    const groups = parseIPv6(address) ?? []
    for (let index = 0; index < 8; index++) view.setUint16(offset + index * 2, groups[index] ?? 0)
  }
}

/** Reads an address as canonical text (RFC 5952). */
export function readAddress(view: DataView, offset: number, family: Family): string {
  if (family === 'ipv4') return formatIPv4(view.getInt32(offset))
  const groups: number[] = []
  for (let index = 0; index < 8; index++) groups.push(view.getUint16(offset + index * 2))
  return formatIPv6(groups)
}

/** The canonical text (RFC 5952) of a valid IPv6 address. */
export function canonicalIPv6(address: string): string {
  return formatIPv6(parseIPv6(address) ?? [])
}

/** The eight groups of an IPv6 address; undefined for any other text. (`isIPv6` would load all of node:net.) */
function parseIPv6(address: string): number[] | undefined {
  let text = address
  if (text.includes('.')) {
    const colon = text.lastIndexOf(':')
    const low = parseIPv4(text.slice(colon + 1))
    if (colon === -1 || low === undefined) return undefined
    text = `${text.slice(0, colon + 1)}${(low >>> 16).toString(16)}:${(low & 0xffff).toString(16)}`
  }
  const parts = text.split('::')
  const before = parseGroups(parts[0]!)
  if (parts.length === 1) return before?.length === 8 ? before : undefined
  const after = parts.length === 2 ? parseGroups(parts[1]!) : undefined
  if (before === undefined || after === undefined || before.length + after.length > 7) return undefined
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after]
}

function parseGroups(text: string): number[] | undefined {
  if (text === '') return []
  const groups = text.split(':')
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : undefined
}

/** RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups (the first of equals) as `::`. */
function formatIPv6(groups: readonly number[]): string {
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${formatIPv4(((groups[6]! << 16) | groups[7]!) >>> 0)}`
  }
  let best = { start: -1, length: 1 }
  for (let start = 0; start < 8; start++) {
    let length = 0
    while (start + length < 8 && groups[start + length] === 0) length++
    if (length > best.length) best = { start, length }
    start += length
  }
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':')
  if (best.start === -1) return text(groups)
  return `${text(groups.slice(0, best.start))}::${text(groups.slice(best.start + best.length))}`
}
