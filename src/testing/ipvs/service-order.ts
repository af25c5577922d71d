import { foldAddress } from './inet-address.ts'
import type { KernelProfile } from './profile.ts'
import type { ServiceRecord } from './service-record.ts'

/** The order in which the kernel lists services: that of its hash table. */
export interface ServiceOrder {
  add(owner: object, service: ServiceRecord): void
  remove(owner: object, service: ServiceRecord): void
  /** Every entry that the kernel counts during a walk; undefined for entries of other owners. */
  walk(owner: object): Iterable<ServiceRecord | undefined>
}

export function serviceOrder(profile: KernelProfile, random: () => number): ServiceOrder {
  return profile.tables === 'fixed' ? new SharedBuckets(profile.bucketOffset) : new OwnBuckets(random)
}

interface Owned {
  readonly owner: object
  readonly service: ServiceRecord
}

/** One table for all network namespaces, up to Linux 7.0: services at an address, then services under a mark. */
class SharedBuckets implements ServiceOrder {
  readonly #offset: number
  /** The newest last. */
  readonly #buckets: readonly Owned[][] = Array.from({ length: 512 }, () => [])

  constructor(offset: number) {
    this.#offset = offset
  }

  add(owner: object, service: ServiceRecord): void {
    this.#bucketOf(service).push({ owner, service })
  }

  remove(_owner: object, service: ServiceRecord): void {
    const bucket = this.#bucketOf(service)
    bucket.splice(
      bucket.findIndex((entry) => entry.service === service),
      1,
    )
  }

  *walk(owner: object): Iterable<ServiceRecord | undefined> {
    for (const bucket of this.#buckets) {
      for (let index = bucket.length - 1; index >= 0; index--) {
        const entry = bucket[index]!
        yield entry.owner === owner ? entry.service : undefined
      }
    }
  }

  /** ip_vs_svc_hashkey and ip_vs_svc_fwm_hashkey. */
  #bucketOf({ family, protocol, address, port, fwmark }: ServiceRecord): Owned[] {
    const offset = this.#offset
    if (fwmark !== 0) return this.#buckets[256 + ((fwmark ^ offset) & 255)]!
    const hash = protocol ^ foldAddress(family, address) ^ (port >> 8) ^ port ^ offset
    return this.#buckets[hash & 255]!
  }
}

const LEAST_BUCKETS = 16
/** Services per bucket at which a table grows. */
const LOAD = 1 / 8

/** A table for each network namespace, since Linux 7.1: the hash is random, and a larger table gets a new one. */
class OwnBuckets implements ServiceOrder {
  readonly #random: () => number
  readonly #tables = new WeakMap<object, { services: ServiceRecord[]; buckets: number }>()

  constructor(random: () => number) {
    this.#random = random
  }

  add(owner: object, service: ServiceRecord): void {
    const table = this.#tables.get(owner) ?? { services: [], buckets: LEAST_BUCKETS }
    this.#tables.set(owner, table)
    const { services } = table
    services.splice(this.#below(services.length + 1), 0, service)
    if (services.length <= table.buckets * LOAD) return
    table.buckets = 8 * 2 ** Math.ceil(Math.log2(services.length + 1))
    for (let index = services.length - 1; index > 0; index--) {
      const other = this.#below(index + 1)
      const moved = services[index]!
      services[index] = services[other]!
      services[other] = moved
    }
  }

  remove(owner: object, service: ServiceRecord): void {
    const { services } = this.#tables.get(owner)!
    services.splice(services.indexOf(service), 1)
    if (services.length === 0) this.#tables.delete(owner)
  }

  walk(owner: object): Iterable<ServiceRecord> {
    return this.#tables.get(owner)?.services ?? []
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }
}
