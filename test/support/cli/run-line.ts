import { lvs } from '../../../src/cli/program.ts'
import type { CapturedScreen } from './captured-terminal.ts'

/** What came of a command line. */
export interface Outcome {
  readonly status: number
  readonly printed: string
  readonly complaints: readonly string[]
}

/** Runs a command line without quotes: its words are what stands between spaces. */
export async function runLine(line: string, screen: CapturedScreen): Promise<Outcome> {
  const status = await lvs(line.split(' '), screen)
  return { status, printed: screen.printed, complaints: screen.complaints }
}

/** Rejects: what is wrong with a command line is told before anything is opened. */
export const unopened = () => Promise.reject(new Error('the kernel was asked'))
