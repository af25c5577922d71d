import { LITTLE_ENDIAN, malformed, type WireWriter } from './wire.ts'

/** Reads and writes members of structures, in the byte order of the host. */
const KINDS = {
  u8: {
    read: (view: DataView, at: number) => view.getUint8(at),
    write: (view: DataView, at: number, value: number) => view.setUint8(at, value),
  },
  u16: {
    read: (view: DataView, at: number) => view.getUint16(at, LITTLE_ENDIAN),
    write: (view: DataView, at: number, value: number) => view.setUint16(at, value, LITTLE_ENDIAN),
  },
  u32: {
    read: (view: DataView, at: number) => view.getUint32(at, LITTLE_ENDIAN),
    write: (view: DataView, at: number, value: number) => view.setUint32(at, value, LITTLE_ENDIAN),
  },
  i32: {
    read: (view: DataView, at: number) => view.getInt32(at, LITTLE_ENDIAN),
    write: (view: DataView, at: number, value: number) => view.setInt32(at, value, LITTLE_ENDIAN),
  },
} as const

/** The offset and the kind of a member of a structure. */
type Member = readonly [offset: number, kind: keyof typeof KINDS]

/**
 * A structure of fixed size between the header of a message and its attributes, as in rtnetlink. (In generic netlink that
 * structure is always the same.)
 */
export interface Structure<K extends string = string> {
  /** The kernel's name. */
  readonly name: string
  /** Size in bytes, a multiple of four; the attributes follow. */
  readonly size: number
  readonly members: Readonly<Record<K, Member>>
}

/** Declares a structure: the offset and the kind of each member. */
export function structure<const M extends Readonly<Record<string, Member>>>(
  name: string,
  size: number,
  members: M,
): Structure<keyof M & string> {
  return { name, size, members }
}

/** Reads the members of the structure at `start`. Throws if there are too few bytes. */
export function readStructure<K extends string>(
  view: DataView,
  start: number,
  end: number,
  { name, size, members }: Structure<K>,
): Record<K, number> {
  if (end - start < size) throw malformed(`${name} has ${end - start} bytes`)
  const values: Record<string, number> = {}
  for (const [key, [offset, kind]] of Object.entries<Member>(members)) {
    values[key] = KINDS[kind].read(view, start + offset)
  }
  return values
}

/** Writes a structure; omitted members are zero. */
export function writeStructure<K extends string>(
  writer: WireWriter,
  { size, members }: Structure<K>,
  values: { readonly [P in K]?: number | undefined },
): void {
  const start = writer.reserve(size)
  writer.bytes.fill(0, start, start + size)
  for (const key in values) {
    const [offset, kind] = members[key]
    KINDS[kind].write(writer.view, start + offset, values[key] ?? 0)
  }
}
