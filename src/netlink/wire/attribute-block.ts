import { type AttributeTable, type Field, type Fields, writeAttribute } from './attributes.ts'
import { NLA_HDRLEN } from './uapi.ts'
import { WireWriter } from './wire.ts'

/** Attributes of fixed size that always stand together. */
export interface AttributeBlock<K extends string> {
  /** The attributes as they are sent, their payloads zero. */
  readonly bytes: Uint8Array
  /** Where in it the payload of each one begins. */
  readonly at: { readonly [P in K]: number }
}

/**
 * Lays out attributes that are written often, so that it takes one copy and the numbers: a third of the time that it takes
 * to write them one by one. `zeros` has, for each attribute in order, the zero of its size.
 */
export function attributeBlock<
  F extends Fields,
  const Z extends { readonly [P in keyof F & string]?: unknown },
>(table: AttributeTable<F>, zeros: Z): AttributeBlock<keyof Z & string> {
  const writer = new WireWriter()
  const at: Record<string, number> = {}
  for (const [name, zero] of Object.entries(zeros)) {
    at[name] = writer.length + NLA_HDRLEN
    writeAttribute(writer, table.fields[name] as Field<unknown>, zero)
  }
  return { bytes: writer.bytes.slice(0, writer.length), at: at as AttributeBlock<keyof Z & string>['at'] }
}
