import { resolveDesiredState } from '../document/normalise.ts'
import type { DesiredState } from '../model/desired-state.ts'
import type { CurrentTable } from '../model/target.ts'
import { PredicateLedger } from '../ownership/ledger.ts'
import { OwnershipError } from '../ownership/ownership.ts'
import { computePlan, type PlannedSteps } from './compute-plan.ts'
import { checkOptions, type PlanOptions } from './options.ts'

/** What a plan may do, where it is made of two tables and nothing else. */
export type PlanTableOptions = Omit<PlanOptions, 'set' | 'signal'>

/**
 * Finds what has to be done to get from one table to another: the smallest list of steps, in an order in which nobody is cut
 * off that need not be. A pure function, linear in the size of the tables. The caller owns everything unless `owns` says
 * otherwise.
 *
 * @throws {DesiredStateError} when the desired state is not one.
 * @throws {OwnershipError} when it names what is not the caller's.
 */
export function planTable(
  current: CurrentTable,
  desired: DesiredState,
  options: PlanTableOptions = {},
): PlannedSteps {
  const checked = checkOptions(options)
  const ownership = new PredicateLedger(checked.owns ?? (() => true), new Map())
  const rules = { ...checked, ownership, deadlines: ownership.deadlines, now: Date.now() }
  const {
    steps,
    skipped: left,
    draining,
    conflicts: clashes,
  } = computePlan(current, resolveDesiredState(desired), rules)
  if (clashes.length > 0) throw new OwnershipError(clashes)
  return { steps, skipped: left, draining }
}
