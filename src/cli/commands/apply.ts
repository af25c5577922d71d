import type { ApplyResult } from '../../state/apply/apply-result.ts'
import type { Plan } from '../../state/apply/plan.ts'
import type { Terminal } from '../io/command-io.ts'
import { describeFailure, ExitStatus, UsageError } from '../io/failure.ts'
import { addExamples, type DefineCommand } from './options/command-options.ts'
import { addYesOption, type ConfirmOptions, confirm, requireInteractive } from './options/confirm.ts'
import { addPlanOptions, type PlanFlags } from './options/plan-options.ts'
import { printPlan, printResult } from './output/print-plan.ts'
import { printJson } from './output/text.ts'
import { applyPlan, createPlan, reportConflicts } from './plan.ts'

interface Flags extends PlanFlags, ConfirmOptions {
  readonly wait: boolean
}

export const define: DefineCommand = (command, terminal) => {
  const description =
    'Make the table match a file with the fewest steps; entries that match are untouched. Shows the steps, asks for confirmation, then shows the outcome of each step. The exit status is 1 if a step failed; steps that do not depend on it are still taken.'
  addYesOption(addPlanOptions(command.description(description)))
    .option('--no-wait', 'with --drain: do not wait for connections to end; apply again later')
    .action(async (file: string, flags: Flags) => {
      if (flags.json && !flags.yes) throw new UsageError('--json requires --yes')
      requireInteractive(flags, terminal)
      await confirmAndApply(await createPlan(file, flags, terminal), flags, terminal)
    })
  addExamples(
    command,
    'lvs apply lvs.yaml',
    'lvs apply lvs.yaml --yes --set web --drain 60',
    'lvs apply keepalived.conf --yes --whole',
    'lvs save --netns blue | lvs apply - --yes --netns green',
  )
}

async function confirmAndApply(plan: Plan, flags: Flags, terminal: Terminal): Promise<void> {
  const { json, wait } = flags
  if (!json) terminal.print(printPlan(plan, terminal.colours))
  if (!json && plan.isEmpty) return
  if (!(await confirm('Apply these steps?', flags, terminal))) {
    terminal.printError('lvs: aborted; nothing was changed')
    throw new ExitStatus(1)
  }
  if (wait && plan.draining.length > 0 && !json) {
    terminal.print('Waiting for connections to end. After an interruption, apply again to continue.\n')
  }
  const result = await reportConflicts(terminal, () => applyPlan(plan, wait))
  terminal.print(json ? printJson(toJsonResult(result)) : printResult(result, terminal.colours))
  if (result.steps.some(({ outcome }) => outcome === 'failed')) throw new ExitStatus(1)
}

/** JSON.stringify would print errors as empty objects. */
function toJsonResult({ steps, ...rest }: ApplyResult): object {
  const results = steps.map(({ step, outcome, error }) => ({
    ...step.toJSON(),
    outcome,
    error: error === undefined ? undefined : describeFailure(error).message,
  }))
  return { steps: results, ...rest }
}
