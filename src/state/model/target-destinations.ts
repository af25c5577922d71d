import type { Destination } from '../../ipvs/model/destination.ts'
import { formatEndpoint } from '../../ipvs/model/service-key.ts'
import type { DestinationColumns } from './destination-columns.ts'
import type { ResolvedDestination } from './target.ts'

/** Up to so many it is faster to look at each than to look one up by its name. */
const FEW = 16

/**
 * The destinations that a service is to have, in the order of the document. Of a large table nearly every service has them
 * already: objects and names are only made of those that it does not have.
 */
export class ResolvedDestinations {
  readonly #columns: DestinationColumns
  readonly #start: number
  #length = 0
  /** Their places by their names. */
  #places: Map<string, number> | undefined

  /** None yet. They are added before those of the next service. */
  constructor(columns: DestinationColumns) {
    this.#columns = columns
    this.#start = columns.length
  }

  get length(): number {
    return this.#length
  }

  /** In the order of the document. */
  get list(): ResolvedDestination[] {
    return Array.from({ length: this.#length }, (_, place) => this.at(place))
  }

  at(place: number): ResolvedDestination {
    return this.#columns.at(this.#start + place)
  }

  address(place: number): string {
    return this.#columns.address(this.#start + place)
  }

  port(place: number): number {
    return this.#columns.port(this.#start + place)
  }

  /** Whether a destination has all the settings that the one at a place is to have. */
  hasSettings(place: number, destination: Destination): boolean {
    return this.#columns.hasSettings(this.#start + place, destination)
  }

  /** Adds a destination, unless there is one with its address and port. Gives the place where that is. */
  add(destination: ResolvedDestination): number {
    const place = this.#placeOf(destination)
    if (place !== -1) return place
    this.#columns.add(destination)
    this.#places?.set(endpointOf(destination), this.#length)
    return this.#length++
  }

  /** Whether one is at an endpoint, such as `192.0.2.10:80`. */
  has(endpoint: string): boolean {
    return this.#named().has(endpoint)
  }

  #placeOf(destination: ResolvedDestination): number {
    const { address, port } = destination
    if (this.#length > FEW) return this.#named().get(formatEndpoint(address, port)) ?? -1
    for (let place = 0; place < this.#length; place++) {
      if (this.#columns.isAt(this.#start + place, address, port)) return place
    }
    return -1
  }

  #named(): Map<string, number> {
    this.#places ??= new Map(this.list.map((destination, place) => [endpointOf(destination), place]))
    return this.#places
  }
}

/** How a destination is called. */
export function endpointOf({ address, port }: { readonly address: string; readonly port: number }): string {
  return formatEndpoint(address, port)
}
