import { applyTarget } from './apply.ts'
import type { DesiredState } from './desired-state.ts'
import { memoryOf } from './memory.ts'
import { normaliseInTurns } from './normalise-in-turns.ts'
import { checkOptions, type PlanOptions } from './options.ts'
import { OwnershipError } from './ownership.ts'
import { Plan } from './plan.ts'
import { outline } from './planning.ts'
import { readBeside } from './read-table.ts'
import type { TableClient } from './table-client.ts'

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
