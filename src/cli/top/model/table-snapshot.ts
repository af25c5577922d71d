import type { Destination } from '../../../ipvs/model/destination.ts'
import type { Service } from '../../../ipvs/model/service.ts'
import { formatService } from '../../../ipvs/model/service-key.ts'
import { formatDestinationName } from '../../io/read-services.ts'
import { addRates, type RateSample, type Rates, updateSample } from './rate-sample.ts'

/** The traffic of a service or a destination. */
export interface Traffic {
  /** Active connections. */
  readonly active: number
  /** Inactive connections. */
  readonly inactive: number
  /** Rates per second. */
  readonly rates: Rates
}

/** The row of a destination. */
export interface DestinationRow extends Traffic {
  /** Unique in the table. */
  readonly id: string
  /** The name of its service. */
  readonly service: string
  /** Address and port. */
  readonly name: string
  /** The forwarding method. */
  readonly method: string
  readonly weight: number
  /** The key for the library. */
  readonly key: { readonly address: string; readonly port: number }
}

/** The row of a virtual service. */
export interface ServiceRow extends Traffic {
  /** The name, which is unique. */
  readonly id: string
  readonly name: string
  /** The scheduler. */
  readonly method: string
  readonly destinations: readonly DestinationRow[]
}

export type Row = ServiceRow | DestinationRow

/** The table at one point in time. */
export interface TableSnapshot {
  readonly services: readonly ServiceRow[]
  /** The samples by row ID. */
  readonly samples: ReadonlyMap<string, RateSample>
}

/** The snapshot before the first read. */
export const EMPTY_SNAPSHOT: TableSnapshot = { services: [], samples: new Map() }

/** Takes a snapshot of services that were read, with rates since the previous snapshot. */
export function takeSnapshot(
  before: TableSnapshot,
  services: readonly Service[],
  time: number,
): TableSnapshot {
  const samples = new Map<string, RateSample>()
  const ratesOf = (id: string, { statistics }: Service | Destination) => {
    const sample = updateSample(before.samples.get(id), statistics, time)
    samples.set(id, sample)
    return sample.rates
  }
  const rows = services.map((service): ServiceRow => {
    const name = formatService(service)
    const destinations = service.destinations.map((destination): DestinationRow => {
      const [own, { address, port, forwarding, weight }] = [formatDestinationName(destination), destination]
      const id = `${name} ${own}`
      return {
        id,
        service: name,
        name: own,
        key: { address, port },
        method: String(forwarding),
        weight,
        active: destination.activeConnections,
        inactive: destination.inactiveConnections,
        rates: ratesOf(id, destination),
      }
    })
    const { active, inactive } = sumTraffic(destinations)
    const rates = ratesOf(name, service)
    return { id: name, name, method: service.scheduler, destinations, active, inactive, rates }
  })
  return { services: rows, samples }
}

/** Adds up traffic. */
export function sumTraffic(all: readonly Traffic[]): Traffic {
  return {
    active: all.reduce((sum, { active }) => sum + active, 0),
    inactive: all.reduce((sum, { inactive }) => sum + inactive, 0),
    rates: addRates(all.map(({ rates }) => rates)),
  }
}

/** Whether a row is a destination. */
export function isDestination(row: Row): row is DestinationRow {
  return 'key' in row
}
