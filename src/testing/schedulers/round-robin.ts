import type { DestinationRecord } from '../ipvs/destination-record.ts'
import { isAvailable, type SchedulerState } from '../ipvs/scheduler.ts'
import type { ServiceRecord } from '../ipvs/service-record.ts'

/** `rr`: one destination after another, regardless of weights; a new one comes first in the list (ip_vs_rr.c). */
export class RoundRobin implements SchedulerState {
  readonly #service: ServiceRecord
  /** The last choice; undefined at the head of the list. */
  #current: DestinationRecord | undefined

  constructor(service: ServiceRecord) {
    this.#service = service
  }

  schedule(): DestinationRecord | undefined {
    const { destinations } = this.#service
    const last = this.#current === undefined ? -1 : destinations.indexOf(this.#current)
    const order = [...destinations.slice(last + 1), ...destinations.slice(0, last + 1)]
    const found = order.find(isAvailable)
    if (found !== undefined) this.#current = found
    return found
  }

  removed(destination: DestinationRecord, previous: DestinationRecord | undefined): void {
    if (this.#current === destination) this.#current = previous
  }
}
