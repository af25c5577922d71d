import { applyTarget } from './apply.ts'
import type { DesiredState } from '../model/desired-state.ts'
import { memoryOf } from './client-context.ts'
import { normaliseInTurns } from '../document/normalise-in-turns.ts'
import { checkOptions, type PlanOptions } from '../plan/options.ts'
import { OwnershipError } from '../ownership/ownership.ts'
import { Plan } from './plan.ts'
import { outline } from '../plan/compute-plan.ts'
import { readBeside } from '../model/read-table.ts'
import type { TableClient } from '../model/table-client.ts'

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
  const ledger = await memoryOf(ipvs).ledger(checked)
  const { current, target } = await readBeside(ipvs, normalised, checked)
  const rules = { ...checked, ownership: ledger, deadlines: ledger.deadlines, now: Date.now() }
  const planned = outline(current, target, rules)
  if (planned.clashes.length > 0) throw new OwnershipError(planned.clashes)
  return new Plan(planned, (more) => applyTarget(ipvs, target, checkOptions({ ...options, ...more })))
}
