import { lvs } from './program.ts'
import { SystemScreen } from './io/system-terminal.ts'

/** Runs `lvs` with these words in the process that this is, and gives its exit status. */
export async function face(words: readonly string[]): Promise<number> {
  return await lvs(words, new SystemScreen('lvs'))
}
