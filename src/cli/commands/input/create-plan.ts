import { makePlan } from '../../../state/apply/make-plan.ts'
import type { Plan } from '../../../state/apply/plan.ts'
import type { DesiredState } from '../../../state/model/desired-state.ts'
import { OwnershipError } from '../../../state/ownership/ownership.ts'
import type { PlanOptions } from '../../../state/plan/options.ts'
import type { Terminal } from '../../io/command-io.ts'
import { ExitStatus } from '../../io/failure.ts'

/** Makes a plan. What is somebody else's is told service by service. */
export async function createPlan(
  desired: DesiredState,
  options: PlanOptions,
  netns: string | undefined,
  screen: Terminal,
): Promise<Plan> {
  const ipvs = await screen.open(netns)
  return await reportConflicts(screen, () => makePlan(ipvs, desired, options))
}

/** Does something that may meet what is somebody else's, and tells that in the words of this program. */
export async function reportConflicts<T>(screen: Terminal, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof OwnershipError)) throw error
    for (const { service, explanation } of error.conflicts) {
      screen.printError(`lvs: ${service} ${explanation.replace('with adopt: true', 'with --adopt')}`)
    }
    throw new ExitStatus(1)
  }
}
