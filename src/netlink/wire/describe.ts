import { AttributeSet, type AttributeTable, type Fields, type NestCodec } from './attributes.ts'
import { readRefusal } from './refusal.ts'
import {
  GENL_HDRLEN,
  GENL_ID_CTRL,
  NLM_F_DUMP,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_MIN_TYPE,
  NLMSG_NOOP,
} from './uapi.ts'
import type { MessageHeader } from './wire.ts'

/** The commands and attributes of a family, for printing its messages. */
export interface FamilyDescription {
  readonly commands: Readonly<Record<string, number>>
  /** The attributes at the top level of a message with this command. */
  tableOf(command: number): AttributeTable
}

/** Prints the payload of a message that is not a control message. */
export type PayloadDescriber = (view: DataView, message: MessageHeader) => string

/** Prints a message on one line: its sequence number, and its description by the family. */
export function describeMessage(
  view: DataView,
  message: MessageHeader,
  describePayload: PayloadDescriber,
): string {
  const { start, end, type, sequence } = message
  const head = `#${sequence}`
  if (type === NLMSG_NOOP) return `${head} NOOP`
  const size = `${end - start} bytes`
  if (type === NLMSG_ERROR && end - start < 4) return `${head} ACK of ${size}`
  if (type === NLMSG_DONE || type === NLMSG_ERROR) {
    const refusal = readRefusal(view, message)
    const name = type === NLMSG_DONE ? 'DONE' : 'ACK'
    if (refusal === undefined) return `${head} ${name}`
    return `${head} ERROR ${refusal.errno}${refusal.message === undefined ? '' : ` (${refusal.message})`}`
  }
  if (type < NLMSG_MIN_TYPE) return `${head} ${describeUnknown(message)}`
  return `${head} ${describePayload(view, message)}`
}

/** Prints messages of a generic netlink family and of the controller: command, flags, attributes. */
export function genericPayload(family: FamilyDescription): PayloadDescriber {
  return (view, message) => {
    const { start, end, type, flags } = message
    if (type === GENL_ID_CTRL) return `controller, ${end - start} bytes`
    if (end - start < GENL_HDRLEN) return describeUnknown(message)
    const command = view.getUint8(start)
    const name =
      Object.entries(family.commands).find(([, number]) => number === command)?.[0] ?? `command ${command}`
    const attributes = describeAttributes(view, start + GENL_HDRLEN, end, family.tableOf(command))
    return `${name}${describeDump(flags)} ${attributes}`
  }
}

/** Prints an unknown message. */
export function describeUnknown({ start, end, type }: MessageHeader): string {
  return `type ${type}, ${end - start} bytes`
}

/** Marks a message that requests a dump. */
export function describeDump(flags: number): string {
  return (flags & NLM_F_DUMP) === NLM_F_DUMP ? ' dump' : ''
}

/** Prints attributes: `{ name: value, nest: { ... } }`, bytes in hexadecimal. */
export function describeAttributes(
  view: DataView,
  start: number,
  end: number,
  table: AttributeTable,
): string {
  const set = new AttributeSet(table).read(view, start, end)
  const parts: string[] = []
  for (const field of table.byType) {
    if (field === undefined || !set.has(field)) continue
    const nested = (field.codec as Partial<NestCodec<Fields>>).table
    if (nested !== undefined) {
      const offset = set.offsetOf(field)
      parts.push(`${field.name}: ${describeAttributes(view, offset, offset + set.lengthOf(field), nested)}`)
    } else {
      parts.push(`${field.name}: ${formatValue(set, field)}`)
    }
  }
  if (set.leftover > 0) parts.push(`${set.leftover} bytes left over`)
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`
}

function formatValue(set: AttributeSet<Fields>, field: Fields[string]): string {
  try {
    const value = set.get(field)
    return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : JSON.stringify(value)
  } catch {
    return 'too short'
  }
}
