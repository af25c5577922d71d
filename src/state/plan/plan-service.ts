import type { Destination } from '../../ipvs/model/destination.ts'
import type { Service } from '../../ipvs/model/service.ts'
import { destinationDifference, type SettingChange, serviceDifference } from '../model/difference.ts'
import type { Drafts, PlanRules } from './plan-builder.ts'
import { drainKey } from './drain.ts'
import type { Claim } from '../ownership/ownership.ts'
import { planRemoval } from './plan-removal.ts'
import {
  addDestination,
  removeDestination,
  updateAllButWeight,
  updateDestination,
  updateService,
} from './plan-steps.ts'
import { StandingDestinations } from './standing-destinations.ts'
import type { Step } from '../model/step.ts'
import type { TargetDestination, TargetService } from '../model/target.ts'
import { endpointOf, type TargetDestinations } from '../model/target-destinations.ts'

const NONE: readonly TargetDestination[] = []

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
  for (const destination of planExisting(current, target, target.destinations, claim, rules, drafts)) {
    drafts.raising.push(addDestination(target, endpointOf(destination), destination))
  }
}

/** Plans for the destinations that exist, and gives those that do not. */
function planExisting(
  current: Service,
  target: TargetService,
  wanted: TargetDestinations,
  claim: Claim,
  rules: PlanRules,
  drafts: Drafts,
): readonly TargetDestination[] {
  const standing = new StandingDestinations(current.destinations)
  let missing: TargetDestination[] | undefined
  let found = 0
  for (let place = 0; place < wanted.length; place++) {
    const from = standing.find(wanted.address(place), wanted.port(place))
    if (from === undefined) {
      missing ??= []
      missing.push(wanted.at(place))
    } else {
      found++
      if (!wanted.hasSettings(place, from)) planChange(target, from, wanted.at(place), rules, drafts)
    }
  }
  if (found < current.destinations.length) planSurplus(current, target.name, wanted, claim, rules, drafts)
  return missing ?? NONE
}

/** Plans for the destinations that are not to be. */
function planSurplus(
  current: Service,
  name: string,
  wanted: TargetDestinations,
  claim: Claim,
  rules: PlanRules,
  drafts: Drafts,
): void {
  for (const destination of current.destinations) {
    const endpoint = endpointOf(destination)
    if (wanted.has(endpoint)) continue
    if (claim === 'owned') planRemoval(name, current, endpoint, destination, rules, drafts)
    else {
      const step = removeDestination(name, current, endpoint, destination)
      drafts.left.push({ step, reason: 'not-owned' })
    }
  }
}

function planChange(
  target: TargetService,
  from: Destination,
  to: TargetDestination,
  rules: PlanRules,
  drafts: Drafts,
): void {
  const step = changeOf(target, from, to, rules)
  if (step === undefined) return
  const takesAway = step.changes.some(isLowering)
  ;(takesAway ? drafts.lowering : drafts.raising).push(step)
}

function changeOf(
  target: TargetService,
  from: Destination,
  to: TargetDestination,
  { keepWeights, deadlines }: PlanRules,
): Step | undefined {
  const changes = destinationDifference(from, to)
  if (changes.length === 0) return undefined
  const endpoint = endpointOf(to)
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
  if (destinations.length !== current.destinations.length) return false
  const standing = new StandingDestinations(current.destinations)
  return destinations.list.every((to) => {
    const from = standing.find(to.address, to.port)
    return from !== undefined && changeOf(target, from, to, rules) === undefined
  })
}
