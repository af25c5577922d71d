import { LITTLE_ENDIAN, type WireWriter } from './wire.ts'

/** One attribute of a table. */
export interface Field<T, N extends string = string> {
  readonly name: string
  /** The attribute's number in the kernel's header. */
  readonly type: number
  readonly codec: Codec<T, N>
}

/** Reads and writes the payload of an attribute, in requests and replies alike. */
export interface Codec<T, N extends string = string> {
  readonly name: N
  /** A shorter payload is malformed; a longer one is truncated, as the kernel does (nla_policy). */
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

/** 16 bits in network order, used for ports. */
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

/** 64 bits; rounded beyond 2^53. */
export const u64: Codec<number, 'u64'> = {
  name: 'u64',
  minimum: 8,
  read: readU64,
  write(writer, { type }, value) {
    const at = writer.payload(type, 8)
    writeU64(writer.view, at, value)
  },
}

/** Text with a terminating NUL. */
export const text: Codec<string, 'text'> = {
  name: 'text',
  minimum: 0,
  read: readText,
  write: (writer, field, value) => writer.text(field, value),
}

/** Raw bytes. Reading returns a view of the message, not a copy. */
export const bytes: Codec<Uint8Array, 'bytes'> = {
  name: 'bytes',
  minimum: 0,
  read: (view, offset, length) => new Uint8Array(view.buffer, view.byteOffset + offset, length),
  write(writer, { type }, value) {
    const offset = writer.payload(type, value.length)
    writer.bytes.set(value, offset)
  },
}

/** Padding; read as absent. */
export const pad: Codec<undefined, 'pad'> = {
  name: 'pad',
  minimum: 0,
  read: () => undefined,
  write(writer, { type }) {
    writer.payload(type, 0)
  },
}

/** Reads the NUL-terminated (or unterminated) ASCII text of a payload. */
export function readText(view: DataView, offset: number, length: number): string {
  let text = ''
  for (let index = offset; index < offset + length; index++) {
    const code = view.getUint8(index)
    if (code === 0) break
    text += String.fromCharCode(code)
  }
  return text
}

const LOW = LITTLE_ENDIAN ? 0 : 4
const HIGH = 4 - LOW

/** Reads an unsigned 64-bit number; beyond 2^53 it is rounded to the nearest that a `number` can hold. */
export function readU64(view: DataView, offset: number): number {
  const low = view.getInt32(offset + LOW, LITTLE_ENDIAN)
  const high = view.getInt32(offset + HIGH, LITTLE_ENDIAN)
  // Most counters are small. For them V8 returns an integer without a heap allocation.
  if (high === 0 && low >= 0) return low
  return (high >>> 0) * 0x1_0000_0000 + (low >>> 0)
}

/** Writes a non-negative integer below 2^64 as 64 bits. */
export function writeU64(view: DataView, offset: number, value: number): void {
  const high = Math.floor(value / 0x1_0000_0000)
  view.setUint32(offset + LOW, value - high * 0x1_0000_0000, LITTLE_ENDIAN)
  view.setUint32(offset + HIGH, high, LITTLE_ENDIAN)
}
