import type { Command } from 'commander'
import type { Screen } from '../../io/command-io.ts'
import { Mistake } from '../../io/failure.ts'

/** Whether everything is to be done without a question. */
export interface ConfirmOptions {
  readonly yes?: true
}

/** Adds `--yes`. */
export function takesYes(command: Command): Command {
  return command.option('--yes', 'do not ask; needed where there is no terminal')
}

/** Says so, before anything is done, when a question could not be answered. */
export function checkAnswerable({ yes }: ConfirmOptions, screen: Screen): void {
  if (yes || screen.interactive) return
  throw new Mistake('there is no terminal to ask on; --yes does it without a question')
}

/** Asks whether something is to be done, unless that was said. */
export async function confirm(question: string, { yes }: ConfirmOptions, screen: Screen): Promise<boolean> {
  return yes === true || (await screen.ask(question))
}
