import type { Field } from './attributes.ts'
import { LITTLE_ENDIAN, readText, readU64, type WireWriter, writeU64 } from './wire.ts'

/** How the payload of an attribute is read and written. The same codec serves requests and replies. */
export interface Codec<T, N extends string = string> {
  readonly name: N
  /** A shorter payload is malformed; a longer one is cut, as the kernel does (nla_policy). */
  readonly minimum: number
  read(view: DataView, offset: number, length: number): T
  write(writer: WireWriter, field: Field<T, N>, value: T): void
}

export const u8: Codec<number, 'u8'> = {
  name: 'u8',
  minimum: 1,
  read: (view, at) => view.getUint8(at),
  write: (writer, field, value) => writer.u8(field, value),
}

export const u16: Codec<number, 'u16'> = {
  name: 'u16',
  minimum: 2,
  read: (view, at) => view.getUint16(at, LITTLE_ENDIAN),
  write: (writer, field, value) => writer.u16(field, value),
}

/** 16 bits in network order, as ports are. */
export const u16be: Codec<number, 'u16be'> = {
  name: 'u16be',
  minimum: 2,
  read: (view, at) => view.getUint16(at),
  write: (writer, field, value) => writer.u16be(field, value),
}

export const u32: Codec<number, 'u32'> = {
  name: 'u32',
  minimum: 4,
  read: (view, at) => view.getUint32(at, LITTLE_ENDIAN),
  write: (writer, field, value) => writer.u32(field, value),
}

export const i32: Codec<number, 'i32'> = {
  name: 'i32',
  minimum: 4,
  read: (view, at) => view.getInt32(at, LITTLE_ENDIAN),
  write: (writer, field, value) => writer.i32(field, value),
}

/** 64 bits; beyond 2^53 rounded. */
export const u64: Codec<number, 'u64'> = {
  name: 'u64',
  minimum: 8,
  read: readU64,
  write(writer, { type }, value) {
    const at = writer.payload(type, 8)
    writeU64(writer.view, at, value)
  },
}

/** Text ended by a NUL. */
export const text: Codec<string, 'text'> = {
  name: 'text',
  minimum: 0,
  read: readText,
  write: (writer, field, value) => writer.text(field, value),
}

/** Raw bytes. Reading gives a view into the message, not a copy. */
export const bytes: Codec<Uint8Array, 'bytes'> = {
  name: 'bytes',
  minimum: 0,
  read: (view, offset, length) => new Uint8Array(view.buffer, view.byteOffset + offset, length),
  write(writer, { type }, value) {
    const offset = writer.payload(type, value.length)
    writer.bytes.set(value, offset)
  },
}

/** Nothing but padding; read as absent. */
export const pad: Codec<undefined, 'pad'> = {
  name: 'pad',
  minimum: 0,
  read: () => undefined,
  write(writer, { type }) {
    writer.payload(type, 0)
  },
}
