import type { Destination } from '../ipvs/destination.ts'
import type { Service } from '../ipvs/service.ts'
import { formatEndpoint } from '../ipvs/service-key.ts'
import { destinationDifference, type SettingChange, serviceDifference } from './difference.ts'
import type { Drafts, PlanRules } from './drafts.ts'
import { drainKey } from './drain.ts'
import type { Claim } from './ownership.ts'
import { planRemoval } from './plan-removal.ts'
import {
  addDestination,
  removeDestination,
  updateAllButWeight,
  updateDestination,
  updateService,
} from './plan-steps.ts'
import type { Step } from './step.ts'
import type { TargetDestination, TargetService } from './target.ts'

/** Finds the steps for a service that exists and is to be. Everything but an address can be changed in place. */
export function planService(
  current: Service,
  target: TargetService,
  claim: Claim,
  rules: PlanRules,
  drafts: Drafts,
): void {
  const changes = serviceDifference(current, target.settings)
  if (claim === 'foreign') {
    if (changes.length > 0 || !hasSameDestinations(current, target, rules)) {
      const { name } = target
      drafts.clashes.push({ service: name, explanation: rules.ownership.explain(name) })
    }
    return
  }
  if (changes.length > 0) drafts.raising.push(updateService(target, changes))
  if (target.destinations === undefined) return
  const missing = planExisting(current, target, target.destinations, claim, rules, drafts)
  for (const [endpoint, destination] of missing) {
    drafts.raising.push(addDestination(target, endpoint, destination))
  }
}

/** Plans for the destinations that exist, and gives those that do not. */
function planExisting(
  current: Service,
  target: TargetService,
  wanted: ReadonlyMap<string, TargetDestination>,
  claim: Claim,
  rules: PlanRules,
  drafts: Drafts,
): Iterable<[string, TargetDestination]> {
  const { name } = target
  if (isInStep(current.destinations, wanted)) {
    let index = current.destinations.length
    for (const [endpoint, to] of wanted) {
      planChange(target, endpoint, current.destinations[--index]!, to, rules, drafts)
    }
    return []
  }
  const missing = new Map(wanted)
  for (const destination of current.destinations) {
    const endpoint = formatEndpoint(destination.address, destination.port)
    const to = missing.get(endpoint)
    missing.delete(endpoint)
    if (to !== undefined) planChange(target, endpoint, destination, to, rules, drafts)
    else if (claim === 'owned') planRemoval(name, current, endpoint, destination, rules, drafts)
    else {
      const step = removeDestination(name, current, endpoint, destination)
      drafts.left.push({ step, reason: 'not-owned' })
    }
  }
  return missing
}

/**
 * Whether a service has the destinations that it is to have, added in the order of the document. Of a large table nearly
 * every service is like that, and there is no need to find each by its name.
 */
function isInStep(current: readonly Destination[], wanted: ReadonlyMap<string, TargetDestination>): boolean {
  let index = current.length
  if (index !== wanted.size) return false
  for (const { address, port } of wanted.values()) {
    const from = current[--index]!
    if (from.port !== port || from.address !== address) return false
  }
  return true
}

function planChange(
  target: TargetService,
  endpoint: string,
  from: Destination,
  to: TargetDestination,
  rules: PlanRules,
  drafts: Drafts,
): void {
  const step = changeOf(target, endpoint, from, to, rules)
  if (step === undefined) return
  const takesAway = step.changes.some(isLowering)
  ;(takesAway ? drafts.lowering : drafts.raising).push(step)
}

function changeOf(
  target: TargetService,
  endpoint: string,
  from: Destination,
  to: TargetDestination,
  { keepWeights, deadlines }: PlanRules,
): Step | undefined {
  const changes = destinationDifference(from, to)
  if (changes.length === 0) return undefined
  // A weight that was taken away by a drain is not somebody else's: the destination has come back.
  const keep = keepWeights && !deadlines.has(drainKey(target.name, endpoint))
  if (!keep) return updateDestination(target, endpoint, to, changes)
  const others = changes.filter(({ setting }) => setting !== 'weight')
  return others.length === 0 ? undefined : updateAllButWeight(target, endpoint, to, others)
}

function isLowering({ setting, from, to }: SettingChange): boolean {
  return setting === 'weight' && Number(to) < Number(from)
}

/** Whether a service that may not be touched need not be. */
function hasSameDestinations(current: Service, target: TargetService, rules: PlanRules): boolean {
  const { destinations } = target
  if (destinations === undefined) return true
  if (destinations.size !== current.destinations.length) return false
  return current.destinations.every((destination) => {
    const endpoint = formatEndpoint(destination.address, destination.port)
    const to = destinations.get(endpoint)
    return to !== undefined && changeOf(target, endpoint, destination, to, rules) === undefined
  })
}
