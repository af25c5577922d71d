import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NetlinkError } from '../../../src/errors.ts'
import { COMMAND, DAEMON, DESTINATION, INFO, SERVICE } from '../../../src/ipvs/attributes.ts'
import { parseConnectionEntry } from '../../../src/ipvs/connection-entry.ts'
import { readDaemon } from '../../../src/ipvs/daemon.ts'
import { readDestination } from '../../../src/ipvs/destination.ts'
import { readService } from '../../../src/ipvs/service.ts'
import { readInfo, readTimeouts } from '../../../src/ipvs/settings.ts'
import { parseTotals } from '../../../src/ipvs/totals.ts'
import { IPVS_CMD } from '../../../src/ipvs/uapi.ts'
import { AttributeSet, type AttributeTable, type Fields } from '../../../src/netlink/attributes.ts'
import { describeMessage } from '../../../src/netlink/describe.ts'
import { eachMessage, type MessageHeader, readRefusal } from '../../../src/netlink/messages.ts'
import { acknowledgement, encode } from '../netlink/fake-transport.ts'
import { daemonReply, destinationReply, serviceReply } from './fake-kernel.ts'
import * as golden from './golden.ts'

const FAMILY = {
  commands: IPVS_CMD,
  tableOf: (command: number) => (command === IPVS_CMD.SET_INFO ? INFO : COMMAND),
}
const { fields } = COMMAND

/** What any number of bytes came to: values, and errors of the one kind that is allowed. */
let decoded = 0
let refused = 0

/** Runs a reader; anything it throws but a typed error fails the test. */
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

/** Reads one message as everything that it might be. */
function readAsAnything(view: DataView, message: MessageHeader): void {
  const { start, end } = message
  const begin = start + 4
  attempt(() => expect(describeMessage(view, message, FAMILY)).toMatch(/^#\d+ /))
  attempt(() => readRefusal(view, message))
  attempt(() => readInfo(sets.info.readStrictly(view, begin, end)))
  if (attempt(() => command.readStrictly(view, begin, end)) === undefined) return
  attempt(() => readTimeouts(command))
  const service = attempt(() => command.nest(fields.service, sets.service))
  const destination = attempt(() => command.nest(fields.destination, sets.destination))
  const daemon = attempt(() => command.nest(fields.daemon, sets.daemon))
  if (service !== undefined) {
    const { address } = attempt(() => readService(service)) ?? {}
    if (address !== undefined && isIP(address) === 0) throw new Error(`service address ${address}`)
  }
  for (const family of ['ipv4', 'ipv6'] as const) {
    const { address } = (destination && attempt(() => readDestination(destination, family))) ?? {}
    if (address !== undefined && isIP(address) === 0) throw new Error(`destination address ${address}`)
  }
  if (daemon !== undefined) {
    const { group } = attempt(() => readDaemon(daemon)) ?? {}
    if (group !== undefined && isIP(group) === 0) throw new Error(`group ${group}`)
  }
}

/** Reads bytes as the answers of a kernel. The view ends where they do, so that reading beyond them would throw. */
function feed(bytes: Uint8Array): void {
  const buffer = new Uint8Array(bytes.length + 8)
  buffer.set(bytes, 8)
  const view = new DataView(buffer.buffer, 8)
  attempt(() => eachMessage(view, bytes.length, (message) => readAsAnything(view, message)))
}

const reply = ({ command, body }: ReturnType<typeof serviceReply>) =>
  encode(30, 2, 7, (writer) => {
    writer.genericHeader(command, 1)
    body(writer)
  })

/** Valid answers of every kind; any number of them may stand in one buffer. */
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
    reply(serviceReply({ fwmark: 7, family: 'ipv6', persistence: {}, persistenceEngine: 'sip' })),
    reply(destinationReply({ address: '2001:db8::1', port: 80, forwarding: 'tun' })),
    reply(daemonReply(1)),
  )

const answer = fc.integer({ min: 0, max: VALID.length - 1 }).map((index) => VALID[index]!)
const buffer = fc.oneof(
  { weight: 3, arbitrary: answer },
  { weight: 1, arbitrary: fc.array(answer, { minLength: 2, maxLength: 4 }).map((all) => Buffer.concat(all)) },
)
/** Numbers that lengths like to lie with. */
const lie = fc.oneof(
  fc.constantFrom(0, 1, 3, 4, 5, 15, 16, 17, 19, 20, 0x7fff, 0x8000, 0xfffc, 0xffff),
  fc.nat(0xffff),
)
const place = fc.nat(0xffff)

/** Runs a property and gives nothing back. */
function check<T>(cases: number, arbitrary: fc.Arbitrary<T>, body: (value: T) => void): void {
  fc.assert(fc.property(arbitrary, body), { numRuns: cases })
}

describe('bytes that are no valid answer become a value or ERR_LVS_MALFORMED, and nothing else:', () => {
  it('valid ones, to begin with, are all read', () => {
    refused = 0
    for (const bytes of VALID) eachMessage(new DataView(bytes.buffer), bytes.length, () => decoded++)
    expect([refused, decoded]).toEqual([0, VALID.length + 1 - 1])
  })

  it('one bit flipped anywhere in any of them (every bit, some 14,000 cases)', () => {
    for (const bytes of VALID) {
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const copy = bytes.slice()
        copy[bit >> 3]! ^= 1 << (bit & 7)
        feed(copy)
      }
    }
    expect(decoded).toBeGreaterThan(10_000)
    expect(refused).toBeGreaterThan(1000)
  }, 60_000)

  it('cut anywhere (every length, some 1,700 cases)', () => {
    for (const bytes of VALID)
      for (let length = 0; length < bytes.length; length++) feed(bytes.subarray(0, length))
  })

  it('cut, with the rest of another behind (10,000 cases)', () => {
    check(10_000, fc.tuple(buffer, place, buffer, place), ([first, to, second, from]) => {
      feed(Buffer.concat([first.subarray(0, to % first.length), second.subarray(from % second.length)]))
    })
  }, 60_000)

  it('lengths and numbers that lie, up to four at once (40,000 cases)', () => {
    check(
      40_000,
      fc.tuple(buffer, fc.array(fc.tuple(place, lie), { minLength: 1, maxLength: 4 })),
      ([bytes, lies]) => {
        const copy = Uint8Array.from(bytes)
        const view = new DataView(copy.buffer)
        for (const [at, value] of lies) view.setUint16(((at % (copy.length >> 1)) & ~1) * 2, value, true)
        feed(copy)
      },
    )
  }, 60_000)

  it('any bytes in any place, up to eight at once (20,000 cases)', () => {
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

  it('any attributes under a true header (15,000 cases)', () => {
    check(
      15_000,
      fc.tuple(fc.constantFrom(2, 3, 30), fc.nat(0x3ff), fc.uint8Array({ maxLength: 60 })),
      ([type, flags, body]) => {
        feed(encode(type, flags, 7, (writer) => writer.bytes.set(body, writer.reserve(body.length))))
      },
    )
  }, 60_000)

  it('any bytes at all (5,000 cases)', () => {
    check(5000, fc.uint8Array({ maxLength: 200 }), feed)
  }, 60_000)
})

describe('text that is no table of /proc:', () => {
  const LINE = 'UDP C6336463 13C4 C0000201 13C4 C633640A 13C4 UDP             299 sip abc@198.51.100.99'
  const STATS = '  2A 1F4 190 1E240 C350\n\n Conns/s Pkts/s\n 1 A 8 4D2 3E8\n'
  /** A text with a few characters replaced, and cut. */
  const changed = (text: string) =>
    fc
      .tuple(
        fc.array(fc.tuple(fc.nat(text.length - 1), fc.string({ maxLength: 3 })), { maxLength: 4 }),
        fc.nat(text.length),
      )
      .map(([changes, length]) => {
        const characters = [...text]
        for (const [at, replacement] of changes) characters[at] = replacement
        return characters.join('').slice(0, Math.max(length, text.length >> 1))
      })

  it('a line is an entry or none (10,000 cases)', () => {
    check(10_000, fc.oneof(changed(LINE), changed(LINE), fc.string({ maxLength: 90 })), (line) => {
      const entry = parseConnectionEntry(line)
      if (entry === undefined) return
      const { client, virtual, destination, expires } = entry
      for (const { address, port } of [client, virtual, destination]) {
        if (isIP(address) === 0 || !(port >= 0 && port <= 65535)) throw new Error(line)
      }
      if (!Number.isFinite(expires)) throw new Error(line)
    })
  }, 60_000)

  it('totals are ten numbers or malformed (5,000 cases)', () => {
    check(5000, fc.oneof(changed(STATS), changed(STATS), fc.string({ maxLength: 90 })), (text) => {
      const totals = attempt(() => parseTotals(text))
      if (totals === undefined) return
      if (!Object.values(totals).every((total) => Number.isFinite(total))) throw new Error(text)
    })
  }, 60_000)
})
