import { expect, it } from 'vitest'
import { writeAttribute } from '../../../../src/netlink/wire/attributes.ts'
import { describeMessage } from '../../../../src/netlink/wire/describe.ts'
import { writeStructure } from '../../../../src/netlink/wire/structure.ts'
import { NLM_F_DUMP } from '../../../../src/netlink/wire/uapi.ts'
import type { WireWriter } from '../../../../src/netlink/wire/wire.ts'
import { eachMessage } from '../../../../src/netlink/wire/wire.ts'
import {
  ADDRESS,
  ADDRESS_HEADER,
  LINK_HEADER,
  NEIGHBOUR_HEADER,
  ROUTE_HEADER,
} from '../../../../src/route/protocol/attributes.ts'
import { describeRoutePayload } from '../../../../src/route/protocol/describe.ts'
import { RTM } from '../../../../src/route/protocol/uapi.ts'
import { encode } from '../../../support/netlink/answers.ts'

function lineOf(type: number, flags: number, body: (writer: WireWriter) => void): string {
  const message = encode(type, flags, 7, body)
  let line = ''
  const view = new DataView(message.buffer)
  eachMessage(view, message.length, (header) => {
    line = describeMessage(view, header, describeRoutePayload)
  })
  return line
}

it('describes an rtnetlink message by its type, header and attributes', () => {
  const line = lineOf(RTM.NEWADDR, 0, (writer) => {
    writeStructure(writer, ADDRESS_HEADER, { family: 2, prefixLength: 32, index: 1 })
    writeAttribute(writer, ADDRESS.fields.local, '192.0.2.10')
    writeAttribute(writer, ADDRESS.fields.label, 'lo:0')
  })
  expect(line).toBe(
    '#7 NEWADDR [family: 2, prefixLength: 32, index: 1] { local: "192.0.2.10", label: "lo:0" }',
  )
})

it.each([
  ['GETLINK', RTM.GETLINK, LINK_HEADER],
  ['GETADDR', RTM.GETADDR, ADDRESS_HEADER],
  ['GETROUTE', RTM.GETROUTE, ROUTE_HEADER],
  ['GETNEIGH', RTM.GETNEIGH, NEIGHBOUR_HEADER],
] as const)('says that %s is a dump', (name, type, header) => {
  expect(lineOf(type, NLM_F_DUMP, (writer) => writeStructure<string>(writer, header, {}))).toBe(
    `#7 ${name} dump [] {}`,
  )
})

it('describes messages of other types, and truncated ones', () => {
  expect(lineOf(19, 0, () => {})).toBe('#7 type 19, 0 bytes')
  expect(lineOf(99, 0, () => {})).toBe('#7 type 99, 0 bytes')
  expect(lineOf(RTM.NEWLINK, 0, (writer) => void writer.reserve(12))).toBe('#7 type 16, 12 bytes')
})
