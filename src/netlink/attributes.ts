import { NetlinkError } from '../errors.ts'
import { NLA_HDRLEN, NLA_TYPE_MASK } from './uapi.ts'
import { align4, LITTLE_ENDIAN, readText, readU64, type WireWriter, writeU64 } from './wire.ts'

/** How the payload of an attribute is read and written. The same codec serves requests and replies. */
export interface Codec<T> {
  readonly name: string
  /** A shorter payload is malformed; a longer one is cut, as the kernel does (nla_policy). */
  readonly minimum: number
  read(view: DataView, offset: number, length: number): T
  write(writer: WireWriter, type: number, value: T): void
}

/** A codec for a number of fixed size. */
function number(
  name: string,
  size: number,
  get: (view: DataView, offset: number) => number,
  set: (view: DataView, offset: number, value: number) => void,
): Codec<number> {
  return {
    name,
    minimum: size,
    read: get,
    write(writer, type, value) {
      const offset = writer.payload(type, size)
      set(writer.view, offset, value)
    },
  }
}

export const u8 = number(
  'u8',
  1,
  (view, at) => view.getUint8(at),
  (view, at, value) => view.setUint8(at, value),
)
export const u16 = number(
  'u16',
  2,
  (view, at) => view.getUint16(at, LITTLE_ENDIAN),
  (view, at, value) => view.setUint16(at, value, LITTLE_ENDIAN),
)
/** 16 bits in network order, as ports are. */
export const u16be = number(
  'u16be',
  2,
  (view, at) => view.getUint16(at),
  (view, at, value) => view.setUint16(at, value),
)
export const u32 = number(
  'u32',
  4,
  (view, at) => view.getUint32(at, LITTLE_ENDIAN),
  (view, at, value) => view.setUint32(at, value, LITTLE_ENDIAN),
)
export const i32 = number(
  'i32',
  4,
  (view, at) => view.getInt32(at, LITTLE_ENDIAN),
  (view, at, value) => view.setInt32(at, value, LITTLE_ENDIAN),
)
/** 64 bits; beyond 2^53 rounded. */
export const u64 = number('u64', 8, readU64, writeU64)

/** Text ended by a NUL. */
export const text: Codec<string> = {
  name: 'text',
  minimum: 0,
  read: readText,
  write(writer, type, value) {
    const offset = writer.payload(type, value.length + 1)
    for (let index = 0; index < value.length; index++) {
      writer.view.setUint8(offset + index, value.charCodeAt(index))
    }
    writer.view.setUint8(offset + value.length, 0)
  },
}

/** Raw bytes. Reading gives a view into the message, not a copy. */
export const bytes: Codec<Uint8Array> = {
  name: 'bytes',
  minimum: 0,
  read: (view, offset, length) => new Uint8Array(view.buffer, view.byteOffset + offset, length),
  write(writer, type, value) {
    const offset = writer.payload(type, value.length)
    writer.bytes.set(value, offset)
  },
}

/** Nothing but padding; read as absent. */
export const pad: Codec<undefined> = {
  name: 'pad',
  minimum: 0,
  read: () => undefined,
  write(writer, type) {
    writer.payload(type, 0)
  },
}

/** Attributes within an attribute. Read with {@link AttributeSet.nest}, written between `beginNest` and `endNest`. */
export interface NestCodec<F extends Fields> extends Codec<never> {
  readonly table: AttributeTable<F>
}

export function nest<F extends Fields>(table: AttributeTable<F>): NestCodec<F> {
  const refuse = () => {
    throw new Error(`the attributes of ${table.name} are read and written one by one`)
  }
  return { name: table.name, minimum: 0, read: refuse, write: refuse, table }
}

/** One attribute of a table. */
export interface Field<T> {
  readonly name: string
  /** The attribute's number in the kernel's header. */
  readonly type: number
  readonly codec: Codec<T>
}

/** A field that holds attributes itself. */
export interface NestField<F extends Fields> extends Field<never> {
  readonly codec: NestCodec<F>
}

type Definition = readonly [type: number, codec: Codec<unknown>]
type FieldOf<D> = D extends readonly [number, NestCodec<infer F>]
  ? NestField<F>
  : D extends readonly [number, Codec<infer T>]
    ? Field<T>
    : never

/** The fields of a table by name. */
export type Fields = Readonly<Record<string, Field<unknown>>>

/** The attributes that may stand together at one level of a message. */
export interface AttributeTable<F extends Fields = Fields> {
  readonly name: string
  readonly fields: F
  readonly byType: readonly (Field<unknown> | undefined)[]
}

/** Declares a table: each name with the kernel's number and the codec. */
export function attributeTable<const D extends Readonly<Record<string, Definition>>>(
  name: string,
  definitions: D,
): AttributeTable<{ readonly [K in keyof D]: FieldOf<D[K]> }> {
  const fields: Record<string, Field<unknown>> = {}
  const byType: (Field<unknown> | undefined)[] = []
  for (const [key, [type, codec]] of Object.entries(definitions)) {
    const field = { name: key, type, codec }
    fields[key] = field
    byType[type] = field
  }
  for (let type = 0; type < byType.length; type++) byType[type] ??= undefined
  return { name, fields: fields as unknown as { readonly [K in keyof D]: FieldOf<D[K]> }, byType }
}

/** Writes one attribute. */
export function writeAttribute<T>(writer: WireWriter, field: Field<T>, value: T): void {
  field.codec.write(writer, field.type, value)
}

/**
 * The attributes found at one level of a message. Reading notes where each one lies and decodes nothing; a value is
 * decoded when it is asked for. The object is made once and used for one message after another.
 */
export class AttributeSet<F extends Fields> {
  readonly table: AttributeTable<F>
  /** Bytes at the end that are no attribute. The kernel tolerates them in requests and makes none in replies. */
  leftover = 0
  readonly #offsets: Int32Array
  readonly #lengths: Int32Array
  #view: DataView = EMPTY

  constructor(table: AttributeTable<F>) {
    this.table = table
    this.#offsets = new Int32Array(table.byType.length)
    this.#lengths = new Int32Array(table.byType.length)
  }

  /**
   * Takes the attributes between `start` and `end`. Unknown ones are passed over and of several with the same number
   * the last counts, as in the kernel (nla_parse).
   */
  read(view: DataView, start: number, end: number): this {
    const offsets = this.#offsets
    const lengths = this.#lengths
    const limit = offsets.length
    offsets.fill(0)
    this.#view = view
    let at = start
    while (end - at >= NLA_HDRLEN) {
      const length = view.getUint16(at, LITTLE_ENDIAN)
      if (length < NLA_HDRLEN || length > end - at) break
      const type = view.getUint16(at + 2, LITTLE_ENDIAN) & NLA_TYPE_MASK
      if (type < limit) {
        offsets[type] = at + NLA_HDRLEN
        lengths[type] = length - NLA_HDRLEN
      }
      at += align4(length)
    }
    this.leftover = Math.max(0, end - at)
    return this
  }

  /** Like {@link read}, but what cannot be parsed is an error: for what the kernel sends. */
  readStrictly(view: DataView, start: number, end: number): this {
    this.read(view, start, end)
    if (this.leftover > 0)
      throw malformed(`${this.table.name} ends in ${this.leftover} bytes that are no attribute`)
    return this
  }

  has(field: Field<unknown>): boolean {
    return this.#offsets[field.type] !== 0
  }

  /** The value, or undefined when the attribute is absent. */
  get<T>(field: Field<T>): T | undefined {
    const offset = this.#offsets[field.type]!
    if (offset === 0) return undefined
    const length = this.#lengths[field.type]!
    if (length < field.codec.minimum) throw malformed(`${this.table.name}.${field.name} has ${length} bytes`)
    return field.codec.read(this.#view, offset, length)
  }

  /** The value; its absence is an error. */
  require<T>(field: Field<T>): T {
    const value = this.get(field)
    if (value === undefined) throw malformed(`${this.table.name}.${field.name} is missing`)
    return value
  }

  /** Where the payload of an attribute lies; an absent one is at offset 0. */
  locate(field: Field<unknown>): { offset: number; length: number } {
    const offset = this.#offsets[field.type]!
    return { offset, length: offset === 0 ? 0 : this.#lengths[field.type]! }
  }

  /** Reads the attributes inside `field` into `into`; undefined when it is absent. */
  nest<N extends Fields>(field: NestField<N>, into: AttributeSet<N>): AttributeSet<N> | undefined {
    const offset = this.#offsets[field.type]!
    if (offset === 0) return undefined
    return into.readStrictly(this.#view, offset, offset + this.#lengths[field.type]!)
  }

  /** The same; its absence is an error. */
  requireNest<N extends Fields>(field: NestField<N>, into: AttributeSet<N>): AttributeSet<N> {
    const nested = this.nest(field, into)
    if (nested === undefined) throw malformed(`${this.table.name}.${field.name} is missing`)
    return nested
  }
}

const EMPTY = new DataView(new ArrayBuffer(0))

/** What the answer brought; that it brought nothing is an error. */
export function answered<T>(value: T | undefined): T {
  if (value === undefined) throw malformed('an acknowledgement came without what was asked for')
  return value
}

/** The error for bytes that are not what they should be. */
export function malformed(what: string): NetlinkError {
  return new NetlinkError('ERR_LVS_MALFORMED', `The kernel's answer cannot be decoded: ${what}`, 'unknown')
}
