import type { Destination } from '../../ipvs/model/destination.ts'
import type { Service } from '../../ipvs/model/service.ts'
import { formatEndpoint, formatService } from '../../ipvs/model/service-key.ts'
import { describePortZero, describeUnusedPort } from '../../ipvs/unused-ports.ts'
import { diffDestinationSettings, diffServiceSettings, type SettingChange } from '../model/difference.ts'
import type { ResolvedDestination, ResolvedService } from '../model/resolved-state.ts'
import {
  addDestinationStep,
  addServiceStep,
  drainDestinationStep,
  removeDestinationStep,
  removeServiceStep,
  type Step,
  updateAllButWeightStep,
  updateDestinationStep,
} from '../model/step.ts'
import type { Claim } from '../ownership/ledger.ts'
import { drainKey, nextDrainAction } from './drain.ts'
import type { PlanBuilder, PlanRules } from './plan-builder.ts'
import { isKindAllowed, type Leftovers, planSettings, warnOfWeightZero } from './plan-fallback.ts'

/** Warns of what the document describes and no packet reaches. */
function warnOfPorts({ key, settings, destinations }: ResolvedService, { warnings }: PlanBuilder): void {
  const portZero = describePortZero(key, settings)
  if (portZero !== undefined) warnings.push(`${portZero}.`)
  for (const destination of destinations?.values() ?? []) {
    const unused = describeUnusedPort(key, destination)
    if (unused !== undefined) warnings.push(`${unused}.`)
  }
}

/** Plans a service that does not exist yet. */
export function planNewService(desired: ResolvedService, plan: PlanBuilder): void {
  if (plan.rules.ledger.claim(desired.name, desired.key, false) === 'foreign') {
    addConflict(desired.name, plan)
    return
  }
  warnOfWeightZero(undefined, desired, plan)
  warnOfPorts(desired, plan)
  plan.additions.push(addServiceStep(desired))
  for (const [endpoint, destination] of desired.destinations ?? []) {
    plan.additions.push(addDestinationStep(desired, endpoint, destination))
  }
}

/** Plans a service that exists and is desired. */
export function planService(current: Service, desired: ResolvedService, plan: PlanBuilder): void {
  const { key, name, settings, destinations } = desired
  const claim = plan.rules.ledger.claim(name, key, true)
  const changes = diffServiceSettings(current, settings)
  const existing = new Map(
    current.destinations.map((each) => [formatEndpoint(each.address, each.port), each]),
  )
  if (claim === 'foreign') {
    if (changes.length > 0 || !matchesDestinations(existing, desired, plan.rules)) addConflict(name, plan)
    return
  }
  warnOfWeightZero(current, desired, plan)
  warnOfPorts(desired, plan)
  if (destinations === undefined) {
    planSettings(current, desired, { draining: [], hasIdle: false }, plan)
    return
  }
  const surplus = [...existing].filter(([endpoint]) => !destinations.has(endpoint))
  planSettings(current, desired, planRemovals(current, desired, surplus, claim, plan), plan)
  for (const [endpoint, destination] of destinations) {
    const found = existing.get(endpoint)
    if (found === undefined) plan.additions.push(addDestinationStep(desired, endpoint, destination))
    else planChange(desired, endpoint, found, destination, plan)
  }
}

/** Plans the removal of a service; if destinations are drained, they are drained first. */
export function planServiceRemoval(service: Service, plan: PlanBuilder): void {
  let isDrained = true
  for (const destination of plan.rules.drain === undefined ? [] : service.destinations) {
    const endpoint = formatEndpoint(destination.address, destination.port)
    // No early exit: every destination loses its weight now.
    if (!planDrain(service, endpoint, destination, true, plan)) isDrained = false
  }
  if (isDrained) plan.serviceRemovals.push(removeServiceStep(service))
}

/** Plans the removal of destinations that the document does not name. */
function planRemovals(
  service: Service,
  { settings: { scheduler } }: ResolvedService,
  surplus: readonly (readonly [string, Destination])[],
  claim: Claim,
  plan: PlanBuilder,
): Leftovers {
  const { allow, drain } = plan.rules
  const isAtOnce = scheduler === 'dh' && drain?.dh === 'now'
  const draining: string[] = []
  let hasIdle = false
  for (const [endpoint, destination] of surplus) {
    const step = removeDestinationStep(service, endpoint, destination)
    if (claim !== 'owned') plan.skipped.push({ step, reason: 'not-owned' })
    else if (isAtOnce || planDrain(service, endpoint, destination, false, plan)) {
      plan.destinationRemovals.push(step)
      if (isKindAllowed(allow, step.kind)) continue
    } else if (destination.weight === 0 || isKindAllowed(allow, 'drainDestination')) draining.push(endpoint)
    if (destination.weight === 0) hasIdle = true
  }
  return { draining, hasIdle }
}

/** Plans the next action of a drain. Returns true if the destination can be removed. */
function planDrain(
  service: Service,
  endpoint: string,
  destination: Destination,
  removesService: boolean,
  { rules, weightReductions, draining }: PlanBuilder,
): boolean {
  if (rules.drain === undefined) return true
  const name = formatService(service)
  const known = rules.ledger.deadlines.get(drainKey(name, endpoint))
  const next = nextDrainAction(rules.drain, service, destination, known, rules.now)
  if (next.action === 'remove') return true
  if (next.action === 'drain') weightReductions.push(drainDestinationStep(service, endpoint, destination))
  const { connections, deadline } = next
  draining.push({ service: name, destination: endpoint, connections, removeBy: deadline, removesService })
  return false
}

function planChange(
  service: ResolvedService,
  endpoint: string,
  from: Destination,
  to: ResolvedDestination,
  { rules, additions, weightReductions }: PlanBuilder,
): void {
  const step = makeChangeStep(service, endpoint, from, to, rules)
  if (step !== undefined) (step.changes.some(isReduction) ? weightReductions : additions).push(step)
}

function makeChangeStep(
  service: ResolvedService,
  endpoint: string,
  from: Destination,
  to: ResolvedDestination,
  { keepWeights, ledger }: PlanRules,
): Step | undefined {
  const changes = diffDestinationSettings(from, to)
  if (changes.length === 0) return undefined
  // A cancelled drain restores the weight even if another program sets the weights.
  const isKept = keepWeights && !ledger.deadlines.has(drainKey(service.name, endpoint))
  if (!isKept) return updateDestinationStep(service, endpoint, to, changes)
  const others = changes.filter(({ setting }) => setting !== 'weight')
  return others.length === 0 ? undefined : updateAllButWeightStep(service, endpoint, to, others)
}

function isReduction({ setting, from, to }: SettingChange): boolean {
  return setting === 'weight' && Number(to) < Number(from)
}

/** Adds a conflict about a foreign service. */
function addConflict(service: string, { rules, conflicts }: PlanBuilder): void {
  conflicts.push({ service, explanation: rules.ledger.explain(service) })
}

/** Whether the destinations of a foreign service are already as desired. */
function matchesDestinations(
  existing: ReadonlyMap<string, Destination>,
  desired: ResolvedService,
  rules: PlanRules,
): boolean {
  const { destinations } = desired
  if (destinations === undefined) return true
  if (destinations.size !== existing.size) return false
  return [...destinations].every(([endpoint, to]) => {
    const from = existing.get(endpoint)
    return from !== undefined && makeChangeStep(desired, endpoint, from, to, rules) === undefined
  })
}
