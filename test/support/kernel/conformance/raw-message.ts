/** Messages encoded byte by byte, so that they can be invalid in any way. */

import { writeAddress } from '../../../../src/netlink/wire/address.ts'
import { GENL_HDRLEN, NLA_HDRLEN, NLMSG_HDRLEN } from '../../../../src/netlink/wire/uapi.ts'
import { align4 } from '../../../../src/netlink/wire/wire.ts'

export interface Attribute {
  type: number
  payload: number[] | Attribute[]
  /** The length in its header, if it differs from the real one. */
  length?: number
}

export interface Message {
  type: number
  flags: number
  command: number
  attributes: Attribute[]
  /** Bytes after the attributes. */
  trailing?: number[]
  /** The bytes after the command in the generic netlink header: the version and two reserved bytes. */
  generic?: number[]
  /** Length to which the bytes after the message's header are cut. */
  cut?: number
}

export function encodeMessage(message: Message, sequence: number): Uint8Array {
  const { type, flags, command, attributes, trailing = [], generic = [1], cut } = message
  const header = [...generic, 0, 0, 0].slice(0, GENL_HDRLEN - 1)
  const whole = [command, ...header, ...attributes.flatMap(encodeAttribute), ...trailing]
  const body = cut === undefined ? whole : whole.slice(0, cut)
  const bytes = new Uint8Array(align4(NLMSG_HDRLEN + body.length))
  const view = new DataView(bytes.buffer)
  view.setUint32(0, NLMSG_HDRLEN + body.length, true)
  view.setUint16(4, type, true)
  view.setUint16(6, flags, true)
  view.setUint32(8, sequence, true)
  bytes.set(body, NLMSG_HDRLEN)
  return bytes
}

function encodeAttribute({ type, payload, length }: Attribute): number[] {
  const body = payload.flatMap((part) => (typeof part === 'number' ? [part] : encodeAttribute(part)))
  const told = length ?? NLA_HDRLEN + body.length
  const padding = new Array<number>(align4(body.length) - body.length).fill(0)
  return [told & 255, told >>> 8, type & 255, type >>> 8, ...body, ...padding]
}

export function u16(type: number, value: number): Attribute {
  return { type, payload: [value & 255, value >>> 8] }
}

export function u16be(type: number, value: number): Attribute {
  return { type, payload: [value >>> 8, value & 255] }
}

export function u32(type: number, value: number): Attribute {
  return { type, payload: bytesOf32(value) }
}

export function text(type: number, value: string): Attribute {
  return { type, payload: [...Buffer.from(`${value}\0`)] }
}

export function bytesOf32(value: number): number[] {
  return [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24]
}

export function addressBytes4(address: string): number[] {
  return address.split('.').map(Number)
}

export function addressBytes6(address: string): number[] {
  const view = new DataView(new ArrayBuffer(16))
  writeAddress(view, 0, address, 'ipv6')
  return [...new Uint8Array(view.buffer)]
}
