import type { Terminal } from '../io/command-io.ts'
import { describeFailure, EXIT_USAGE, ExitStatus } from '../io/failure.ts'
import { addExamples, type DefineCommand } from './options/command-options.ts'
import { addPlanOptions, type PlanFlags } from './options/plan-options.ts'
import { printPlan } from './output/print-plan.ts'
import { printJson } from './output/text.ts'
import { createPlan } from './plan.ts'

/** As in diff(1): 0 means no difference, and 2 means trouble, which includes errors of the kernel. */
const EXIT_DIFFERENT = 1
const EXIT_TROUBLE = EXIT_USAGE

export const define: DefineCommand = (command, terminal) => {
  const description =
    'Show the steps that would make the table match a file, without taking them. As with diff, the exit status is 0 if there are no steps, 1 if there are some, and 2 for trouble.'
  addPlanOptions(command.description(description)).action(async (file: string, flags: PlanFlags) => {
    const plan = await exitOnTrouble(terminal, async () => {
      const created = await createPlan(file, flags, terminal)
      terminal.print(flags.json ? printJson(created) : printPlan(created, terminal.colours))
      return created
    })
    if (!plan.isEmpty) throw new ExitStatus(EXIT_DIFFERENT)
  })
  addExamples(
    command,
    'lvs diff lvs.yaml',
    'lvs diff lvs.yaml --set web',
    'lvs diff keepalived.conf --whole --netns director',
    'ipvsadm -Sn | lvs diff - --format rules',
  )
}

/** Exits with the status for trouble, because 1, the usual status of a failure, would mean a difference. */
async function exitOnTrouble<T>(terminal: Terminal, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof ExitStatus)) terminal.printError(`lvs: ${describeFailure(error).message}`)
    throw new ExitStatus(EXIT_TROUBLE)
  }
}
