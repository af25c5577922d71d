import { isIP } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { NetlinkError } from '../../../../src/errors.ts'
import type { ServiceOverview } from '../../../../src/ipvs/proc/overview.ts'
import { readOverview } from '../../../../src/ipvs/proc/overview-text.ts'
import type { Transport } from '../../../../src/netlink/transport/transport.ts'
import { type Family, formatIPv4, writeAddress } from '../../../../src/netlink/wire/address.ts'
import { LITTLE_ENDIAN } from '../../../../src/netlink/wire/wire.ts'
import { address, family, integer, name, port, serviceKey } from '../../../support/ipvs/arbitraries.ts'
import { HEADINGS, LINUX_6_1, LINUX_7_2 } from '../../../support/ipvs/overview-tables.ts'

/** The services that are read from these chunks, and whether the rest is malformed. */
async function read(
  pieces: readonly Uint8Array[],
): Promise<{ services: ServiceOverview[]; malformed: boolean }> {
  const transport: Transport = {
    open: () => Promise.reject(new Error('not asked for')),
    async *readFile() {
      yield* pieces
    },
  }
  const services: ServiceOverview[] = []
  try {
    for await (const service of readOverview(transport, undefined)) services.push(service)
    return { services, malformed: false }
  } catch (error) {
    if (!(error instanceof NetlinkError) || error.code !== 'ERR_LVS_MALFORMED') throw error
    return { services, malformed: true }
  }
}

const asBytes = (text: string) => Buffer.from(text, 'latin1')

/** Where to split: at some offsets, or into chunks of one size. */
const cuts = fc.oneof(fc.array(fc.nat(), { maxLength: 8 }), fc.integer({ min: 1, max: 99 }))

function cut(bytes: Uint8Array, how: readonly number[] | number): Uint8Array[] {
  const places =
    typeof how === 'number'
      ? Array.from({ length: bytes.length / how }, (_, index) => (index + 1) * how)
      : how.map((place) => place % (bytes.length + 1)).sort((one, other) => one - other)
  return [...places, bytes.length].map((end, index) => bytes.subarray(places[index - 1] ?? 0, end))
}

function check<T>(
  runs: number,
  arbitrary: fc.Arbitrary<T>,
  body: (value: T) => Promise<void>,
): Promise<void> {
  return fc.assert(fc.asyncProperty(arbitrary, body), { numRuns: runs })
}

function same(one: unknown, other: unknown): void {
  if (!isDeepStrictEqual(one, other)) throw new Error(`${inspect(one)} is not ${inspect(other)}`)
}

const inspect = (value: unknown) => JSON.stringify(value)

const hexadecimal = (number: number, digits: number) =>
  number.toString(16).toUpperCase().padStart(digits, '0')

/** As the kernel prints it (ip_vs_info_seq_show). */
function endpointText(text: string, number: number): string {
  const view = new DataView(new ArrayBuffer(16))
  writeAddress(view, 0, text, text.includes(':') ? 'ipv6' : 'ipv4')
  const groups = Array.from({ length: 8 }, (_, index) => hexadecimal(view.getUint16(index * 2), 4))
  const address = text.includes(':')
    ? `[${groups.join(':').toLowerCase()}]`
    : hexadecimal(view.getUint32(0), 8)
  return `${address}:${hexadecimal(number, 4)}`
}

const METHODS = { nat: 'Masq', local: 'Local', tun: 'Tunnel', dr: 'Route' } as const

const count = integer(0, 2 ** 31 - 1)

/** Destinations of a service of a family, with their lines. Destinations of the other family are behind tunnels only. */
const destinations = (of: Family) =>
  fc.array(
    fc
      .tuple(fc.constantFrom('nat', 'local', 'tun', 'tun', 'dr'), family, port, count, count, count)
      .chain(([forwarding, any, number, weight, activeConnections, inactiveConnections]) => {
        const own = forwarding === 'tun' ? any : of
        return address(own).map((text) => {
          const counts = [weight, activeConnections, inactiveConnections]
          const widths = [6, 10, 10]
          const columns = counts.map((value, index) => String(value).padEnd(widths[index]!))
          return {
            line: `  -> ${endpointText(text, number)}      ${METHODS[forwarding].padEnd(7)} ${columns.join(' ')}`,
            read: {
              address: text,
              port: number,
              family: own,
              forwarding,
              weight,
              activeConnections,
              inactiveConnections,
            },
          }
        })
      }),
    { maxLength: 4 },
  )

const settings = (of: Family) =>
  fc.record({
    scheduler: name(15),
    onePacket: fc.boolean(),
    persistence: fc.option(
      fc.tuple(integer(0, 2 ** 32 - 1), of === 'ipv4' ? integer(0, 2 ** 32 - 1) : integer(1, 128)),
    ),
    rows: destinations(of),
  })

/**
 * A mask as the kernel prints it: the IPv6 prefix length is a host-order number that it prints as if it were in network order.
 */
function maskNumber(mask: number, of: Family): number {
  const view = new DataView(new ArrayBuffer(4))
  view.setUint32(0, mask, of === 'ipv6' && LITTLE_ENDIAN)
  return view.getUint32(0)
}

const PROTOCOL_WORDS: Readonly<Record<string, string>> = {
  ...{ tcp: 'TCP', udp: 'UDP', sctp: 'SCTP' },
  ...{ 0: 'IP', 1: 'ICMP', 58: 'ICMPv6' },
}

function addressText(key: { protocol: string | number; address: string; port: number }): string {
  return `${PROTOCOL_WORDS[key.protocol] ?? `IP_${key.protocol}`}  ${endpointText(key.address, key.port)}`
}

/** A service: its lines, and the expected result of reading them. */
const service = serviceKey().chain((key) =>
  settings(key.family).map(({ scheduler, onePacket, persistence, rows }) => {
    const marked = 'fwmark' in key
    const hidden = !marked && key.family === 'ipv6'
    const mask = persistence === null ? 0 : maskNumber(persistence[1], key.family)
    const tail = persistence === null ? '' : `persistent ${persistence[0] | 0} ${hexadecimal(mask, 8)}`
    const ops = hidden ? '' : `${onePacket ? 'ops ' : ''}${marked ? '' : ' '}`
    const start = marked ? `FWM  ${hexadecimal(key.fwmark, 8)}` : addressText(key)
    const told =
      !marked ||
      rows.some(({ read }) => read.forwarding !== 'tun') ||
      (persistence !== null && !isPrefix(mask))
    const shownMask = key.family === 'ipv4' ? formatIPv4(mask) : persistence?.[1]
    return {
      lines: [`${start} ${scheduler} ${ops}${tail}`, ...rows.map(({ line }) => line)],
      read: {
        ...key,
        family: told ? key.family : null,
        scheduler,
        onePacket: hidden ? undefined : onePacket,
        persistence: persistence && { timeoutTicks: persistence[0], mask: told ? shownMask : undefined },
        destinations: rows.map(({ read }) => read),
      },
    }
  }),
)

/** Whether a printed mask could be an IPv6 mask. */
function isPrefix(mask: number): boolean {
  return Array.from({ length: 128 }, (_, index) => maskNumber(index + 1, 'ipv6')).includes(mask)
}

describe('a table of any services', () => {
  it('is read as it was printed, however it is split (1,000 cases)', async () => {
    const tables = fc.tuple(fc.array(service, { maxLength: 5 }), cuts)
    await check(1000, tables, async ([services, how]) => {
      const text = HEADINGS + services.flatMap(({ lines }) => lines.map((line) => `${line}\n`)).join('')
      const expected = { services: services.map(({ read }) => read), malformed: false }
      same(await read(cut(asBytes(text), how)), expected)
    })
  }, 60_000)
})

describe('a table of a kernel', () => {
  it.each([LINUX_6_1, LINUX_7_2])('is the same wherever it is split in two', async (text) => {
    const whole = await read([asBytes(text)])
    for (let end = 0; end <= text.length; end++) same(await read(cut(asBytes(text), [end])), whole)
  })
})

describe('bytes that are not a table', () => {
  const tables = fc.constantFrom(LINUX_6_1, LINUX_7_2)
  const piece = fc.oneof(
    fc.constantFrom(' ', '\n', '  -> ', 'FWM  ', 'ops ', 'persistent ', '-', '[', ']', ':', '4294967296'),
    fc.string({ maxLength: 3 }),
  )
  /** A table with some characters replaced and its end removed. */
  const changed = tables.chain((text) =>
    fc
      .tuple(fc.array(fc.tuple(fc.nat(text.length - 1), piece), { maxLength: 3 }), fc.nat(text.length))
      .map(([changes, length]) => {
        const characters = [...text]
        for (const [at, replacement] of changes) characters[at] = replacement
        return asBytes(characters.slice(0, Math.max(length, text.length >> 1)).join(''))
      }),
  )
  const junk = fc.uint8Array({ maxLength: 200 })
  const behindHeadings = junk.map((bytes) => Buffer.concat([asBytes(HEADINGS), bytes]))

  it('are services or malformed, and the same however they are split (4,000 cases)', async () => {
    const bytes = fc.tuple(fc.oneof(changed, changed, junk, behindHeadings), cuts)
    await check(4000, bytes, async ([table, how]) => {
      const { services, malformed } = await read([table])
      same(await read(cut(table, how)), { services, malformed })
      for (const { address, port: number, destinations: list } of services) {
        const ends = address === undefined ? list : [{ address, port: number }, ...list]
        for (const end of ends) {
          if (isIP(end.address) === 0 || !(end.port >= 0 && end.port <= 65535)) throw new Error(inspect(end))
        }
        for (const { weight, activeConnections, inactiveConnections } of list) {
          const counts = [weight, activeConnections, inactiveConnections]
          if (!counts.every((value) => (value | 0) === value)) throw new Error(inspect(counts))
        }
      }
    })
  }, 60_000)
})
