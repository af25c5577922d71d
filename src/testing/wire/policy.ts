import { COMMAND, DAEMON, DESTINATION, SERVICE } from '../../ipvs/protocol/attributes.ts'
import { IP_VS_IFNAME_MAXLEN, IP_VS_PENAME_MAXLEN, IP_VS_SCHEDNAME_MAXLEN } from '../../ipvs/protocol/uapi.ts'
import { CONTROLLER } from '../../netlink/generic-family.ts'
import type { AttributeTable, Fields } from '../../netlink/wire/attributes.ts'
import { NLA_HDRLEN, NLA_TYPE_MASK } from '../../netlink/wire/uapi.ts'
import { align4, LITTLE_ENDIAN } from '../../netlink/wire/wire.ts'
import type { ErrnoName } from './kernel-errno.ts'

/** The rule for the payload of an attribute (struct nla_policy). */
export interface AttributePolicy {
  readonly kind: 'integer' | 'bytes' | 'text' | 'nest' | 'at-least'
  /** Bytes: the minimum for numbers and `at-least`, the maximum for bytes and text (without the terminating NUL). */
  readonly size: number
}

/** The policies of one level of a message, by the attribute's number. */
export type Policy = readonly (AttributePolicy | undefined)[]

/** An attribute that violates its policy. */
export interface Violation {
  /** Offset of the attribute. */
  readonly at: number
  readonly rule: AttributePolicy
  readonly errno: ErrnoName
}

const INTEGER_SIZES: Readonly<Record<string, number>> = { u8: 1, u16: 2, u16be: 2, u32: 4, i32: 4 }

/** The policies of a table: those of numbers and nests follow from its codecs, the others are given by name. */
function policyOf<F extends Fields>(
  { byType }: AttributeTable<F>,
  named: { readonly [N in keyof F]?: AttributePolicy | undefined },
): Policy {
  return byType.map((field) => {
    if (field === undefined) return undefined
    if (Object.hasOwn(named, field.name)) return named[field.name]
    const size = INTEGER_SIZES[field.codec.name]
    if (size !== undefined) return { kind: 'integer', size }
    return 'table' in field.codec ? { kind: 'nest', size: NLA_HDRLEN } : undefined
  })
}

const bytes = (size: number): AttributePolicy => ({ kind: 'bytes', size })
const text = (size: number): AttributePolicy => ({ kind: 'text', size })

export const COMMAND_POLICY = policyOf(COMMAND, {})

export const SERVICE_POLICY = policyOf(SERVICE, {
  address: bytes(16),
  scheduler: text(IP_VS_SCHEDNAME_MAXLEN),
  flags: bytes(8),
  netmask: { kind: 'integer', size: 4 },
  persistenceEngine: text(IP_VS_PENAME_MAXLEN),
  // The kernel has no policy for attributes that it only sends (ip_vs_svc_policy).
  statistics64: undefined,
})

export const DESTINATION_POLICY = policyOf(DESTINATION, { address: bytes(16), statistics64: undefined })

export const DAEMON_POLICY = policyOf(DAEMON, {
  interface: text(IP_VS_IFNAME_MAXLEN),
  group: { kind: 'integer', size: 4 },
  group6: { kind: 'at-least', size: 16 },
})

/** The controller's GETFAMILY reads only these two (ctrl_policy_family). */
export const FAMILY_POLICY = policyOf(CONTROLLER, { familyName: text(15) }).slice(
  0,
  CONTROLLER.fields.familyName.type + 1,
)

/** The first attribute between `start` and `end` that violates its policy, duplicates included (__nla_validate_parse). */
export function findViolation(
  view: DataView,
  start: number,
  end: number,
  policy: Policy,
): Violation | undefined {
  for (let at = start; end - at >= NLA_HDRLEN; ) {
    const length = view.getUint16(at, LITTLE_ENDIAN)
    if (length < NLA_HDRLEN || length > end - at) return undefined
    const rule = policy[view.getUint16(at + 2, LITTLE_ENDIAN) & NLA_TYPE_MASK]
    const errno = rule && validateAttribute(view, at + NLA_HDRLEN, length - NLA_HDRLEN, rule)
    if (rule !== undefined && errno !== undefined) return { at, rule, errno }
    at += align4(length)
  }
  return undefined
}

/** Validates liberally: an attribute longer than its number is accepted (validate_nla). */
function validateAttribute(
  view: DataView,
  start: number,
  length: number,
  { kind, size }: AttributePolicy,
): ErrnoName | undefined {
  switch (kind) {
    case 'integer':
    case 'at-least':
      return length < size ? 'ERANGE' : undefined
    case 'bytes':
      return length > size ? 'ERANGE' : undefined
    case 'nest':
      return length !== 0 && length < size ? 'ERANGE' : undefined
    case 'text':
      return validateText(view, start, length, size)
  }
}

function validateText(view: DataView, start: number, length: number, maximum: number): ErrnoName | undefined {
  const searched = Math.min(length, maximum + 1)
  let terminated = false
  for (let index = 0; index < searched; index++) terminated ||= view.getUint8(start + index) === 0
  if (!terminated) return 'EINVAL'
  const significant = view.getUint8(start + length - 1) === 0 ? length - 1 : length
  return significant > maximum ? 'ERANGE' : undefined
}
