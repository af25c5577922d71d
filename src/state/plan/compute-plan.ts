import type { Service } from '../../ipvs/model/service.ts'
import { formatService } from '../../ipvs/model/service-key.ts'
import { diffDaemonSettings } from '../model/difference.ts'
import type { Step, StepKind } from '../model/step.ts'
import type { CurrentTable, ResolvedState } from '../model/target.ts'
import { endpointOf } from '../model/target-destinations.ts'
import type { OwnershipConflict } from '../ownership/ownership.ts'
import type { DrainingDestination } from './drain.ts'
import { keepLastDestination } from './last-destination.ts'
import { PlanBuilder, type PlanRules, type SkippedStep } from './plan-builder.ts'
import { planServiceRemoval } from './plan-removal.ts'
import { planService } from './plan-service.ts'
import {
  addDestinationStep,
  addServiceStep,
  setTimeoutsStep,
  startDaemonStep,
  stopDaemonStep,
} from './plan-steps.ts'

/** What has to be done, and what is not. */
export interface PlannedSteps {
  /** The steps, in the order in which they are to be taken. */
  readonly steps: readonly Step[]
  /** What would bring the table nearer to what is desired and is not done, and why. */
  readonly skipped: readonly SkippedStep[]
  /** Destinations that wait for the end of their connections, or are going to. */
  readonly draining: readonly DrainingDestination[]
}

/** The same with what carrying it out takes. */
export interface ComputedPlan extends PlannedSteps {
  /** How many of the steps, the first ones, take nothing away from anybody. */
  readonly additiveCount: number
  readonly conflicts: readonly OwnershipConflict[]
}

/**
 * Finds the smallest list of steps from one table to the other, in an order in which nobody is cut off that need not be:
 * everything is added, and every weight raised, before any is lowered or anything removed. Linear in the size of the tables.
 */
export function computePlan(current: CurrentTable, target: ResolvedState, rules: PlanRules): ComputedPlan {
  const drafts = new PlanBuilder()
  planTimeouts(current, target, drafts)
  planServices(current, target, rules, drafts)
  planDaemons(current, target, rules, drafts)
  const raising = [...drafts.first, ...drafts.additive]
  const lowering = [
    ...drafts.weightReductions,
    ...drafts.destinationRemovals,
    ...drafts.serviceRemovals,
    ...drafts.last,
  ]
  const { draining, skipped: left, conflicts: clashes } = drafts
  const { allow } = rules
  if (allow === undefined) {
    return {
      steps: [...raising, ...lowering],
      additiveCount: raising.length,
      draining,
      skipped: left,
      conflicts: clashes,
    }
  }
  const allowed = filterAllowed(raising, allow, left)
  const taken = keepLastDestination(current, target, allowed, filterAllowed(lowering, allow, left))
  left.push(...taken.withheld.map((step) => ({ step, reason: 'last-destination' }) as const))
  return {
    steps: [...allowed, ...taken.steps],
    additiveCount: allowed.length,
    draining,
    skipped: left,
    conflicts: clashes,
  }
}

function filterAllowed(steps: readonly Step[], allow: ReadonlySet<StepKind>, left: SkippedStep[]): Step[] {
  const missing = new Set<string>()
  return steps.filter((step) => {
    // Nothing can be added to what is not there.
    const allowed = allow.has(step.kind) && !(step.kind === 'addDestination' && missing.has(step.service))
    if (!allowed) left.push({ step, reason: 'not-allowed' })
    if (!allowed && step.kind === 'addService') missing.add(step.service)
    return allowed
  })
}

function planTimeouts(current: CurrentTable, { timeouts }: ResolvedState, drafts: PlanBuilder): void {
  const step = setTimeoutsStep(current.timeouts, timeouts)
  if (step !== undefined) drafts.first.push(step)
}

function planServices(
  current: CurrentTable,
  { services }: ResolvedState,
  rules: PlanRules,
  drafts: PlanBuilder,
): void {
  if (services === undefined) return
  const { ownership } = rules
  const existing = new Array<Service | undefined>(services.size)
  const others: Service[] = []
  for (const service of current.services) {
    const target = services.get(formatService(service))
    if (target === undefined) others.push(service)
    else existing[target.place] = service
  }
  for (const target of services.values()) {
    const { name } = target
    const service = existing[target.place]
    const claim = ownership.claim(name, target.key, service !== undefined)
    if (service === undefined) {
      if (claim === 'foreign') {
        drafts.conflicts.push({ service: name, explanation: ownership.explain(name) })
        continue
      }
      drafts.additive.push(addServiceStep(target))
      for (const destination of target.destinations?.list ?? []) {
        drafts.additive.push(addDestinationStep(target, endpointOf(destination), destination))
      }
    } else {
      planService(service, target, claim, rules, drafts)
    }
  }
  for (const service of others) {
    const name = formatService(service)
    if (ownership.owns(name, service)) planServiceRemoval(name, service, rules, drafts)
  }
}

/**
 * Daemons that are to end do so first and those that begin come last: the kernel has no daemon beside a destination of
 * another family than its service's.
 */
function planDaemons(
  current: CurrentTable,
  { daemons }: ResolvedState,
  { ownership }: PlanRules,
  drafts: PlanBuilder,
): void {
  if (daemons === undefined) return
  const wanted = new Map<string | number, (typeof daemons)[number]>(
    daemons.map((daemon) => [daemon.role, daemon]),
  )
  for (const daemon of current.daemons) {
    const target = wanted.get(daemon.role)
    wanted.delete(daemon.role)
    if (target === undefined) {
      const step = stopDaemonStep(daemon)
      if (ownership.ownsDaemon(String(daemon.role))) drafts.first.push(step)
      else drafts.skipped.push({ step, reason: 'not-owned' })
      continue
    }
    const changes = diffDaemonSettings(daemon, target)
    if (changes.length === 0) continue
    // The kernel cannot change one that runs.
    drafts.last.push(stopDaemonStep(daemon), startDaemonStep(target, changes))
  }
  for (const daemon of wanted.values()) drafts.last.push(startDaemonStep(daemon, []))
}
