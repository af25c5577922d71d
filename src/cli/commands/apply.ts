import { ApplyError, type ApplyResult } from '../../state/apply/apply-result.ts'
import type { Plan } from '../../state/apply/plan.ts'
import type { Define } from '../commands.ts'
import type { Screen } from '../io/command-io.ts'
import { type ConfirmOptions, checkAnswerable, confirm, takesYes } from './options/confirm.ts'
import { describeFailure, ExitStatus, Mistake } from '../io/failure.ts'
import { showsExamples } from './options/options.ts'
import { type PlanFlags, planOptions, takesPlanOptions } from './options/plan-options.ts'
import { planFor, withClashes } from './input/create-plan.ts'
import { printJson } from './output/print-json.ts'
import { printPlan, printResult } from './output/print-plan.ts'
import { readDesired } from './input/read-desired.ts'

interface Flags extends PlanFlags, ConfirmOptions {
  readonly wait: boolean
}

export const define: Define = (command, screen) => {
  const description =
    'Make the table what a file says, with as few steps as that takes; what is right is not touched. The steps are shown before they are taken, and each with its outcome after. Status 1 when a step was refused; the others were taken.'
  takesYes(takesPlanOptions(command.description(description)))
    .option('--no-wait', 'with --drain: do not wait until connections have ended; apply again later')
    .action(async (file: string, flags: Flags) => {
      if (flags.json && !flags.yes) throw new Mistake('--json needs --yes: a program cannot be asked')
      checkAnswerable(flags, screen)
      const options = await planOptions(flags)
      const desired = await readDesired(file, flags.format, screen)
      await carryOut(await planFor(desired, options, flags.netns, screen), flags, screen)
    })
  showsExamples(
    command,
    'lvs apply lvs.yaml',
    'lvs apply lvs.yaml --yes --set web --drain 60',
    'lvs apply keepalived.conf --yes --whole',
    'lvs save --netns blue | lvs apply - --yes --netns green',
  )
}

async function carryOut(plan: Plan, flags: Flags, screen: Screen): Promise<void> {
  if (!flags.json) screen.print(printPlan(plan, screen.colours))
  if (!flags.json && plan.isEmpty) return
  if (!(await confirm('Take these steps?', flags, screen))) {
    screen.complain('lvs: nothing was done')
    throw new ExitStatus(1)
  }
  const { wait } = flags
  if (wait && plan.draining.length > 0 && !flags.json) {
    screen.print(
      'Waiting for connections to end; what is left to do after an interruption a later apply does.\n',
    )
  }
  const result = await withClashes(screen, () => applied(plan, wait))
  screen.print(flags.json ? printJson(forPrograms(result)) : printResult(result, screen.colours))
  if (result.steps.some(({ outcome }) => outcome === 'failed')) throw new ExitStatus(1)
}

/** Takes the steps of a plan, and tells what became of each, whatever it was. */
export async function applied(plan: Plan, wait: boolean): Promise<ApplyResult> {
  try {
    return await plan.apply({ wait })
  } catch (error) {
    if (error instanceof ApplyError) return error.result
    throw error
  }
}

/** Errors have nothing that JSON shows. */
function forPrograms({ steps, ...rest }: ApplyResult): object {
  const results = steps.map(({ step, outcome, error }) => ({
    ...step.toJSON(),
    outcome,
    error: error === undefined ? undefined : describeFailure(error).message,
  }))
  return { steps: results, ...rest }
}
