import type { Destination } from '../../../src/ipvs/model/destination.ts'
import type { Service } from '../../../src/ipvs/model/service.ts'
import type { ServiceKey } from '../../../src/ipvs/model/service-key.ts'
import { IDLE, NO_TRAFFIC } from '../ipvs/encoding.ts'

/** A service as it is read, with defaults for omitted settings. */
export function service(key: ServiceKey, given: Partial<Omit<Service, keyof ServiceKey>> = {}): Service {
  const family = key.family ?? (key.address?.includes(':') ? 'ipv6' : 'ipv4')
  return {
    ...key,
    ...{ family, scheduler: 'wlc', schedulerFlags: [], onePacket: false },
    ...{ persistence: null, persistenceEngine: null, statistics: NO_TRAFFIC, destinations: [] },
    ...given,
  } as Service
}

/** A destination as it is read. */
export function destination(address: string, given: Partial<Destination> = {}): Destination {
  return {
    ...{ address, port: 80, family: address.includes(':') ? 'ipv6' : 'ipv4', forwarding: 'dr', weight: 1 },
    ...{ upperThreshold: 0, lowerThreshold: 0, tunnel: null },
    ...IDLE,
    ...given,
  } as Destination
}

export const WEB = { protocol: 'tcp', address: '192.0.2.1', port: 80 } as const
