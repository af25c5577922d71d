import { runProgram } from '../../../src/cli/program.ts'
import type { CapturedTerminal } from './captured-terminal.ts'

/** The result of a command line. */
export interface CommandResult {
  readonly status: number
  readonly printed: string
  readonly errors: readonly string[]
}

/** Runs a command line, split at spaces. */
export async function runLine(line: string, terminal: CapturedTerminal): Promise<CommandResult> {
  const status = await runProgram(line.split(' '), terminal)
  return { status, printed: terminal.printed, errors: terminal.errors }
}

/** Fails: usage errors are reported before anything is opened. */
export const refuseToOpen = () => Promise.reject(new Error('the kernel was asked'))
