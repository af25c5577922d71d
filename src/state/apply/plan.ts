import { monotonicNow } from '../../system/boot-clock.ts'
import { resolveDesiredState } from '../document/resolve-desired-state.ts'
import type { DesiredState } from '../model/desired-state.ts'
import type { ResolvedState } from '../model/resolved-state.ts'
import type { Step } from '../model/step.ts'
import type { CurrentTable } from '../model/table.ts'
import { OwnershipError, PredicateLedger } from '../ownership/ledger.ts'
import { computePlan, type PlannedSteps } from '../plan/compute-plan.ts'
import { type DrainingDestination, toDrainingDestinations } from '../plan/drain.ts'
import { type ApplyOptions, checkOptions, type PlanOptions } from '../plan/options.ts'
import type { SkippedStep } from '../plan/plan-builder.ts'
import { applyState, readManaged } from './apply.ts'
import type { ApplyResult } from './apply-result.ts'
import type { ClientContext } from './client-context.ts'

/** Options of {@link Plan.apply}. */
export type PlanApplyOptions = Pick<ApplyOptions, 'wait' | 'interval' | 'signal'>

/** The steps from the current table to a desired state. As text it is the list of its steps. */
export class Plan {
  /** The steps in the order in which they are taken: additions and higher weights before lower weights and removals. */
  readonly steps: readonly Step[]
  /** Steps that the desired state requires but that are not taken, with the reason. */
  readonly skipped: readonly SkippedStep[]
  /** Destinations that are draining, or that this plan starts to drain. */
  readonly draining: readonly DrainingDestination[]
  /** Sentences about consequences that may not be intended, such as clients that are refused while a destination drains. */
  readonly warnings: readonly string[]
  readonly #apply: (options: PlanApplyOptions) => Promise<ApplyResult>

  /** @internal */
  constructor(
    { steps, skipped, draining, warnings }: PlannedSteps,
    apply: (options: PlanApplyOptions) => Promise<ApplyResult>,
  ) {
    this.steps = steps
    this.skipped = skipped
    this.draining = draining
    this.warnings = warnings
    this.#apply = apply
  }

  /** Whether there is nothing to do, now or later. */
  get isEmpty(): boolean {
    return this.steps.length === 0 && this.draining.length === 0
  }

  /**
   * Applies the desired state. Reads the table and plans again, because other processes may have changed it since: steps that
   * they have taken are not repeated, and changes that they reverted are made again.
   *
   * @throws {OwnershipError} before anything is changed, if the document contains services of another owner.
   * @throws {ApplyError} if steps failed; the others were taken.
   */
  apply(options: PlanApplyOptions = {}): Promise<ApplyResult> {
    return this.#apply(options)
  }

  /** The steps, one per line; empty if there is nothing to do. */
  toString(): string {
    return this.steps.map(({ text }) => text).join('\n')
  }
}

/** Computes the plan of a client. */
export async function makePlan(
  context: ClientContext,
  desired: ResolvedState,
  options: PlanOptions,
): Promise<Plan> {
  const checked = checkOptions(options)
  const ledger = await context.openLedger(checked)
  const current = await readManaged(context.client, desired, checked)
  const plan = computePlan(current, desired, { ...checked, ledger, now: monotonicNow() })
  if (plan.conflicts.length > 0) throw new OwnershipError(plan.conflicts)
  const planned = { ...plan, draining: toDrainingDestinations(plan.draining) }
  return new Plan(planned, (more) => applyState(context, desired, checkOptions({ ...options, ...more })))
}

/** Options of {@link planTable}. */
export type PlanTableOptions = Omit<PlanOptions, 'set' | 'signal'>

/**
 * Computes the smallest list of steps from a table to a desired state, in an order that interrupts no service needlessly. A
 * pure function, linear in the size of the tables. The caller owns all services unless `owns` is given.
 *
 * @throws {DesiredStateError} if the document is not a valid desired state.
 * @throws {OwnershipError} if the document contains services of another owner.
 */
export function planTable(
  current: CurrentTable,
  desired: DesiredState,
  options: PlanTableOptions = {},
): PlannedSteps {
  const checked = checkOptions(options)
  const ledger = new PredicateLedger(checked.owns ?? (() => true), {
    deadlines: new Map(),
    fallbacks: new Set(),
  })
  const rules = { ...checked, ledger, now: monotonicNow() }
  const { steps, skipped, draining, warnings, conflicts } = computePlan(
    current,
    resolveDesiredState(desired),
    rules,
  )
  if (conflicts.length > 0) throw new OwnershipError(conflicts)
  return { steps, skipped, draining: toDrainingDestinations(draining), warnings }
}
