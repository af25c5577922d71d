import type { Destination } from '../../../ipvs/model/destination.ts'
import type { Service, ServiceHeader } from '../../../ipvs/model/service.ts'
import { PROTOCOLS } from '../../../ipvs/model/service-key.ts'
import { FAMILY_NUMBER, type Family, writeAddress } from '../../../netlink/wire/address.ts'

/** Numbers of 32 bits, compared from the first to the last. */
type Rank = readonly number[]

interface Ranked<T> {
  readonly item: T
  readonly rank: Rank
}

/**
 * Sorts services as ipvsadm does, by mark, family, protocol, address and port, and the destinations of each.
 *
 * ipvsadm compares two numbers by the sign of their 32-bit difference. So 192.168.0.1 comes before 10.0.0.1, and the order is
 * not transitive. The result depends on the algorithm, the merge sort of qsort(3) in glibc, which is reproduced here.
 */
export function sortServices(services: readonly Service[]): Service[] {
  return sortByRank(services, serviceRank).map((service) =>
    service.destinations.length < 2
      ? service
      : { ...service, destinations: sortByRank(service.destinations, destinationRank) },
  )
}

function sortByRank<T>(items: readonly T[], rankOf: (item: T) => Rank): T[] {
  return mergeSort(items.map((item) => ({ item, rank: rankOf(item) }))).map(({ item }) => item)
}

function mergeSort<T>(items: readonly Ranked<T>[]): readonly Ranked<T>[] {
  if (items.length < 2) return items
  const middle = items.length >>> 1
  const left = mergeSort(items.slice(0, middle))
  const right = mergeSort(items.slice(middle))
  const merged: Ranked<T>[] = []
  let [taken, takenRight] = [0, 0]
  while (taken < left.length && takenRight < right.length) {
    const [one, other] = [left[taken]!, right[takenRight]!]
    const isLeft = compare(one.rank, other.rank) <= 0
    merged.push(isLeft ? one : other)
    if (isLeft) taken++
    else takenRight++
  }
  return merged.concat(left.slice(taken), right.slice(takenRight))
}

function compare(one: Rank, other: Rank): number {
  for (let index = 0; index < one.length; index++) {
    const difference = (one[index]! - (other[index] ?? 0)) | 0
    if (difference !== 0) return difference
  }
  return 0
}

function serviceRank(service: ServiceHeader): Rank {
  const family = FAMILY_NUMBER[service.family]
  if (service.fwmark !== undefined) return [service.fwmark, family]
  const { protocol, address, port } = service
  const number = typeof protocol === 'number' ? protocol : PROTOCOLS[protocol]
  return [0, family, number, ...addressRank(address, service.family), port]
}

/** As in ipvsadm, regardless of family: an IPv4 address is compared as the first bytes of an IPv6 address. */
function destinationRank({ address, family, port }: Destination): Rank {
  return [...addressRank(address, family), port]
}

const view = new DataView(new ArrayBuffer(16))

function addressRank(address: string, family: Family): Rank {
  writeAddress(view, 0, address, family)
  return [view.getUint32(0), view.getUint32(4), view.getUint32(8), view.getUint32(12)]
}
