import type { Service } from '../../ipvs/model/service.ts'
import { formatEndpoint, formatService } from '../../ipvs/model/service-key.ts'
import { diffDaemonSettings } from '../model/difference.ts'
import type { ResolvedDaemon, ResolvedService, ResolvedState } from '../model/resolved-state.ts'
import { type Step, type StepKind, setTimeoutsStep, startDaemonStep, stopDaemonStep } from '../model/step.ts'
import type { CurrentTable } from '../model/table.ts'
import type { OwnershipConflict } from '../ownership/ledger.ts'
import type { DrainingDestination, PendingRemoval } from './drain.ts'
import { PlanBuilder, type PlanRules, type SkippedStep } from './plan-builder.ts'
import { isKindAllowed } from './plan-fallback.ts'
import { planNewService, planService, planServiceRemoval } from './plan-service.ts'

/** The steps of a plan, and the steps that it skips. */
export interface PlannedSteps {
  /** The steps in the order in which they are taken. */
  readonly steps: readonly Step[]
  /** Steps that the desired state requires but that are not taken, with the reason. */
  readonly skipped: readonly SkippedStep[]
  /** Destinations that are draining, or that this plan starts to drain. */
  readonly draining: readonly DrainingDestination[]
  /** Sentences about consequences that may not be intended, such as clients that are refused while a destination drains. */
  readonly warnings: readonly string[]
}

/** The same, with the details that executing the plan requires. */
export interface ComputedPlan extends Omit<PlannedSteps, 'draining'> {
  readonly draining: readonly PendingRemoval[]
  /** The number of steps at the beginning that take nothing away. */
  readonly additiveCount: number
  /** The services whose fallback flag is set while destinations drain. */
  readonly fallbacks: ReadonlySet<string>
  readonly conflicts: readonly OwnershipConflict[]
}

/**
 * Computes the smallest list of steps from one table to another. Everything is added, and every weight raised, before a
 * weight is lowered or anything is removed, so that no service is interrupted needlessly. Linear in the size of the tables.
 */
export function computePlan(current: CurrentTable, desired: ResolvedState, rules: PlanRules): ComputedPlan {
  const plan = new PlanBuilder(rules)
  const setTimeouts = setTimeoutsStep(current.timeouts, desired.timeouts)
  if (setTimeouts !== undefined) plan.preparations.push(setTimeouts)
  if (desired.services !== undefined) planServices(current.services, desired.services, plan)
  if (desired.daemons !== undefined) planDaemons(current.daemons, desired.daemons, plan)
  const additive = [...plan.preparations, ...plan.additions]
  const subtractive = [
    ...plan.weightReductions,
    ...plan.destinationRemovals,
    ...plan.fallbackRemovals,
    ...plan.serviceRemovals,
    ...plan.daemonStarts,
  ]
  const { skipped, draining, warnings, fallbacks, conflicts } = plan
  const rest = { skipped, draining, warnings, fallbacks, conflicts }
  const { allow } = rules
  if (allow === undefined) {
    const steps = [...additive, ...subtractive]
    return { steps, additiveCount: additive.length, ...rest }
  }
  const allowed = filterAllowed(additive, allow, skipped)
  const kept = keepLastDestination(current, desired, allowed, filterAllowed(subtractive, allow, skipped))
  skipped.push(...kept.withheld.map((step) => ({ step, reason: 'last-destination' }) as const))
  const steps = [...allowed, ...kept.steps]
  return { steps, additiveCount: allowed.length, ...rest }
}

function filterAllowed(steps: readonly Step[], allow: ReadonlySet<StepKind>, skipped: SkippedStep[]): Step[] {
  const missing = new Set<string>()
  return steps.filter((step) => {
    // A destination cannot be added to a service that is not added.
    const isAllowed =
      isKindAllowed(allow, step.kind) && !(step.kind === 'addDestination' && missing.has(step.service))
    if (!isAllowed) skipped.push({ step, reason: 'not-allowed' })
    if (!isAllowed && step.kind === 'addService') missing.add(step.service)
    return isAllowed
  })
}

function planServices(
  current: readonly Service[],
  desired: ReadonlyMap<string, ResolvedService>,
  plan: PlanBuilder,
): void {
  const existing = new Map(current.map((service) => [formatService(service), service]))
  for (const [name, service] of desired) {
    const found = existing.get(name)
    if (found === undefined) planNewService(service, plan)
    else planService(found, service, plan)
  }
  for (const [name, surplus] of existing) {
    if (!desired.has(name) && plan.rules.ledger.owns(name, surplus)) planServiceRemoval(surplus, plan)
  }
}

function planDaemons(
  current: CurrentTable['daemons'],
  desired: readonly ResolvedDaemon[],
  plan: PlanBuilder,
): void {
  const missing = new Map<string | number, ResolvedDaemon>(desired.map((daemon) => [daemon.role, daemon]))
  for (const daemon of current) {
    const target = missing.get(daemon.role)
    missing.delete(daemon.role)
    if (target === undefined) {
      const step = stopDaemonStep(daemon)
      if (plan.rules.ledger.ownsDaemon(String(daemon.role))) plan.preparations.push(step)
      else plan.skipped.push({ step, reason: 'not-owned' })
      continue
    }
    const changes = diffDaemonSettings(daemon, target)
    // The kernel cannot change a running daemon.
    if (changes.length > 0) plan.daemonStarts.push(stopDaemonStep(daemon), startDaemonStep(target, changes))
  }
  for (const daemon of missing.values()) plan.daemonStarts.push(startDaemonStep(daemon, []))
}

/** Steps that can be taken and steps that must wait. */
export interface FilteredSteps {
  readonly steps: readonly Step[]
  readonly withheld: readonly Step[]
}

/**
 * Withholds steps that would take the last active destination from a service whose replacement could not be added. A
 * destination is active if its weight is above 0. `added` are the steps that succeeded before.
 */
export function keepLastDestination(
  current: CurrentTable,
  desired: ResolvedState,
  added: readonly Step[],
  subtractive: readonly Step[],
): FilteredSteps {
  const names = new Set(
    subtractive.filter(({ destination }) => destination !== '').map(({ service }) => service),
  )
  if (names.size === 0) return { steps: subtractive, withheld: [] }
  const active = findActiveEndpoints(current, names)
  for (const step of added) {
    if (weightAfter(step) > 0) active.get(step.service)?.add(step.destination)
  }
  const withheld: Step[] = []
  const steps = subtractive.filter((step) => {
    const endpoints = active.get(step.service)
    if (step.destination === '' || endpoints === undefined || weightAfter(step) > 0) return true
    const isLast = endpoints.size === 1 && endpoints.has(step.destination)
    if (isLast && isDesiredActive(desired, step.service)) {
      withheld.push(step)
      return false
    }
    endpoints.delete(step.destination)
    return true
  })
  return { steps, withheld }
}

function findActiveEndpoints(
  { services }: CurrentTable,
  names: ReadonlySet<string>,
): Map<string, Set<string>> {
  const active = new Map<string, Set<string>>()
  for (const service of services) {
    const name = formatService(service)
    if (names.has(name)) active.set(name, activeEndpoints(service))
  }
  return active
}

function activeEndpoints({ destinations }: Service): Set<string> {
  const active = destinations.filter(({ weight }) => weight > 0)
  return new Set(active.map(({ address, port }) => formatEndpoint(address, port)))
}

/** Whether a service has an active destination in the desired state. */
function isDesiredActive({ services }: ResolvedState, name: string): boolean {
  return [...(services?.get(name)?.destinations?.values() ?? [])].some(({ weight }) => weight > 0)
}

/** The weight of the destination after a step; 0 if the step removes it. */
function weightAfter({ command }: Step): number {
  if (command.command !== 'addDestination' && command.command !== 'updateDestination') return 0
  return command.destination.weight ?? 0
}
