import type { Service } from '../../ipvs/model/service.ts'
import { formatEndpoint, formatService } from '../../ipvs/model/service-key.ts'
import type { Step } from '../model/step.ts'
import type { CurrentTable, ResolvedState } from '../model/target.ts'

/** Steps that can be taken, and those that have to be held back. */
export interface Protected {
  readonly steps: readonly Step[]
  readonly withheld: readonly Step[]
}

/**
 * Holds back what would take away the last destination that serves a service, when another one was to be there instead
 * but could not be added. `raised` is what was added.
 */
export function keepLastDestination(
  current: CurrentTable,
  target: ResolvedState,
  raised: readonly Step[],
  lowering: readonly Step[],
): Protected {
  const names = new Set(
    lowering.filter(({ destination }) => destination !== '').map(({ service }) => service),
  )
  if (names.size === 0) return { steps: lowering, withheld: [] }
  const serving = findActiveEndpoints(current, names)
  for (const step of raised) {
    if (weightAfter(step) > 0) serving.get(step.service)?.add(step.destination)
  }
  const held: Step[] = []
  const steps = lowering.filter((step) => {
    const endpoints = serving.get(step.service)
    if (step.destination === '' || endpoints === undefined || weightAfter(step) > 0) return true
    const isLast = endpoints.size === 1 && endpoints.has(step.destination)
    if (isLast && isDesiredActive(target, step.service)) {
      held.push(step)
      return false
    }
    endpoints.delete(step.destination)
    return true
  })
  return { steps, withheld: held }
}

/** The destinations with a weight, of the services that are named. */
function findActiveEndpoints(
  { services }: CurrentTable,
  names: ReadonlySet<string>,
): Map<string, Set<string>> {
  const serving = new Map<string, Set<string>>()
  for (const service of services) {
    const name = formatService(service)
    if (names.has(name)) serving.set(name, endpointsWithWeight(service))
  }
  return serving
}

function endpointsWithWeight({ destinations }: Service): Set<string> {
  const serving = destinations.filter(({ weight }) => weight > 0)
  return new Set(serving.map(({ address, port }) => formatEndpoint(address, port)))
}

/** Whether a service is to have a destination with a weight. */
function isDesiredActive({ services }: ResolvedState, name: string): boolean {
  const destinations = services?.get(name)?.destinations
  return destinations?.list.some(({ weight }) => weight > 0) === true
}

/** The weight of a step's destination afterwards; 0 when it is gone. */
function weightAfter({ command }: Step): number {
  if (command.command !== 'addDestination' && command.command !== 'updateDestination') return 0
  return command.destination.weight ?? 0
}
