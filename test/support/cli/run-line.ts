import { runProgram } from '../../../src/cli/program.ts'
import type { CapturedTerminal } from './captured-terminal.ts'

/** What came of a command line. */
export interface CommandResult {
  readonly status: number
  readonly printed: string
  readonly errors: readonly string[]
}

/** Runs a command line without quotes: its words are what stands between spaces. */
export async function runLine(line: string, screen: CapturedTerminal): Promise<CommandResult> {
  const status = await runProgram(line.split(' '), screen)
  return { status, printed: screen.printed, errors: screen.errors }
}

/** Rejects: what is wrong with a command line is told before anything is opened. */
export const refuseToOpen = () => Promise.reject(new Error('the kernel was asked'))
