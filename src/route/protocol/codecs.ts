import { FAMILY_NUMBER, type Family, readAddress } from '../../netlink/wire/address.ts'
import type { Codec } from '../../netlink/wire/codecs.ts'
import { ADDRESS_BYTES, addressBytes } from '../../netlink/wire/ip-prefix.ts'
import { LITTLE_ENDIAN } from '../../netlink/wire/wire.ts'

/** The family of an AF_ number; undefined for other families than AF_INET and AF_INET6. */
export function familyByNumber(number: number): Family | undefined {
  if (number === FAMILY_NUMBER.ipv4) return 'ipv4'
  return number === FAMILY_NUMBER.ipv6 ? 'ipv6' : undefined
}

/** An IP address; its length determines the family. */
export const address: Codec<string, 'address'> = {
  name: 'address',
  minimum: ADDRESS_BYTES.ipv4,
  read: (view, offset, length) => readAddress(view, offset, length < ADDRESS_BYTES.ipv6 ? 'ipv4' : 'ipv6'),
  write(writer, { type }, value) {
    const bytes = addressBytes(value)
    const offset = writer.payload(type, bytes.length)
    writer.bytes.set(bytes, offset)
  },
}

/** A hardware address such as `02:00:00:00:00:01`; six bytes with most link layers. */
export const hardwareAddress: Codec<string, 'hardwareAddress'> = {
  name: 'hardwareAddress',
  minimum: 0,
  read: (view, offset, length) =>
    Array.from({ length }, (_, index) =>
      view
        .getUint8(offset + index)
        .toString(16)
        .padStart(2, '0'),
    ).join(':'),
  write(writer, { type }, value) {
    const bytes = hardwareAddressBytes(value)
    const offset = writer.payload(type, bytes.length)
    writer.bytes.set(bytes, offset)
  },
}

/** The bytes of a hardware address. */
export function hardwareAddressBytes(text: string): Uint8Array {
  return Uint8Array.from(text.split(':'), (part) => Number.parseInt(part, 16))
}

/** The name of a network interface or a label: UTF-8, terminated by a NUL. */
export const interfaceName: Codec<string, 'interfaceName'> = {
  name: 'interfaceName',
  minimum: 0,
  read(view, offset, length) {
    const bytes = Buffer.from(view.buffer, view.byteOffset + offset, length)
    const end = bytes.indexOf(0)
    return bytes.toString('utf8', 0, end === -1 ? length : end)
  },
  write(writer, { type }, value) {
    const bytes = Buffer.from(value)
    const offset = writer.payload(type, bytes.length + 1)
    writer.bytes.set(bytes, offset)
    writer.bytes[offset + bytes.length] = 0
  },
}

/** The lifetimes of an address in seconds. */
export interface Lifetimes {
  readonly preferred: number
  readonly valid: number
}

/** INFINITY_LIFE_TIME. */
export const INFINITE_LIFETIME = 0xffff_ffff

/** struct ifa_cacheinfo: the two lifetimes, then two timestamps that only the kernel sets. */
export const lifetimes: Codec<Lifetimes, 'lifetimes'> = {
  name: 'lifetimes',
  minimum: 16,
  read: (view, offset) => ({
    preferred: view.getUint32(offset, LITTLE_ENDIAN),
    valid: view.getUint32(offset + 4, LITTLE_ENDIAN),
  }),
  write(writer, { type }, { preferred, valid }) {
    const offset = writer.payload(type, 16)
    writer.bytes.fill(0, offset, offset + 16)
    writer.view.setUint32(offset, preferred, LITTLE_ENDIAN)
    writer.view.setUint32(offset + 4, valid, LITTLE_ENDIAN)
  },
}

/** No payload: the presence of the attribute is the value (NLA_FLAG). */
export const flag: Codec<true, 'flag'> = {
  name: 'flag',
  minimum: 0,
  read: () => true,
  write(writer, { type }) {
    writer.payload(type, 0)
  },
}
