import { AttributeLayoutCache } from './attribute-layout.ts'
import { type Codec, type Field, readU64 } from './codecs.ts'
import { NLA_HDRLEN, NLA_TYPE_MASK } from './uapi.ts'
import { align4, LITTLE_ENDIAN, malformed, type WireWriter } from './wire.ts'

/** Nested attributes. {@link AttributeSet.nest} reads them; they are written between `beginNest` and `endNest`. */
export interface NestCodec<F extends Fields> extends Codec<never> {
  readonly table: AttributeTable<F>
}

export function nest<F extends Fields>(table: AttributeTable<F>): NestCodec<F> {
  const refuse = () => {
    throw new Error(`the attributes of ${table.name} must be read and written one by one`)
  }
  return { name: table.name, minimum: 0, read: refuse, write: refuse, table }
}

/** A field that contains attributes. */
export interface NestField<F extends Fields> extends Field<never> {
  readonly codec: NestCodec<F>
}

type Definition = readonly [type: number, codec: Codec<unknown>]
type FieldOf<D> = D extends readonly [number, NestCodec<infer F>]
  ? NestField<F>
  : D extends readonly [number, Codec<infer T, infer N>]
    ? Field<T, N>
    : never

/** The fields of a table by name. */
export type Fields = Readonly<Record<string, Field<unknown>>>

/** The attributes of one level of a message. */
export interface AttributeTable<F extends Fields = Fields> {
  readonly name: string
  readonly fields: F
  readonly byType: readonly (Field<unknown> | undefined)[]
}

/** Declares a table: the kernel's number and the codec of each name. */
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
  field.codec.write(writer, field, value)
}

/**
 * The attributes of one level of a message. Reading records the offsets of the attributes; values are decoded on access. The
 * object is reused for one message after another.
 */
export class AttributeSet<F extends Fields> {
  readonly table: AttributeTable<F>
  /** Bytes at the end that do not form an attribute. The kernel accepts them in requests and sends none in replies. */
  leftover = 0
  /** The offset of each payload from the first attribute, by attribute number; 0 if absent. */
  readonly #offsets: Int32Array
  readonly #lengths: Int32Array
  readonly #layout = new AttributeLayoutCache()
  #view: DataView = EMPTY
  #start = 0

  constructor(table: AttributeTable<F>) {
    this.table = table
    this.#offsets = new Int32Array(table.byType.length)
    this.#lengths = new Int32Array(table.byType.length)
  }

  /**
   * Reads the attributes between `start` and `end`. Unknown attributes are skipped, and the last of several attributes with the
   * same number counts, as in the kernel (nla_parse).
   */
  read(view: DataView, start: number, end: number): this {
    this.#view = view
    this.#start = start
    if (!this.#layout.matches(view, start, end)) this.#parse(view, start, end)
    return this
  }

  #parse(view: DataView, start: number, end: number): void {
    const offsets = this.#offsets
    const lengths = this.#lengths
    const limit = offsets.length
    this.#layout.clear()
    offsets.fill(0)
    let at = start
    while (end - at >= NLA_HDRLEN) {
      const length = view.getUint16(at, LITTLE_ENDIAN)
      if (length < NLA_HDRLEN || length > end - at) break
      const type = view.getUint16(at + 2, LITTLE_ENDIAN) & NLA_TYPE_MASK
      if (type < limit) {
        offsets[type] = at - start + NLA_HDRLEN
        lengths[type] = length - NLA_HDRLEN
      }
      this.#layout.add(view, at, at - start)
      at += align4(length)
    }
    this.leftover = Math.max(0, end - at)
    if (this.leftover === 0) this.#layout.complete(end - start)
  }

  /** Like {@link read}, but throws for bytes that do not form an attribute. Use it for replies of the kernel. */
  readStrictly(view: DataView, start: number, end: number): this {
    this.read(view, start, end)
    if (this.leftover > 0)
      throw malformed(`${this.table.name} ends in ${this.leftover} bytes that are not an attribute`)
    return this
  }

  has(field: Field<unknown>): boolean {
    return this.#offsets[field.type] !== 0
  }

  /** The value; undefined if the attribute is absent. */
  get<T>(field: Field<T>): T | undefined {
    const offset = this.#offsetOf(field, field.codec.minimum)
    return offset === 0 ? undefined : field.codec.read(this.#view, offset, this.#lengths[field.type]!)
  }

  /** The value. Throws if the attribute is absent. */
  require<T>(field: Field<T>): T {
    return this.requireValue(field, this.get(field))
  }

  /** Returns the value that was read from `field`. Throws if it is undefined. */
  requireValue<T>(field: Field<T>, value: T | undefined): T {
    if (value === undefined) throw malformed(`${this.table.name}.${field.name} is missing`)
    return value
  }

  // Equivalent to get(), for code that reads many numbers.

  u16(field: Field<number, 'u16'>): number | undefined {
    const offset = this.#offsetOf(field, 2)
    return offset === 0 ? undefined : this.#view.getUint16(offset, LITTLE_ENDIAN)
  }

  u16be(field: Field<number, 'u16be'>): number | undefined {
    const offset = this.#offsetOf(field, 2)
    return offset === 0 ? undefined : this.#view.getUint16(offset)
  }

  i32(field: Field<number, 'i32'>): number | undefined {
    const offset = this.#offsetOf(field, 4)
    return offset === 0 ? undefined : this.#view.getInt32(offset, LITTLE_ENDIAN)
  }

  u32(field: Field<number, 'u32'>): number | undefined {
    const offset = this.#offsetOf(field, 4)
    return offset === 0 ? undefined : this.#view.getUint32(offset, LITTLE_ENDIAN)
  }

  u64(field: Field<number, 'u64'>): number | undefined {
    const offset = this.#offsetOf(field, 8)
    return offset === 0 ? undefined : readU64(this.#view, offset)
  }

  /** The message itself. */
  get view(): DataView {
    return this.#view
  }

  /** The offset of the payload of an attribute; 0 if absent. */
  offsetOf(field: Field<unknown>): number {
    const offset = this.#offsets[field.type]!
    return offset === 0 ? 0 : this.#start + offset
  }

  /** The size of the payload of an attribute in bytes; 0 if absent. */
  lengthOf(field: Field<unknown>): number {
    return this.#offsets[field.type] === 0 ? 0 : this.#lengths[field.type]!
  }

  /** Reads the attributes in `field` into `into`; undefined if it is absent. */
  nest<N extends Fields>(field: NestField<N>, into: AttributeSet<N>): AttributeSet<N> | undefined {
    const offset = this.offsetOf(field)
    if (offset === 0) return undefined
    return into.readStrictly(this.#view, offset, offset + this.#lengths[field.type]!)
  }

  /** Like {@link nest}, but throws if `field` is absent. */
  requireNest<N extends Fields>(field: NestField<N>, into: AttributeSet<N>): AttributeSet<N> {
    const nested = this.nest(field, into)
    if (nested === undefined) throw malformed(`${this.table.name}.${field.name} is missing`)
    return nested
  }

  /** The offset of a payload of at least `minimum` bytes; 0 if the attribute is absent. */
  #offsetOf(field: Field<unknown>, minimum: number): number {
    const offset = this.#offsets[field.type]!
    if (offset === 0) return 0
    if (this.#lengths[field.type]! < minimum) {
      throw malformed(`${this.table.name}.${field.name} has ${this.#lengths[field.type]} bytes`)
    }
    return this.#start + offset
  }
}

const EMPTY = new DataView(new ArrayBuffer(0))

/** Returns the content of a reply. Throws if there was no reply. */
export function requireReply<T>(value: T | undefined): T {
  if (value === undefined) throw malformed('an acknowledgement without the requested reply')
  return value
}
