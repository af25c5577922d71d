import type { DefineCommand } from '../commands.ts'
import type { Terminal } from '../io/command-io.ts'
import { describeFailure, EXIT_USAGE, ExitStatus } from '../io/failure.ts'
import { createPlan } from './input/create-plan.ts'
import { readDesired } from './input/read-desired.ts'
import { addExamples } from './options/options.ts'
import { addPlanOptions, type PlanFlags, toPlanOptions } from './options/plan-options.ts'
import { printJson } from './output/print-json.ts'
import { printPlan } from './output/print-plan.ts'

/** As diff(1) has it: 0 for no difference, and 2 for trouble, a refusal of the kernel too. */
const EXIT_DIFFERENT = 1
const EXIT_TROUBLE = EXIT_USAGE

export const define: DefineCommand = (command, screen) => {
  const description =
    'Show what would make the table what a file says, step by step, and do nothing. As with diff, the exit status is 0 when there is nothing to do, 1 when there is, and 2 when that could not be found out.'
  addPlanOptions(command.description(description)).action(async (file: string, flags: PlanFlags) => {
    const plan = await exitOnTrouble(screen, async () => {
      const options = await toPlanOptions(flags)
      return await createPlan(await readDesired(file, flags.format, screen), options, flags.netns, screen)
    })
    screen.print(flags.json ? printJson(plan) : printPlan(plan, screen.colours))
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

/** Whatever goes wrong is no difference. */
async function exitOnTrouble<T>(screen: Terminal, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof ExitStatus)) screen.printError(`lvs: ${describeFailure(error).message}`)
    throw new ExitStatus(EXIT_TROUBLE)
  }
}
