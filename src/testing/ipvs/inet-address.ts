import { FAMILY_NUMBER } from '../../netlink/wire/address.ts'

/** Sixteen bytes as the kernel keeps any address (union nf_inet_addr), as four signed words in network order. */
export type InetAddress = readonly [number, number, number, number]

/** AF_INET or AF_INET6. */
export type FamilyNumber = (typeof FAMILY_NUMBER)[keyof typeof FAMILY_NUMBER]

export const AF_INET = FAMILY_NUMBER.ipv4
export const AF_INET6 = FAMILY_NUMBER.ipv6
export const NO_ADDRESS: InetAddress = [0, 0, 0, 0]

export function isFamily(number: number): number is FamilyNumber {
  return number === AF_INET || number === AF_INET6
}

/** Reads an address; missing bytes count as zero (nla_memcpy). */
export function readInetAddress(view: DataView, offset: number, length: number): InetAddress {
  if (length >= 16) {
    return [
      view.getInt32(offset),
      view.getInt32(offset + 4),
      view.getInt32(offset + 8),
      view.getInt32(offset + 12),
    ]
  }
  const padded = new DataView(new ArrayBuffer(16))
  for (let index = 0; index < length; index++) padded.setUint8(index, view.getUint8(offset + index))
  return readInetAddress(padded, 0, 16)
}

export function writeInetAddress(view: DataView, offset: number, address: InetAddress): void {
  view.setInt32(offset, address[0])
  view.setInt32(offset + 4, address[1])
  view.setInt32(offset + 8, address[2])
  view.setInt32(offset + 12, address[3])
}

/** The significant part of an address: for IPv4 the first word (ip_vs_addr_copy). */
export function inFamily(family: number, address: InetAddress): InetAddress {
  if (family === AF_INET6 || (address[1] | address[2] | address[3]) === 0) return address
  return [address[0], 0, 0, 0]
}

/** Whether two addresses are the same in a family (ip_vs_addr_equal). */
export function isSameAddress(family: number, one: InetAddress, other: InetAddress): boolean {
  if (one[0] !== other[0]) return false
  return family !== AF_INET6 || (one[1] === other[1] && one[2] === other[2] && one[3] === other[3])
}

/** An address and a port in their family as a key of a map. */
export function endpointKey(family: number, address: InetAddress, port: number): string {
  if (family !== AF_INET6) return `${address[0]}:${port}`
  return `${address[0]},${address[1]},${address[2]},${address[3]}:${port}`
}

/** The XOR of the words, as the kernel's hashes fold an address. */
export function foldAddress(family: number, address: InetAddress): number {
  return family === AF_INET6 ? address[0] ^ address[1] ^ address[2] ^ address[3] : address[0]
}
