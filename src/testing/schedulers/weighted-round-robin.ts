import type { DestinationRecord } from '../ipvs/destination-record.ts'
import type { SchedulerState } from '../ipvs/scheduler.ts'
import type { ServiceRecord } from '../ipvs/service-record.ts'

/**
 * `wrr`: passes over the list with a current weight that drops from the highest weight by the greatest common divisor; each
 * pass chooses the destinations that have at least the current weight (ip_vs_wrr.c).
 */
export class WeightedRoundRobin implements SchedulerState {
  readonly #service: ServiceRecord
  /** The last choice; undefined at the head of the list. */
  #current: DestinationRecord | undefined
  #currentWeight = 0
  /** The first current weight: lowered so that the last one is 1, which no weight is below. */
  #maxWeight = 0
  #step = 1

  constructor(service: ServiceRecord) {
    this.#service = service
    this.#readWeights()
    this.#currentWeight = this.#maxWeight
  }

  changed(): void {
    this.#current = undefined
    this.#readWeights()
    if (this.#currentWeight > this.#maxWeight || this.#currentWeight === 0)
      this.#currentWeight = this.#maxWeight
    else if (this.#step > 1)
      this.#currentWeight = Math.floor(this.#currentWeight / this.#step) * this.#step + 1
  }

  removed(): void {
    this.changed()
  }

  schedule(): DestinationRecord | undefined {
    if (this.#maxWeight === 0) return undefined
    const { destinations } = this.#service
    const began = this.#current === undefined ? -1 : destinations.indexOf(this.#current)
    let stop = -1
    let lastPass = false
    let restarted = false
    for (let at = began; ; ) {
      while (++at < destinations.length) {
        const destination = destinations[at]!
        const taken = !destination.overloaded && destination.weight >= this.#currentWeight
        if (taken || at === stop) this.#current = destination
        if (taken) return destination
        if (at === stop) return undefined
      }
      at = -1
      this.#currentWeight -= this.#step
      if (this.#currentWeight <= 0) {
        this.#currentWeight = this.#maxWeight
        if (lastPass || began === -1) break
        restarted = true
      }
      lastPass = this.#currentWeight <= this.#step
      // The first pass at this weight covered only the part of the list after its start.
      if (lastPass && restarted) stop = began
    }
    this.#current = undefined
    return undefined
  }

  #readWeights(): void {
    const weights = this.#service.destinations.map(({ weight }) => weight).filter((weight) => weight > 0)
    this.#step = weights.reduce(greatestCommonDivisor, 0) || 1
    this.#maxWeight = Math.max(0, ...weights) - (this.#step - 1)
  }
}

export function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other)
}
