import { normaliseInTurns } from '../document/normalise-in-turns.ts'
import type { DesiredState } from '../model/desired-state.ts'
import { readBeside } from '../model/read-table.ts'
import type { TableClient } from '../model/table-client.ts'
import { OwnershipError } from '../ownership/ownership.ts'
import { computePlan } from '../plan/compute-plan.ts'
import { checkOptions, type PlanOptions } from '../plan/options.ts'
import { applyState } from './apply.ts'
import { contextOf } from './client-context.ts'
import { Plan } from './plan.ts'

/**
 * Says what has to be done to make a table what it is to be, and does nothing.
 *
 * @throws {DesiredStateError} when the desired state is not one.
 * @throws {OwnershipError} when it names what is somebody else's.
 */
export async function makePlan(
  ipvs: TableClient,
  desired: DesiredState,
  options: PlanOptions,
): Promise<Plan> {
  const normalised = normaliseInTurns(desired)
  const checked = checkOptions(options)
  const ledger = await contextOf(ipvs).openLedger(checked)
  const { current, target } = await readBeside(ipvs, normalised, checked)
  const rules = { ...checked, ownership: ledger, deadlines: ledger.deadlines, now: Date.now() }
  const planned = computePlan(current, target, rules)
  if (planned.conflicts.length > 0) throw new OwnershipError(planned.conflicts)
  return new Plan(planned, (more) => applyState(ipvs, target, checkOptions({ ...options, ...more })))
}
