import { setImmediate } from 'node:timers/promises'
import { TimeSlice } from '../../netlink/connection/time-slice.ts'
import type { Transport } from '../../netlink/transport/transport.ts'
import { type Family, readAddress } from '../../netlink/wire/address.ts'
import { malformed } from '../../netlink/wire/wire.ts'
import { readPersistence } from '../model/persistence.ts'
import type { Scheduler } from '../model/scheduler.ts'
import type { Protocol } from '../model/service-key.ts'
import { LineReader } from './line-reader.ts'
import type { DestinationOverview, PersistenceOverview, ServiceOverview } from './overview.ts'

const OVERVIEW_PATH = '/proc/net/ip_vs'

/** The headings of the columns that this file reads. */
const HEADINGS = [
  /^IP Virtual Server version [\d.]+ \(size=\d+\)$/,
  /^Prot LocalAddress:Port Scheduler Flags$/,
  /^ {2}-> RemoteAddress:Port Forward Weight ActiveConn InActConn$/,
]

/** Bytes that are parsed between two checks of the clock: some hundred lines. */
const SLICE_BYTES = 8192

/**
 * Reads the overview, one service after another as the text arrives.
 *
 * @throws {SystemError} `ENOENT` if the kernel has not loaded IPVS.
 * @throws {NetlinkError} `ERR_LVS_MALFORMED` if the text does not have the format of the file.
 */
export async function* readOverview(
  transport: Transport,
  signal: AbortSignal | undefined,
): AsyncGenerator<ServiceOverview, void, undefined> {
  signal?.throwIfAborted()
  const parser = new OverviewParser()
  const slice = new TimeSlice()
  for await (const piece of transport.readFile(OVERVIEW_PATH)) {
    for (let at = 0; at < piece.length; at += SLICE_BYTES) {
      if (slice.isOver) {
        await setImmediate()
        slice.begin()
      }
      signal?.throwIfAborted()
      for (const service of parser.push(piece.subarray(at, at + SLICE_BYTES))) {
        yield service
        signal?.throwIfAborted()
      }
    }
  }
  const last = parser.end()
  if (last !== undefined) yield last
}

/** Parses the text of the file, in chunks that may end anywhere. */
export class OverviewParser {
  /** The beginning of an incomplete line. */
  #rest = ''
  #headings = 0
  #service: ParsedService | undefined;

  /** Parses the next chunk. Yields each complete service: a service is complete when the next one begins. */
  *push(piece: Uint8Array): Generator<ServiceOverview, void, undefined> {
    const text = this.#rest + Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString('latin1')
    const end = text.lastIndexOf('\n') + 1
    this.#rest = text.slice(end)
    for (const line = new LineReader(text, OVERVIEW_PATH); line.start < end; line.nextLine()) {
      if (this.#headings < HEADINGS.length) {
        if (!HEADINGS[this.#headings++]!.test(line.readRest())) throw line.malformed()
      } else if (line.accept('  -> ')) {
        if (this.#service === undefined) throw line.malformed()
        this.#service.destinations.push(readDestination(line))
      } else {
        const complete = this.#service
        this.#service = readService(line)
        if (complete !== undefined) yield toOverview(complete)
      }
    }
  }

  /** Returns the last service, if there is one. */
  end(): ServiceOverview | undefined {
    if (this.#rest !== '' || this.#headings < HEADINGS.length)
      throw malformed(`the end of ${OVERVIEW_PATH} is missing`)
    return this.#service && toOverview(this.#service)
  }
}

/** A service as its lines describe it. */
interface ParsedService {
  readonly key: ParsedFwmark | ParsedAddressKey
  readonly scheduler: Scheduler
  readonly onePacket: boolean
  readonly persistence: ParsedPersistence | null
  readonly destinations: DestinationOverview[]
}

interface ParsedFwmark {
  readonly fwmark: number
}

interface ParsedAddressKey {
  readonly fwmark?: undefined
  readonly protocol: Protocol | number
  readonly address: string
  readonly port: number
  readonly family: Family
}

interface ParsedPersistence {
  readonly ticks: number
  /** The mask in the form of the netlink attribute. */
  readonly netmask: Uint8Array
}

const PROTOCOL_NAMES = new Map<string, Protocol | number>([
  ['TCP', 'tcp'],
  ['UDP', 'udp'],
  ['SCTP', 'sctp'],
  ['IP', 0],
  ['ICMP', 1],
  ['ICMPv6', 58],
])

const FORWARDING_NAMES = new Map([
  ['Masq', 'nat'],
  ['Local', 'local'],
  ['Tunnel', 'tun'],
  ['Route', 'dr'],
])

function readService(line: LineReader): ParsedService {
  const word = line.readWord()
  line.skipBlanks(1)
  const key = word === 'FWM' ? { fwmark: line.readHexadecimal(8) } : readAddressKey(line, word)
  line.skipBlanks(1)
  const scheduler = line.readWord()
  line.skipBlanks(1)
  const onePacket = line.accept('ops ')
  line.skipBlanks(0)
  const persistence = line.isAtEnd ? null : readPersistenceText(line)
  return { key, scheduler, onePacket, persistence, destinations: [] }
}

function readAddressKey(line: LineReader, word: string): ParsedAddressKey {
  const protocol = PROTOCOL_NAMES.get(word) ?? Number(/^IP_(\d{1,5})$/.exec(word)?.[1])
  if (typeof protocol === 'number' && !(protocol <= 65535)) throw line.malformed()
  const { address, port, family } = readEndpoint(line)
  return { protocol, address, port, family }
}

function readPersistenceText(line: LineReader): ParsedPersistence {
  line.expect('persistent ')
  // The kernel prints the unsigned number as a signed one (ip_vs_info_seq_show).
  const ticks = line.readDecimal() >>> 0
  line.skipBlanks(1)
  const netmask = new Uint8Array(4)
  new DataView(netmask.buffer).setUint32(0, line.readHexadecimal(8))
  return { ticks, netmask }
}

function readDestination(line: LineReader): DestinationOverview {
  const { address, port, family } = readEndpoint(line)
  line.skipBlanks(1)
  const word = line.readWord()
  const forwarding = FORWARDING_NAMES.get(word) ?? word
  line.skipBlanks(1)
  const weight = line.readDecimal()
  line.skipBlanks(1)
  const activeConnections = line.readDecimal()
  line.skipBlanks(1)
  const inactiveConnections = line.readDecimal()
  return { address, port, family, forwarding, weight, activeConnections, inactiveConnections }
}

const ADDRESS = new DataView(new ArrayBuffer(16))

/** An IPv4 address has eight digits, an IPv6 address eight full groups in brackets, a port four digits. */
function readEndpoint(line: LineReader): { address: string; port: number; family: Family } {
  const family = line.accept('[') ? 'ipv6' : 'ipv4'
  if (family === 'ipv4') ADDRESS.setUint32(0, line.readHexadecimal(8))
  else readGroups(line)
  line.expect(':')
  return { address: readAddress(ADDRESS, 0, family), port: line.readHexadecimal(4), family }
}

function readGroups(line: LineReader): void {
  for (let group = 0; group < 8; group++) {
    ADDRESS.setUint16(group * 2, line.readHexadecimal(4))
    line.expect(group === 7 ? ']' : ':')
  }
}

function toOverview(lines: ParsedService): ServiceOverview {
  const { key, scheduler, onePacket, destinations } = lines
  if (key.fwmark !== undefined) {
    const family = fwmarkFamily(lines)
    const persistence = toPersistence(lines, family)
    return { fwmark: key.fwmark, family, scheduler, onePacket, persistence, destinations }
  }
  const { protocol, address, port, family } = key
  const persistence = toPersistence(lines, family)
  const shown = family === 'ipv4' || onePacket ? onePacket : undefined
  return { protocol, address, port, family, scheduler, onePacket: shown, persistence, destinations }
}

/** Forwarding methods for destinations of the service's own family only. */
const SAME_FAMILY_METHODS = new Set(['dr', 'nat', 'local'])

/**
 * Derives the family of a service with a firewall mark. Only a tunnel reaches a destination of the other family
 * (ip_vs_genl_set_cmd), so any other method implies the family. IPv6 masks range from 1 to 128 (ip_vs_add_service,
 * ip_vs_edit_service).
 */
function fwmarkFamily({ persistence, destinations }: ParsedService): Family | null {
  const direct = destinations.find(({ forwarding }) => SAME_FAMILY_METHODS.has(forwarding))
  if (direct !== undefined) return direct.family
  if (persistence === null) return null
  const prefix = readPersistence(persistence.ticks, persistence.netmask, 'ipv6').mask
  return Number(prefix) >= 1 && Number(prefix) <= 128 ? null : 'ipv4'
}

function toPersistence({ persistence }: ParsedService, family: Family | null): PersistenceOverview | null {
  if (persistence === null) return null
  const { ticks, netmask } = persistence
  const mask = family === null ? undefined : readPersistence(ticks, netmask, family).mask
  return { timeoutTicks: ticks, mask }
}
