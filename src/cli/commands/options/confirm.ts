import type { Command } from 'commander'
import type { Terminal } from '../../io/command-io.ts'
import { UsageError } from '../../io/failure.ts'

/** The option of commands that ask for confirmation. */
export interface ConfirmOptions {
  readonly yes?: true
}

/** Adds `--yes`. */
export function addYesOption(command: Command): Command {
  return command.option('--yes', 'do not ask for confirmation; required without a terminal')
}

/** Throws before anything is done if the terminal cannot answer the question that the command will ask. */
export function requireInteractive({ yes }: ConfirmOptions, terminal: Terminal): void {
  if (yes || terminal.isInteractive) return
  throw new UsageError('no terminal to ask for confirmation; use --yes to proceed without it')
}

/** Asks for confirmation unless `--yes` was given. */
export async function confirm(
  question: string,
  { yes }: ConfirmOptions,
  terminal: Terminal,
): Promise<boolean> {
  return yes === true || (await terminal.ask(question))
}
