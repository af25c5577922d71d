import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NetlinkError } from '../../../../src/errors.ts'
import { readDaemon } from '../../../../src/ipvs/model/daemon.ts'
import { readDestination } from '../../../../src/ipvs/model/destination-message.ts'
import { readService } from '../../../../src/ipvs/model/service.ts'
import { readInfo, readTimeouts } from '../../../../src/ipvs/model/settings.ts'
import { COMMAND, DAEMON, DESTINATION, INFO, SERVICE } from '../../../../src/ipvs/protocol/attributes.ts'
import { IPVS_CMD } from '../../../../src/ipvs/protocol/uapi.ts'
import {
  AttributeSet,
  type AttributeTable,
  type Fields,
  writeAttribute,
} from '../../../../src/netlink/wire/attributes.ts'
import { describeMessage, genericPayload } from '../../../../src/netlink/wire/describe.ts'
import { EXTENDED_ACK, readRefusal } from '../../../../src/netlink/wire/refusal.ts'
import { NLM_F_ACK_TLVS, NLMSG_ERROR } from '../../../../src/netlink/wire/uapi.ts'
import { eachMessage, LITTLE_ENDIAN, type MessageHeader } from '../../../../src/netlink/wire/wire.ts'
import { daemonReply, destinationReply, serviceReply } from '../../../support/ipvs/fake-kernel.ts'
import * as golden from '../../../support/ipvs/recorded-messages.ts'
import { acknowledgement, encode } from '../../../support/netlink/answers.ts'

const FAMILY = genericPayload({
  commands: IPVS_CMD,
  tableOf: (command: number) => (command === IPVS_CMD.SET_INFO ? INFO : COMMAND),
})
const { fields } = COMMAND

/** The number of reads that returned a value, and of those that threw the one allowed kind of error. */
let decoded = 0
let refused = 0

/** Runs a reader; any error except a typed one fails the test. */
function attempt<T>(read: () => T): T | undefined {
  try {
    const value = read()
    decoded++
    return value
  } catch (error) {
    if (!(error instanceof NetlinkError) || error.code !== 'ERR_LVS_MALFORMED') throw error
    refused++
    return undefined
  }
}

const known = <F extends Fields>(table: AttributeTable<F>) => new AttributeSet(table)
const command = known(COMMAND)
const sets = {
  service: known(SERVICE),
  destination: known(DESTINATION),
  daemon: known(DAEMON),
  info: known(INFO),
}

/** Fails the test unless the address that was read is valid. */
function checked(address: string | undefined): string | undefined {
  if (address !== undefined && isIP(address) === 0) throw new Error(`${address} is no address`)
  return address
}

/** Reads one message as every kind of message. Returns its kind. */
function readAsAnything(view: DataView, message: MessageHeader): string[] {
  const { start, end } = message
  const begin = start + 4
  attempt(() => expect(describeMessage(view, message, FAMILY)).toMatch(/^#\d+ /))
  const found: Record<string, unknown> = {
    refusal: attempt(() => readRefusal(view, message)),
    info: attempt(() => readInfo(sets.info.readStrictly(view, begin, end))),
  }
  if (attempt(() => command.readStrictly(view, begin, end)) !== undefined) {
    found['timeouts'] = attempt(() => readTimeouts(command).tcp || undefined)
    const service = attempt(() => command.nest(fields.service, sets.service))
    const destination = attempt(() => command.nest(fields.destination, sets.destination))
    const daemon = attempt(() => command.nest(fields.daemon, sets.daemon))
    if (service !== undefined) {
      const read = attempt(() => readService(service))
      found['service'] = read && (read.fwmark ?? checked(read.address))
    }
    for (const family of ['ipv4', 'ipv6'] as const) {
      if (destination === undefined) continue
      found[`destination of ${family}`] = checked(
        attempt(() => readDestination(destination, family))?.address,
      )
    }
    if (daemon !== undefined) found['daemon'] = checked(attempt(() => readDaemon(daemon))?.group)
  }
  return Object.keys(found).filter((kind) => found[kind] !== undefined)
}

/** Reads bytes as replies of a kernel. The view ends with them, so that a read beyond the end throws. */
function feed(bytes: Uint8Array): string[] {
  const buffer = new Uint8Array(bytes.length + 8)
  buffer.set(bytes, 8)
  const view = new DataView(buffer.buffer, 8)
  const kinds: string[] = []
  attempt(() => eachMessage(view, bytes.length, (message) => kinds.push(...readAsAnything(view, message))))
  return kinds
}

const reply = ({ command = 0, body }: ReturnType<typeof serviceReply>) =>
  encode(30, 2, 7, (writer) => {
    writer.genericHeader(command, 1)
    body(writer)
  })

/** A refusal followed by the whole request and a text. */
const extendedRefusal = encode(NLMSG_ERROR, NLM_F_ACK_TLVS, 7, (writer) => {
  const status = writer.reserve(4)
  writer.view.setInt32(status, -34, LITTLE_ENDIAN)
  const echoed = writer.beginMessage(30, 5, 7)
  writer.genericHeader(IPVS_CMD.SET_CONFIG, 1)
  writeAttribute(writer, fields.tcpTimeout, 900)
  writer.endMessage(echoed)
  writeAttribute(writer, EXTENDED_ACK.fields.message, 'Attribute failed policy validation')
})

/** Valid replies of every kind; a buffer may contain any number of them. */
const VALID = [
  golden.SERVICE,
  golden.DESTINATION,
  golden.DONE,
  golden.INFO,
  golden.INFO_ACK,
  golden.TIMEOUTS,
  golden.DUPLICATE,
  golden.DELETE_REFUSED,
]
  .map(golden.bytesOf)
  .concat(
    acknowledgement(7, 34, 'Attribute failed policy validation'),
    extendedRefusal,
    reply(serviceReply({ fwmark: 7, family: 'ipv6', persistence: {}, persistenceEngine: 'sip' })),
    reply(destinationReply({ address: '2001:db8::1', port: 80, forwarding: 'tun' })),
    reply(daemonReply(1)),
  )

const answer = fc.integer({ min: 0, max: VALID.length - 1 }).map((index) => VALID[index]!)
const buffer = fc.oneof(
  { weight: 3, arbitrary: answer },
  { weight: 1, arbitrary: fc.array(answer, { minLength: 2, maxLength: 4 }).map((all) => Buffer.concat(all)) },
)
const BITS = VALID.reduce((sum, { length }) => sum + length * 8, 0)
/** Typical values of invalid lengths. */
const lie = fc.oneof(
  fc.constantFrom(0, 1, 3, 4, 5, 15, 16, 17, 19, 20, 0x7fff, 0x8000, 0xfffc, 0xffff),
  fc.nat(0xffff),
)
const place = fc.nat(0xffff)

/** Runs a property and returns nothing. */
function check<T>(cases: number, arbitrary: fc.Arbitrary<T>, body: (value: T) => void): void {
  fc.assert(fc.property(arbitrary, body), { numRuns: cases })
}

describe('an invalid reply becomes a value or ERR_LVS_MALFORMED, and nothing else:', () => {
  it('all valid replies are read', () => {
    const kinds = VALID.flatMap(feed)
    for (const kind of [
      'refusal',
      'info',
      'timeouts',
      'service',
      'destination of ipv4',
      'destination of ipv6',
      'daemon',
    ])
      expect(kinds).toContain(kind)
    expect(kinds.filter((kind) => kind === 'service')).toHaveLength(2)
  })

  it(`one bit flipped, every bit of every reply (${BITS.toLocaleString('en')} cases)`, () => {
    decoded = refused = 0
    for (const bytes of VALID) {
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const copy = bytes.slice()
        copy[bit >> 3]! ^= 1 << (bit & 7)
        feed(copy)
      }
    }
    expect(Math.min(decoded, refused)).toBeGreaterThan(1000)
  }, 60_000)

  it(`truncated, at every byte of every reply (${(BITS / 8).toLocaleString('en')} cases)`, () => {
    decoded = refused = 0
    for (const bytes of VALID)
      for (let length = 0; length < bytes.length; length++) feed(bytes.subarray(0, length))
    expect(refused).toBeGreaterThan(BITS / 8 / 2)
  })

  it('truncated, followed by the rest of another (10,000 cases)', () => {
    check(10_000, fc.tuple(buffer, place, buffer, place), ([first, to, second, from]) => {
      feed(Buffer.concat([first.subarray(0, to % first.length), second.subarray(from % second.length)]))
    })
  }, 60_000)

  it('invalid lengths and numbers, up to four at once (40,000 cases)', () => {
    const lies = fc.array(fc.tuple(place, lie), { minLength: 1, maxLength: 4 })
    check(40_000, fc.tuple(buffer, lies), ([bytes, changes]) => {
      const copy = Uint8Array.from(bytes)
      const view = new DataView(copy.buffer)
      for (const [at, value] of changes) view.setUint16((at % (copy.length >> 1)) * 2, value, LITTLE_ENDIAN)
      feed(copy)
    })
  }, 60_000)

  it('random bytes at random offsets, up to eight at once (20,000 cases)', () => {
    check(
      20_000,
      fc.tuple(buffer, fc.array(fc.tuple(place, fc.nat(255)), { maxLength: 8 })),
      ([bytes, changes]) => {
        const copy = Uint8Array.from(bytes)
        for (const [at, value] of changes) copy[at % copy.length] = value
        feed(copy)
      },
    )
  }, 60_000)

  it('random attributes after a valid header (15,000 cases)', () => {
    check(
      15_000,
      fc.tuple(fc.constantFrom(2, 3, 30), fc.nat(0x3ff), fc.uint8Array({ maxLength: 60 })),
      ([type, flags, body]) => {
        const message = encode(type, flags, 7, (writer) => writer.reserve(body.length))
        message.set(body, 16)
        feed(message)
      },
    )
  }, 60_000)

  it('random bytes (5,000 cases)', () => {
    check(5000, fc.uint8Array({ maxLength: 200 }), (bytes) => void feed(bytes))
  }, 60_000)
})
