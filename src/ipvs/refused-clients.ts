import type { Destination } from './model/destination.ts'
import { findFallbackFlag, refusesAtWeightZero, type Scheduling } from './model/scheduler.ts'
import type { Service } from './model/service.ts'
import { formatEndpoint, formatService } from './model/service-key.ts'

/**
 * The destinations of weight 0 whose new clients a service refuses, although it has destinations that could take them. `mh` has
 * no place for a destination that never had a weight, but the kernel does not report whether it had one.
 */
export function findRefusingDestinations(
  service: Scheduling & { readonly destinations: readonly Destination[] },
): readonly Destination[] {
  if (!refusesAtWeightZero(service)) return []
  const idle = service.destinations.filter(({ weight }) => weight === 0)
  return idle.length === service.destinations.length ? [] : idle
}

/** A sentence about the clients that a service refuses; undefined if it refuses none. */
export function describeRefusals(service: Service): string | undefined {
  const refusing = findRefusingDestinations(service)
  if (refusing.length === 0) return undefined
  const endpoints = refusing.map(({ address, port }) => formatEndpoint(address, port)).join(' and ')
  const flag = findFallbackFlag(service.scheduler)
  const remedy = flag === undefined ? 'remove it to send them elsewhere' : `set the scheduler flag ${flag}`
  return `${formatService(service)} refuses new clients that ${service.scheduler} hashes to ${endpoints}, which has weight 0; ${remedy}`
}
