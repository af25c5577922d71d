import type { Destination } from '../../../ipvs/model/destination.ts'
import type { Service } from '../../../ipvs/model/service.ts'
import { formatService } from '../../../ipvs/model/service-key.ts'
import { destinationName } from '../../io/read-services.ts'
import { addRates, follow, type Rates, type Sample } from './rate-sample.ts'

/** What can be shown of anything that traffic goes through. */
export interface Figures {
  /** Connections in use. */
  readonly active: number
  /** Other connections. */
  readonly inactive: number
  /** What is counted, per second. */
  readonly rates: Rates
}

/** A destination as it is shown. */
export interface DestinationRow extends Figures {
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
export interface ServiceRow extends Figures {
  /** Its name, which no other has. */
  readonly id: string
  readonly name: string
  /** Its scheduler. */
  readonly method: string
  readonly destinations: readonly DestinationRow[]
}

export type Row = ServiceRow | DestinationRow

/** The table at one moment. */
export interface Reading {
  readonly services: readonly ServiceRow[]
  /** By identity. */
  readonly samples: ReadonlyMap<string, Sample>
}

/** Before the first reading. */
export const NOTHING_READ: Reading = { services: [], samples: new Map() }

/** Makes a reading of what was read, and of the reading before. What is gone is forgotten. */
export function takeReading(before: Reading, services: readonly Service[], time: number): Reading {
  const samples = new Map<string, Sample>()
  const ratesOf = (id: string, { statistics }: Service | Destination) => {
    const sample = follow(before.samples.get(id), statistics, time)
    samples.set(id, sample)
    return sample.rates
  }
  const rows = services.map((service): ServiceRow => {
    const name = formatService(service)
    const destinations = service.destinations.map((destination): DestinationRow => {
      const [own, { address, port, forwarding, weight }] = [destinationName(destination), destination]
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
    const { active, inactive } = sumUp(destinations)
    const rates = ratesOf(name, service)
    return { id: name, name, method: service.scheduler, destinations, active, inactive, rates }
  })
  return { services: rows, samples }
}

/** The sum of figures. */
export function sumUp(all: readonly Figures[]): Figures {
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
