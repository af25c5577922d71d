import type { AttributeTable } from '../../netlink/wire/attributes.ts'
import {
  describeAttributes,
  describeDump,
  describeUnknown,
  type PayloadDescriber,
} from '../../netlink/wire/describe.ts'
import { readStructure, type Structure } from '../../netlink/wire/structure.ts'
import {
  ADDRESS,
  ADDRESS_HEADER,
  LINK,
  LINK_HEADER,
  NEIGHBOUR,
  NEIGHBOUR_HEADER,
  ROUTE,
  ROUTE_HEADER,
} from './attributes.ts'
import { RTM } from './uapi.ts'

const MESSAGE_GROUPS: readonly { readonly header: Structure; readonly table: AttributeTable }[] = [
  { header: LINK_HEADER, table: LINK },
  { header: ADDRESS_HEADER, table: ADDRESS },
  { header: ROUTE_HEADER, table: ROUTE },
  { header: NEIGHBOUR_HEADER, table: NEIGHBOUR },
]

/** Describes an rtnetlink message: its type, flags, header and attributes. */
export const describeRoutePayload: PayloadDescriber = (view, message) => {
  const { start, end, type, flags } = message
  const name = Object.entries(RTM).find(([, number]) => number === type)?.[0]
  const subject = MESSAGE_GROUPS[(type - RTM.NEWLINK) >> 2]
  if (name === undefined || subject === undefined || end - start < subject.header.size) {
    return describeUnknown(message)
  }
  const { header, table } = subject
  const members = Object.entries(readStructure(view, start, end, header))
    .filter(([, value]) => value !== 0)
    .map(([member, value]) => `${member}: ${value}`)
  const attributes = describeAttributes(view, start + header.size, end, table)
  return `${name}${describeDump(flags)} [${members.join(', ')}] ${attributes}`
}
