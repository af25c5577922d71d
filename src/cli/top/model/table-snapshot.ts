import type { Destination } from '../../../ipvs/model/destination.ts'
import type { Service } from '../../../ipvs/model/service.ts'
import { formatService } from '../../../ipvs/model/service-key.ts'
import { formatDestinationName } from '../../io/read-services.ts'
import { addRates, type RateSample, type Rates, updateSample } from './rate-sample.ts'

/** What can be shown of anything that traffic goes through. */
export interface Traffic {
  /** Connections in use. */
  readonly active: number
  /** Other connections. */
  readonly inactive: number
  /** What is counted, per second. */
  readonly rates: Rates
}

/** A destination as it is shown. */
export interface DestinationRow extends Traffic {
  /** What tells it from all others. */
  readonly id: string
  /** Name of its service. */
  readonly service: string
  /** Address and port. */
  readonly name: string
  /** How packets get there. */
  readonly method: string
  readonly weight: number
  /** What the library calls it by. */
  readonly key: { readonly address: string; readonly port: number }
}

/** A virtual service as it is shown. */
export interface ServiceRow extends Traffic {
  /** Its name, which no other has. */
  readonly id: string
  readonly name: string
  /** Its scheduler. */
  readonly method: string
  readonly destinations: readonly DestinationRow[]
}

export type Row = ServiceRow | DestinationRow

/** The table at one moment. */
export interface TableSnapshot {
  readonly services: readonly ServiceRow[]
  /** By identity. */
  readonly samples: ReadonlyMap<string, RateSample>
}

/** Before the first reading. */
export const EMPTY_SNAPSHOT: TableSnapshot = { services: [], samples: new Map() }

/** Makes a reading of what was read, and of the reading before. What is gone is forgotten. */
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

/** The sum of figures. */
export function sumTraffic(all: readonly Traffic[]): Traffic {
  return {
    active: all.reduce((sum, { active }) => sum + active, 0),
    inactive: all.reduce((sum, { inactive }) => sum + inactive, 0),
    rates: addRates(all.map(({ rates }) => rates)),
  }
}

/** Tells destinations from services. */
export function isDestination(row: Row): row is DestinationRow {
  return 'key' in row
}
