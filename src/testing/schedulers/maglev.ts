import { IP_VS_SVC_F_SCHED1 as FALLBACK, IP_VS_SVC_F_SCHED2 as USES_PORT } from '../../ipvs/protocol/uapi.ts'
import type { DestinationRecord } from '../ipvs/destination-record.ts'
import { foldAddress, type InetAddress } from '../ipvs/inet-address.ts'
import { isAvailable, type Packet, type SchedulerState } from '../ipvs/scheduler.ts'
import type { ServiceRecord } from '../ipvs/service-record.ts'
import { halfSipHash } from './sip-hash.ts'
import { greatestCommonDivisor } from './weighted-round-robin.ts'

/** Size of the table, a prime (CONFIG_IP_VS_MH_TAB_INDEX=12). */
export const MAGLEV_PLACES = 4093
/** Bits that a weight may have in the table. */
const WEIGHT_BITS = 6
/** Keys of the hashes of a place and of the step from place to place. */
const PLACE_KEY = 2_654_435_761
const STEP_KEY = 2_654_446_892

/**
 * `mh`: Maglev's consistent hashing. The destinations fill the table in rounds: each has its own permutation of the places and
 * takes as many per round as its weight; the client's address selects a place (ip_vs_mh.c). A destination whose weight is set
 * to 0 keeps its places, so the places of the others do not move.
 */
export class Maglev implements SchedulerState {
  readonly #service: ServiceRecord
  #table: readonly DestinationRecord[] | undefined

  constructor(service: ServiceRecord) {
    this.#service = service
  }

  changed(): void {
    this.#table = undefined
  }

  removed(): void {
    this.#table = undefined
  }

  schedule({ source, sourcePort }: Packet): DestinationRecord | undefined {
    const { flags, family } = this.#service
    const port = (flags & USES_PORT) === 0 ? 0 : sourcePort
    this.#table ??= fill(this.#service)
    const first = hash(family, source, port, PLACE_KEY) % MAGLEV_PLACES
    const destination = this.#table[first]
    if (destination === undefined || isAvailable(destination)) return destination
    if ((flags & FALLBACK) === 0) return undefined
    for (let offset = 0; offset < MAGLEV_PLACES; offset++) {
      const place = hash(family, source, port, PLACE_KEY, (offset + first) % MAGLEV_PLACES) % MAGLEV_PLACES
      const other = this.#table[place]!
      if (isAvailable(other)) return other
    }
    return undefined
  }
}

function hash(family: number, address: InetAddress, port: number, key: number, offset = 0): number {
  return halfSipHash((offset + port + foldAddress(family, address)) >>> 0, key)
}

function fill({ family, destinations }: ServiceRecord): DestinationRecord[] {
  const divisor = destinations.reduce((most, { lastWeight }) => greatestCommonDivisor(lastWeight, most), 0)
  if (divisor < 1) return []
  const highest = Math.max(...destinations.map(({ lastWeight }) => lastWeight))
  const shift = Math.max(0, 32 - Math.clz32(Math.floor(highest / divisor)) - WEIGHT_BITS)
  const takers = destinations
    .map((destination) => ({
      destination,
      place: hash(family, destination.address, destination.port, PLACE_KEY) % MAGLEV_PLACES,
      step: (hash(family, destination.address, destination.port, STEP_KEY) % (MAGLEV_PLACES - 1)) + 1,
      perRound: Math.floor(destination.lastWeight / divisor) >> shift || Number(destination.lastWeight !== 0),
    }))
    .filter(({ perRound }) => perRound > 0)
  const table = new Array<DestinationRecord | undefined>(MAGLEV_PLACES)
  for (let taken = 0; taken < MAGLEV_PLACES; ) {
    for (const taker of takers) {
      for (let count = 0; count < taker.perRound && taken < MAGLEV_PLACES; count++, taken++) {
        while (table[taker.place] !== undefined) taker.place = (taker.place + taker.step) % MAGLEV_PLACES
        table[taker.place] = taker.destination
      }
    }
  }
  return table as DestinationRecord[]
}
