import { type Family, familyOf } from '../../../netlink/wire/address.ts'
import { ADDRESS_BITS, addressBytes } from '../../../netlink/wire/ip-prefix.ts'

/** A network: an address in it, and how many of its bits are the same for all. */
export interface Network {
  readonly address: string
  readonly prefixLength: number
}

/** Reads `192.0.2.0/24`, an address alone, or the `default` of a family. */
export function parseNetwork(text: string, family: Family): Network {
  if (text === 'default') return { address: family === 'ipv4' ? '0.0.0.0' : '::', prefixLength: 0 }
  const [address = '', length] = text.split('/')
  return { address, prefixLength: length === undefined ? ADDRESS_BITS[family] : Number(length) }
}

/** Whether an address lies in a network. */
export function contains({ address, prefixLength }: Network, other: string): boolean {
  if (familyOf(address) !== familyOf(other)) return false
  const others = addressBytes(other)
  return addressBytes(address).every((byte, index) => {
    const bits = Math.min(8, Math.max(0, prefixLength - index * 8))
    return ((byte ^ others[index]!) & (0xff00 >> bits) & 0xff) === 0
  })
}

/** An address with the prefix that makes it stand for itself alone: `192.0.2.10/32`. */
export function alone(address: string): string {
  return `${address}/${ADDRESS_BITS[familyOf(address)!]}`
}
