import { writeAttribute } from '../../netlink/wire/attributes.ts'
import { writeU64 } from '../../netlink/wire/codecs.ts'
import { EXTENDED_ACK } from '../../netlink/wire/refusal.ts'
import { LITTLE_ENDIAN, type WireWriter } from '../../netlink/wire/wire.ts'
import type { AttributePolicy, Violation } from './policy.ts'

/** The texts that the kernel reports about requests of IPVS. */
export const LEFTOVER = 'bytes leftover after parsing attributes'
const FAILED_POLICY = 'Attribute failed policy validation'

/** The explanation that the kernel adds to an acknowledgement (struct netlink_ext_ack). */
export class ExtendedAck {
  message: string | undefined
  /** Offset of the violating attribute from the start of the request. */
  #offset: number | undefined
  #rule: AttributePolicy | undefined

  /** Sets the attribute that violates its policy; `start` is the offset of the request. */
  setViolation({ at, rule }: Violation, start: number): void {
    this.message = FAILED_POLICY
    this.#offset = at - start
    this.#rule = rule
  }

  /** Writes the attributes; attributes about an error are written only if the request failed (netlink_ack_tlv_fill). */
  write(writer: WireWriter, failed: boolean, aligns: boolean): void {
    const { fields } = EXTENDED_ACK
    if (this.message !== undefined) writeAttribute(writer, fields.message, this.message)
    if (!failed) return
    if (this.#offset !== undefined) writeAttribute(writer, fields.offset, this.#offset)
    if (this.#rule !== undefined) writeRule(writer, this.#rule, aligns)
  }

  get isEmpty(): boolean {
    return this.message === undefined
  }
}

/** NL_POLICY_TYPE_ATTR_* and NL_ATTR_TYPE_* of <linux/netlink.h>. */
const TYPE = 1
const MINIMUM = 4
const MAXIMUM = 5
const MAXIMUM_LENGTH = 7
const PAD = 11
const NLA_F_NESTED = 0x8000
const INTEGER_TYPES: Readonly<Record<number, number>> = { 1: 2, 2: 3, 4: 4 }
const OTHER_TYPES = { bytes: 10, text: 12, nest: 13 } as const

/** Describes a policy, as netlink_policy_dump_write_attr does. */
function writeRule(writer: WireWriter, { kind, size }: AttributePolicy, aligns: boolean): void {
  // The kernel does not report a policy without a type.
  if (kind === 'at-least') return
  const nest = writer.beginNest(EXTENDED_ACK.fields.policy.type | NLA_F_NESTED)
  if (kind === 'integer') {
    writeLimit(writer, MINIMUM, 0, aligns)
    writeLimit(writer, MAXIMUM, 2 ** (8 * size) - 1, aligns)
    writeNumber(writer, TYPE, INTEGER_TYPES[size] ?? 0)
  } else {
    if (kind !== 'nest') writeNumber(writer, MAXIMUM_LENGTH, size)
    writeNumber(writer, TYPE, OTHER_TYPES[kind])
  }
  writer.endNest(nest)
}

function writeLimit(writer: WireWriter, type: number, value: number, aligns: boolean): void {
  if (aligns && writer.length % 8 === 0) writer.payload(PAD, 0)
  const at = writer.payload(type, 8)
  writeU64(writer.view, at, value)
}

function writeNumber(writer: WireWriter, type: number, value: number): void {
  const at = writer.payload(type, 4)
  writer.view.setUint32(at, value, LITTLE_ENDIAN)
}
