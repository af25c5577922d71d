import type { Command } from 'commander'
import type { Terminal } from '../../io/command-io.ts'
import { UsageError } from '../../io/failure.ts'

/** Whether everything is to be done without a question. */
export interface ConfirmOptions {
  readonly yes?: true
}

/** Adds `--yes`. */
export function addYesOption(command: Command): Command {
  return command.option('--yes', 'do not ask; needed where there is no terminal')
}

/** Says so, before anything is done, when a question could not be answered. */
export function requireInteractive({ yes }: ConfirmOptions, screen: Terminal): void {
  if (yes || screen.isInteractive) return
  throw new UsageError('there is no terminal to ask on; --yes does it without a question')
}

/** Asks whether something is to be done, unless that was said. */
export async function confirm(question: string, { yes }: ConfirmOptions, screen: Terminal): Promise<boolean> {
  return yes === true || (await screen.ask(question))
}
