import type { Define } from '../commands.ts'
import type { Screen } from '../io/command-io.ts'
import { describeFailure, ExitStatus, MISTAKE } from '../io/failure.ts'
import { showsExamples } from './options/options.ts'
import { type PlanFlags, planOptions, takesPlanOptions } from './options/plan-options.ts'
import { planFor } from './input/create-plan.ts'
import { printJson } from './output/print-json.ts'
import { printPlan } from './output/print-plan.ts'
import { readDesired } from './input/read-desired.ts'

/** As diff(1) has it: 0 for no difference, and 2 for trouble, a refusal of the kernel too. */
const DIFFERENT = 1
const TROUBLE = MISTAKE

export const define: Define = (command, screen) => {
  const description =
    'Show what would make the table what a file says, step by step, and do nothing. As with diff, the exit status is 0 when there is nothing to do, 1 when there is, and 2 when that could not be found out.'
  takesPlanOptions(command.description(description)).action(async (file: string, flags: PlanFlags) => {
    const plan = await orTrouble(screen, async () => {
      const options = await planOptions(flags)
      return await planFor(await readDesired(file, flags.format, screen), options, flags.netns, screen)
    })
    screen.print(flags.json ? printJson(plan) : printPlan(plan, screen.colours))
    if (!plan.isEmpty) throw new ExitStatus(DIFFERENT)
  })
  showsExamples(
    command,
    'lvs diff lvs.yaml',
    'lvs diff lvs.yaml --set web',
    'lvs diff keepalived.conf --whole --netns director',
    'ipvsadm -Sn | lvs diff - --format rules',
  )
}

/** Whatever goes wrong is no difference. */
async function orTrouble<T>(screen: Screen, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof ExitStatus)) screen.complain(`lvs: ${describeFailure(error).message}`)
    throw new ExitStatus(TROUBLE)
  }
}
