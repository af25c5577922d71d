import {
  FAMILY_NUMBER,
  type Family,
  familyOf,
  readAddress,
  writeAddress,
} from '../../netlink/wire/address.ts'
import type { Codec } from '../../netlink/wire/codecs.ts'
import { LITTLE_ENDIAN } from '../../netlink/wire/wire.ts'

/** Bytes of an address. */
export const ADDRESS_BYTES = { ipv4: 4, ipv6: 16 } as const satisfies Record<Family, number>

/** The family of a number (AF_INET, AF_INET6), or undefined for another one. */
export function familyByNumber(number: number): Family | undefined {
  if (number === FAMILY_NUMBER.ipv4) return 'ipv4'
  return number === FAMILY_NUMBER.ipv6 ? 'ipv6' : undefined
}

const scratch = new DataView(new ArrayBuffer(ADDRESS_BYTES.ipv6))

/** The bytes of a valid address, 4 or 16, good until the next call. */
export function addressBytes(address: string): Uint8Array {
  const family = familyOf(address) ?? 'ipv6'
  writeAddress(scratch, 0, address, family)
  return new Uint8Array(scratch.buffer, 0, ADDRESS_BYTES[family])
}

/** An IP address, whose length tells its family. */
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

/** A hardware address, as in `02:00:00:00:00:01`; most have six bytes. */
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

/** The name of a network interface or a label: any bytes that are UTF-8, ended by a NUL. */
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

/** How long an address lasts, in seconds. */
export interface Lifetimes {
  readonly preferred: number
  readonly valid: number
}

/** For ever (INFINITY_LIFE_TIME). */
export const INFINITE_LIFETIME = 0xffff_ffff

/** struct ifa_cacheinfo: two lifetimes, then two times that only the kernel fills in. */
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

/** Nothing: that it is there is what counts (NLA_FLAG). */
export const flag: Codec<true, 'flag'> = {
  name: 'flag',
  minimum: 0,
  read: () => true,
  write(writer, { type }) {
    writer.payload(type, 0)
  },
}
