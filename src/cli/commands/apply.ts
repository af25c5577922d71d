import { ApplyError, type ApplyResult } from '../../state/apply/apply-result.ts'
import type { Plan } from '../../state/apply/plan.ts'
import type { DefineCommand } from '../commands.ts'
import type { Terminal } from '../io/command-io.ts'
import { describeFailure, ExitStatus, UsageError } from '../io/failure.ts'
import { createPlan, reportConflicts } from './input/create-plan.ts'
import { readDesired } from './input/read-desired.ts'
import { addYesOption, type ConfirmOptions, confirm, requireInteractive } from './options/confirm.ts'
import { addExamples } from './options/options.ts'
import { addPlanOptions, type PlanFlags, toPlanOptions } from './options/plan-options.ts'
import { printJson } from './output/print-json.ts'
import { printPlan, printResult } from './output/print-plan.ts'

interface Flags extends PlanFlags, ConfirmOptions {
  readonly wait: boolean
}

export const define: DefineCommand = (command, screen) => {
  const description =
    'Make the table what a file says, with as few steps as that takes; what is right is not touched. The steps are shown before they are taken, and each with its outcome after. Status 1 when a step was refused; the others were taken.'
  addYesOption(addPlanOptions(command.description(description)))
    .option('--no-wait', 'with --drain: do not wait until connections have ended; apply again later')
    .action(async (file: string, flags: Flags) => {
      if (flags.json && !flags.yes) throw new UsageError('--json needs --yes: a program cannot be asked')
      requireInteractive(flags, screen)
      const options = await toPlanOptions(flags)
      const desired = await readDesired(file, flags.format, screen)
      await confirmAndApply(await createPlan(desired, options, flags.netns, screen), flags, screen)
    })
  addExamples(
    command,
    'lvs apply lvs.yaml',
    'lvs apply lvs.yaml --yes --set web --drain 60',
    'lvs apply keepalived.conf --yes --whole',
    'lvs save --netns blue | lvs apply - --yes --netns green',
  )
}

async function confirmAndApply(plan: Plan, flags: Flags, screen: Terminal): Promise<void> {
  if (!flags.json) screen.print(printPlan(plan, screen.colours))
  if (!flags.json && plan.isEmpty) return
  if (!(await confirm('Take these steps?', flags, screen))) {
    screen.printError('lvs: nothing was done')
    throw new ExitStatus(1)
  }
  const { wait } = flags
  if (wait && plan.draining.length > 0 && !flags.json) {
    screen.print(
      'Waiting for connections to end; what is left to do after an interruption a later apply does.\n',
    )
  }
  const result = await reportConflicts(screen, () => applyPlan(plan, wait))
  screen.print(flags.json ? printJson(toJsonResult(result)) : printResult(result, screen.colours))
  if (result.steps.some(({ outcome }) => outcome === 'failed')) throw new ExitStatus(1)
}

/** Takes the steps of a plan, and tells what became of each, whatever it was. */
export async function applyPlan(plan: Plan, wait: boolean): Promise<ApplyResult> {
  try {
    return await plan.apply({ wait })
  } catch (error) {
    if (error instanceof ApplyError) return error.result
    throw error
  }
}

/** Errors have nothing that JSON shows. */
function toJsonResult({ steps, ...rest }: ApplyResult): object {
  const results = steps.map(({ step, outcome, error }) => ({
    ...step.toJSON(),
    outcome,
    error: error === undefined ? undefined : describeFailure(error).message,
  }))
  return { steps: results, ...rest }
}
