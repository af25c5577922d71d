/**
 * Just enough netlink to talk to the kernel's generic netlink controller and to rtnetlink. It is independent of `src/`, so
 * that a bug there cannot hide one in the addon.
 */

export const FLAG = { request: 0x1, multi: 0x2, ack: 0x4, dump: 0x300 } as const
export const TYPE = { noop: 1, error: 2, done: 3, controller: 16, getLink: 18, getRoute: 26 } as const

/** An id that no generic netlink family has: every command to it fails with ENOENT. */
const NO_FAMILY = 0x7fff

export interface Message {
  readonly type: number
  readonly flags: number
  readonly sequence: number
  readonly body: Uint8Array
}

export function message(
  type: number,
  flags: number,
  sequence: number,
  body: Uint8Array = Buffer.of(),
): Buffer {
  const bytes = Buffer.alloc(16 + Math.ceil(body.length / 4) * 4)
  bytes.writeUInt32LE(16 + body.length, 0)
  bytes.writeUInt16LE(type, 4)
  bytes.writeUInt16LE(flags, 6)
  bytes.writeUInt32LE(sequence, 8)
  bytes.set(body, 16)
  return bytes
}

/** CTRL_CMD_GETFAMILY of one family; answered by a reply and, with `FLAG.ack`, an ACK. */
export function lookUpFamily(name: string, sequence: number, flags: number = FLAG.ack): Buffer {
  const attribute = Buffer.alloc(4 + name.length + 1)
  attribute.writeUInt16LE(attribute.length, 0)
  attribute.writeUInt16LE(2, 2)
  attribute.write(name, 4)
  return message(
    TYPE.controller,
    FLAG.request | flags,
    sequence,
    Buffer.concat([Buffer.of(3, 1, 0, 0), attribute]),
  )
}

/** CTRL_CMD_GETFAMILY of all families. */
export function dumpFamilies(sequence: number): Buffer {
  return message(TYPE.controller, FLAG.request | FLAG.dump, sequence, Buffer.of(3, 1, 0, 0))
}

/** A command that succeeds without a reply, silently unless `FLAG.ack` is set. */
export function succeed(sequence: number, flags = 0): Buffer {
  return message(TYPE.noop, FLAG.request | flags, sequence)
}

/** A command that the kernel refuses with ENOENT, with or without `FLAG.ack`. */
export function fail(sequence: number, flags = 0): Buffer {
  return message(NO_FAMILY, FLAG.request | flags, sequence, Buffer.of(1, 1, 0, 0))
}

/** A dump of the IPv4 routes of the socket's namespace. */
export function dumpRoutes(sequence: number): Buffer {
  const family = Buffer.alloc(12)
  family[0] = 2
  return message(TYPE.getRoute, FLAG.request | FLAG.dump, sequence, family)
}

/** A dump of links, or one link by its index. */
export function getLinks(sequence: number, index = 0): Buffer {
  const info = Buffer.alloc(16)
  info.writeInt32LE(index, 4)
  return message(TYPE.getLink, FLAG.request | (index === 0 ? FLAG.dump : FLAG.ack), sequence, info)
}

/** Splits a reply buffer into messages, each at the next multiple of four. */
export function parse(bytes: Uint8Array): Message[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const messages: Message[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = view.getUint32(at, true)
    if (length < 16 || at + length > bytes.length) throw new RangeError(`message of ${length} bytes at ${at}`)
    messages.push({
      type: view.getUint16(at + 4, true),
      flags: view.getUint16(at + 6, true),
      sequence: view.getUint32(at + 8, true),
      body: bytes.subarray(at + 16, at + length),
    })
    at += Math.ceil(length / 4) * 4
  }
  return messages
}

/** The status of an NLMSG_ERROR or NLMSG_DONE: 0, or a negative error number. */
export function statusOf(answer: Message): number {
  return new DataView(answer.body.buffer, answer.body.byteOffset).getInt32(0, true)
}

/** The text of the first string attribute of a type, behind a fixed header of `headerLength` bytes. */
export function stringAttribute(answer: Message, headerLength: number, type: number): string | undefined {
  const body = Buffer.from(answer.body)
  for (let at = headerLength; at + 4 <= body.length; at += Math.ceil(body.readUInt16LE(at) / 4) * 4) {
    if (body.readUInt16LE(at + 2) === type)
      return body.toString('latin1', at + 4, at + body.readUInt16LE(at) - 1)
  }
  return undefined
}
