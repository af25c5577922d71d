import type { Destination } from '../../ipvs/model/destination.ts'
import type { Service } from '../../ipvs/model/service.ts'
import { checkServiceKey, formatEndpoint } from '../../ipvs/model/service-key.ts'
import type { Step } from '../model/step.ts'
import { type Drain, type DrainingDestination, drainKey, nextDrainAction } from '../plan/drain.ts'
import { removeDestinationStep, removeServiceStep } from '../plan/plan-steps.ts'

/** What a look at a service has shown of the destinations that are draining there. */
export interface DrainProgress {
  /** What is due. */
  readonly steps: readonly Step[]
  /** What is not to be done any more, since somebody has brought it back. */
  readonly reverted: readonly Step[]
  /** What is not waited for any more, by {@link drainKey}. */
  readonly ended: readonly string[]
}

/** The destinations of one service that are draining, or a service that is to go when all of its are empty. */
export class ServiceDrain {
  readonly name: string
  readonly #isWhole: boolean
  readonly #drain: Required<Drain>
  #waiting: readonly DrainingDestination[]

  constructor(
    name: string,
    waiting: readonly DrainingDestination[],
    isWhole: boolean,
    drain: Required<Drain>,
  ) {
    this.name = name
    this.#waiting = waiting
    this.#isWhole = isWhole
    this.#drain = drain
  }

  /** What is still waited for. */
  get waiting(): readonly DrainingDestination[] {
    return this.#waiting
  }

  /** Looks at the service as it is now. `isWanted` says what has been taken out of the waiting. */
  check(service: Service | undefined, isWanted: (key: string) => boolean, now: number): DrainProgress {
    const steps: Step[] = []
    const undone: Step[] = []
    const left: DrainingDestination[] = []
    for (const entry of this.#waiting) {
      const destination = service === undefined ? undefined : find(service, entry.destination)
      if (service === undefined || destination === undefined) continue
      const step = removeDestinationStep(this.name, service, entry.destination, destination)
      if (destination.weight > 0 || isWanted(drainKey(this.name, entry.destination))) {
        undone.push(step)
        continue
      }
      const state = nextDrainAction(this.#drain, service, destination, entry.deadline, now)
      if (state.action === 'remove') steps.push(step)
      else left.push({ ...entry, connections: state.connections })
    }
    return this.#isWhole ? this.#endWhole(service, undone, left) : this.#end(steps, undone, left)
  }

  #end(steps: readonly Step[], undone: readonly Step[], left: readonly DrainingDestination[]): DrainProgress {
    const still = new Set(left.map(({ destination }) => destination))
    const ended = this.#waiting.filter(({ destination }) => !still.has(destination))
    this.#waiting = left
    return {
      steps,
      reverted: undone,
      ended: ended.map(({ destination }) => drainKey(this.name, destination)),
    }
  }

  /** A service goes with all its destinations, or stays when one of them has been brought back. */
  #endWhole(
    service: Service | undefined,
    undone: readonly Step[],
    left: readonly DrainingDestination[],
  ): DrainProgress {
    if (service === undefined) return this.#end([], [], [])
    const step = removeServiceStep(this.name, checkServiceKey(this.name))
    const isWanted = undone.length > 0 || service.destinations.some(({ weight }) => weight > 0)
    if (isWanted) return this.#end([], [step], [])
    if (left.length === 0) return this.#end([step], [], [])
    this.#waiting = this.#waiting.map(
      (entry) =>
        left.find(({ destination }) => destination === entry.destination) ?? { ...entry, connections: 0 },
    )
    return { steps: [], reverted: [], ended: [] }
  }
}

function find({ destinations }: Service, endpoint: string): Destination | undefined {
  return destinations.find(({ address, port }) => formatEndpoint(address, port) === endpoint)
}
