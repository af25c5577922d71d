import { SystemTerminal } from './io/system-terminal.ts'
import { runProgram } from './program.ts'

/** Runs `lvs` with these words in the process that this is, and gives its exit status. */
export async function run(words: readonly string[]): Promise<number> {
  return await runProgram(words, new SystemTerminal('lvs'))
}
