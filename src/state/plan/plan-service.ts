import type { Destination } from '../../ipvs/model/destination.ts'
import type { Service } from '../../ipvs/model/service.ts'
import { diffDestinationSettings, diffServiceSettings, type SettingChange } from '../model/difference.ts'
import type { Step } from '../model/step.ts'
import type { ResolvedDestination, ResolvedService } from '../model/target.ts'
import { endpointOf, type ResolvedDestinations } from '../model/target-destinations.ts'
import type { Claim } from '../ownership/ownership.ts'
import { drainKey } from './drain.ts'
import type { PlanBuilder, PlanRules } from './plan-builder.ts'
import { planRemoval } from './plan-removal.ts'
import {
  addDestinationStep,
  removeDestinationStep,
  updateAllButWeightStep,
  updateDestinationStep,
  updateServiceStep,
} from './plan-steps.ts'
import { StandingDestinations } from './standing-destinations.ts'

const NONE: readonly ResolvedDestination[] = []

/** Finds the steps for a service that exists and is to be. Everything but an address can be changed in place. */
export function planService(
  current: Service,
  target: ResolvedService,
  claim: Claim,
  rules: PlanRules,
  drafts: PlanBuilder,
): void {
  const changes = diffServiceSettings(current, target.settings)
  if (claim === 'foreign') {
    if (changes.length > 0 || !hasSameDestinations(current, target, rules)) {
      const { name } = target
      drafts.conflicts.push({ service: name, explanation: rules.ownership.explain(name) })
    }
    return
  }
  if (changes.length > 0) drafts.additive.push(updateServiceStep(target, changes))
  if (target.destinations === undefined) return
  for (const destination of planExisting(current, target, target.destinations, claim, rules, drafts)) {
    drafts.additive.push(addDestinationStep(target, endpointOf(destination), destination))
  }
}

/** Plans for the destinations that exist, and gives those that do not. */
function planExisting(
  current: Service,
  target: ResolvedService,
  wanted: ResolvedDestinations,
  claim: Claim,
  rules: PlanRules,
  drafts: PlanBuilder,
): readonly ResolvedDestination[] {
  const standing = new StandingDestinations(current.destinations)
  let missing: ResolvedDestination[] | undefined
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
  wanted: ResolvedDestinations,
  claim: Claim,
  rules: PlanRules,
  drafts: PlanBuilder,
): void {
  for (const destination of current.destinations) {
    const endpoint = endpointOf(destination)
    if (wanted.has(endpoint)) continue
    if (claim === 'owned') planRemoval(name, current, endpoint, destination, rules, drafts)
    else {
      const step = removeDestinationStep(name, current, endpoint, destination)
      drafts.skipped.push({ step, reason: 'not-owned' })
    }
  }
}

function planChange(
  target: ResolvedService,
  from: Destination,
  to: ResolvedDestination,
  rules: PlanRules,
  drafts: PlanBuilder,
): void {
  const step = changeOf(target, from, to, rules)
  if (step === undefined) return
  const takesAway = step.changes.some(isLowering)
  ;(takesAway ? drafts.weightReductions : drafts.additive).push(step)
}

function changeOf(
  target: ResolvedService,
  from: Destination,
  to: ResolvedDestination,
  { keepWeights, deadlines }: PlanRules,
): Step | undefined {
  const changes = diffDestinationSettings(from, to)
  if (changes.length === 0) return undefined
  const endpoint = endpointOf(to)
  // A weight that was taken away by a drain is not somebody else's: the destination has come back.
  const keep = keepWeights && !deadlines.has(drainKey(target.name, endpoint))
  if (!keep) return updateDestinationStep(target, endpoint, to, changes)
  const others = changes.filter(({ setting }) => setting !== 'weight')
  return others.length === 0 ? undefined : updateAllButWeightStep(target, endpoint, to, others)
}

function isLowering({ setting, from, to }: SettingChange): boolean {
  return setting === 'weight' && Number(to) < Number(from)
}

/** Whether a service that may not be touched need not be. */
function hasSameDestinations(current: Service, target: ResolvedService, rules: PlanRules): boolean {
  const { destinations } = target
  if (destinations === undefined) return true
  if (destinations.length !== current.destinations.length) return false
  const standing = new StandingDestinations(current.destinations)
  return destinations.list.every((to) => {
    const from = standing.find(to.address, to.port)
    return from !== undefined && changeOf(target, from, to, rules) === undefined
  })
}
