import type { Destination } from '../../ipvs/model/destination.ts'
import type { Service } from '../../ipvs/model/service.ts'
import { formatEndpoint } from '../../ipvs/model/service-key.ts'
import { removeDestinationStep, removeServiceStep, type Step } from '../model/step.ts'
import { type Deadlines, type Drain, drainKey, nextDrainAction, type PendingRemoval } from '../plan/drain.ts'

/** The result of checking the draining destinations of a service. */
export interface DrainProgress {
  /** The removals that are due. */
  readonly steps: readonly Step[]
  /** The removals that are cancelled because the destination was brought back. */
  readonly reverted: readonly Step[]
  /** The drains that have ended, by {@link drainKey}. */
  readonly ended: readonly string[]
}

/** The draining destinations of one service, which may itself be removed when all of them have drained. */
export class ServiceDrain {
  readonly name: string
  readonly #removesService: boolean
  readonly #drain: Required<Drain>
  #waiting: readonly PendingRemoval[]

  constructor(name: string, waiting: readonly PendingRemoval[], drain: Required<Drain>) {
    this.name = name
    this.#waiting = waiting
    this.#removesService = waiting.some(({ removesService }) => removesService)
    this.#drain = drain
  }

  /** The destinations that are still draining. */
  get waiting(): readonly PendingRemoval[] {
    return this.#waiting
  }

  /** Decides on the next steps for the service as it was read. A destination without a deadline is desired again. */
  check(service: Service | undefined, deadlines: Deadlines, now: number): DrainProgress {
    const steps: Step[] = []
    const reverted: Step[] = []
    const remaining: PendingRemoval[] = []
    for (const entry of this.#waiting) {
      const destination = service === undefined ? undefined : findDestination(service, entry.destination)
      if (service === undefined || destination === undefined) continue
      const step = removeDestinationStep(service, entry.destination, destination)
      if (destination.weight > 0 || !deadlines.has(drainKey(this.name, entry.destination))) {
        reverted.push(step)
        continue
      }
      const next = nextDrainAction(this.#drain, service, destination, entry.removeBy, now)
      if (next.action === 'remove') steps.push(step)
      else remaining.push({ ...entry, connections: next.connections })
    }
    return this.#removesService
      ? this.#checkService(service, reverted, remaining)
      : this.#keep(remaining, steps, reverted)
  }

  /** The service is removed with all its destinations, or stays if one of them was brought back. */
  #checkService(
    service: Service | undefined,
    reverted: readonly Step[],
    remaining: readonly PendingRemoval[],
  ): DrainProgress {
    if (service === undefined) return this.#keep([], [], [])
    const step = removeServiceStep(service)
    const isDesired = reverted.length > 0 || service.destinations.some(({ weight }) => weight > 0)
    if (isDesired) return this.#keep([], [], [step])
    if (remaining.length === 0) return this.#keep([], [step], [])
    this.#waiting = this.#waiting.map(
      (entry) =>
        remaining.find(({ destination }) => destination === entry.destination) ?? {
          ...entry,
          connections: 0,
        },
    )
    return { steps: [], reverted: [], ended: [] }
  }

  #keep(
    remaining: readonly PendingRemoval[],
    steps: readonly Step[],
    reverted: readonly Step[],
  ): DrainProgress {
    const kept = new Set(remaining.map(({ destination }) => destination))
    const ended = this.#waiting.filter(({ destination }) => !kept.has(destination))
    this.#waiting = remaining
    return { steps, reverted, ended: ended.map(({ destination }) => drainKey(this.name, destination)) }
  }
}

function findDestination({ destinations }: Service, endpoint: string): Destination | undefined {
  return destinations.find(({ address, port }) => formatEndpoint(address, port) === endpoint)
}
