import { ApplyError, type ApplyResult } from '../../state/apply/apply-result.ts'
import type { Plan } from '../../state/apply/plan.ts'
import { OwnershipError } from '../../state/ownership/ledger.ts'
import type { Terminal } from '../io/command-io.ts'
import { ExitStatus } from '../io/failure.ts'
import { readDesired } from './input/read-desired.ts'
import { type PlanFlags, toPlanOptions } from './options/plan-options.ts'

/** Reads a desired state and computes the plan for it according to the flags. */
export async function createPlan(file: string, flags: PlanFlags, terminal: Terminal): Promise<Plan> {
  const options = await toPlanOptions(flags)
  const desired = await readDesired(file, flags, terminal)
  const ipvs = await terminal.open(flags.netns)
  return await reportConflicts(terminal, () => ipvs.plan(desired, options))
}

/** Applies a plan. Returns the result even if steps failed. */
export async function applyPlan(plan: Plan, wait: boolean): Promise<ApplyResult> {
  try {
    return await plan.apply({ wait })
  } catch (error) {
    if (error instanceof ApplyError) return error.result
    throw error
  }
}

/** Prints each ownership conflict on a separate line, and names the options of this command instead of those of the library. */
export async function reportConflicts<T>(terminal: Terminal, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof OwnershipError)) throw error
    for (const { service, explanation } of error.conflicts) {
      terminal.printError(`lvs: ${service} ${explanation.replace(/`?adopt: true`?/, '--adopt')}`)
    }
    throw new ExitStatus(1)
  }
}
