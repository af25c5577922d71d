import { IP_VS_SVC_F_SCHED1 as FALLBACK, IP_VS_SVC_F_SCHED2 as USES_PORT } from '../../ipvs/protocol/uapi.ts'
import type { DestinationRecord } from '../ipvs/destination-record.ts'
import { foldAddress, type InetAddress } from '../ipvs/inet-address.ts'
import { isAvailable, type Packet, type SchedulerState } from '../ipvs/scheduler.ts'
import type { ServiceRecord } from '../ipvs/service-record.ts'

const BUCKETS = 256

/** The high eight bits of a multiplication (hash_32, linux/hash.h). */
function hash(value: number): number {
  return Math.imul(value, 0x61c8_8647) >>> 24
}

/** `dh`: hashes the address that the client connects to; each destination has the same share of the table (ip_vs_dh.c). */
export class DestinationHashing implements SchedulerState {
  readonly #service: ServiceRecord

  constructor(service: ServiceRecord) {
    this.#service = service
  }

  schedule({ destination: address }: Packet): DestinationRecord | undefined {
    const { family, destinations } = this.#service
    const destination = destinations[hash(foldAddress(family, address)) % destinations.length]
    return destination !== undefined && isAvailable(destination) ? destination : undefined
  }
}

/** `sh`: hashes the client's address; destinations have shares of the table by weight (ip_vs_sh.c). */
export class SourceHashing implements SchedulerState {
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
    const { flags } = this.#service
    const port = (flags & USES_PORT) === 0 ? 0 : sourcePort
    this.#table ??= fill(this.#service.destinations)
    const first = this.#hash(source, port, 0)
    const destination = this.#table[first]
    if (destination === undefined || isAvailable(destination)) return destination
    if ((flags & FALLBACK) === 0) return undefined
    for (let offset = 0; offset < BUCKETS; offset++) {
      const other = this.#table[this.#hash(source, port, (offset + first) % BUCKETS)]!
      if (isAvailable(other)) return other
    }
    return undefined
  }

  #hash(address: InetAddress, port: number, offset: number): number {
    return (offset + hash((port + foldAddress(this.#service.family, address)) | 0)) % BUCKETS
  }
}

/** A destination of weight 0 has a bucket too, and refuses the connections that hash there. */
function fill(destinations: readonly DestinationRecord[]): DestinationRecord[] {
  const table: DestinationRecord[] = []
  for (let at = 0, count = 0; destinations.length > 0 && table.length < BUCKETS; ) {
    const destination = destinations[at]!
    table.push(destination)
    if (++count < destination.weight) continue
    at = (at + 1) % destinations.length
    count = 0
  }
  return table
}
