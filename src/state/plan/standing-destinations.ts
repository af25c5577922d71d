import type { Destination } from '../../ipvs/model/destination.ts'
import { endpointOf } from '../model/target-destinations.ts'

/** Up to so many it is faster to look at each than to look one up by its name. */
const FEW = 16

/**
 * Finds the destinations that a service has, newest first as the kernel tells them, for those that it is to have. A document
 * mostly has them in the order in which they were added, or as they were read: then the one that is asked for is beside the
 * one before, and needs no name.
 */
export class StandingDestinations {
  readonly #list: readonly Destination[]
  /** Where the last one was. */
  #last: number
  #places: ReadonlyMap<string, number> | undefined

  constructor(list: readonly Destination[]) {
    this.#list = list
    this.#last = list.length
  }

  /** The one with this address and port. */
  find(address: string, port: number): Destination | undefined {
    const last = this.#last
    const place = this.#isAt(last - 1, address, port)
      ? last - 1
      : this.#isAt(last + 1, address, port)
        ? last + 1
        : this.#search(address, port)
    if (place === -1) return undefined
    this.#last = place
    return this.#list[place]
  }

  #isAt(place: number, address: string, port: number): boolean {
    if (place < 0 || place >= this.#list.length) return false
    const destination = this.#list[place]!
    return destination.port === port && destination.address === address
  }

  #search(address: string, port: number): number {
    const { length } = this.#list
    if (length > FEW) {
      this.#places ??= new Map(this.#list.map((destination, place) => [endpointOf(destination), place]))
      return this.#places.get(endpointOf({ address, port })) ?? -1
    }
    for (let place = 0; place < length; place++) {
      if (this.#isAt(place, address, port)) return place
    }
    return -1
  }
}
