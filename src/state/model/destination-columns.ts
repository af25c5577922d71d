import type { Destination } from '../../ipvs/model/destination.ts'
import type { Tunnel } from '../../ipvs/model/tunnel.ts'
import { isSame } from './difference.ts'
import type { ResolvedDestination } from './target.ts'

/**
 * The destinations of a whole document, a column for each field: a hundred thousand of them are compared in a fraction of the
 * time that it takes to make as many objects and to clear them away.
 */
export class DestinationColumns {
  #length = 0
  readonly #addresses: string[]
  readonly #families: Destination['family'][]
  readonly #forwardings: Destination['forwarding'][]
  readonly #ports: Uint16Array
  readonly #weights: Int32Array
  readonly #upperThresholds: Int32Array
  readonly #lowerThresholds: Int32Array
  /** Few have one. */
  readonly #tunnels = new Map<number, Tunnel>()

  /** @param capacity How many there can be. */
  constructor(capacity: number) {
    this.#addresses = new Array(capacity)
    this.#families = new Array(capacity)
    this.#forwardings = new Array(capacity)
    this.#ports = new Uint16Array(capacity)
    this.#weights = new Int32Array(capacity)
    this.#upperThresholds = new Int32Array(capacity)
    this.#lowerThresholds = new Int32Array(capacity)
  }

  /** How many there are. */
  get length(): number {
    return this.#length
  }

  /** Puts one at the end. */
  add(destination: ResolvedDestination): void {
    const row = this.#length++
    this.#addresses[row] = destination.address
    this.#families[row] = destination.family
    this.#forwardings[row] = destination.forwarding
    this.#ports[row] = destination.port
    this.#weights[row] = destination.weight
    this.#upperThresholds[row] = destination.upperThreshold
    this.#lowerThresholds[row] = destination.lowerThreshold
    if (destination.tunnel !== null) this.#tunnels.set(row, destination.tunnel)
  }

  address(row: number): string {
    return this.#addresses[row]!
  }

  port(row: number): number {
    return this.#ports[row]!
  }

  /** Whether one is at an address and port. */
  isAt(row: number, address: string, port: number): boolean {
    return this.#ports[row] === port && this.#addresses[row] === address
  }

  /** Whether a destination has all the settings that one is to have. */
  hasSettings(row: number, destination: Destination): boolean {
    return (
      this.#weights[row] === destination.weight &&
      this.#forwardings[row] === destination.forwarding &&
      this.#upperThresholds[row] === destination.upperThreshold &&
      this.#lowerThresholds[row] === destination.lowerThreshold &&
      (destination.tunnel === null
        ? !this.#tunnels.has(row)
        : isSame(this.#tunnels.get(row), destination.tunnel))
    )
  }

  /** One by itself. */
  at(row: number): ResolvedDestination {
    return {
      address: this.#addresses[row]!,
      port: this.#ports[row]!,
      family: this.#families[row]!,
      forwarding: this.#forwardings[row]!,
      weight: this.#weights[row]!,
      upperThreshold: this.#upperThresholds[row]!,
      lowerThreshold: this.#lowerThresholds[row]!,
      tunnel: this.#tunnels.get(row) ?? null,
    }
  }
}
