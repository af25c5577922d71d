import { type Command, Option } from 'commander'
import type { DesiredState } from '../../state/desired-state.ts'
import type { Screen } from '../surroundings.ts'
import { ExitStatus, MISTAKE, Mistake } from './failure.ts'
import { SPELLINGS, type Spelling, spellingOf } from './format.ts'
import { readSource, STANDARD_INPUT } from './read-text.ts'

/** Adds the option that says how a file is spelled. */
export function takesSpelling(command: Command): Command {
  const option = new Option(
    '--format <format>',
    'how the file is spelled; by default its ending tells, or what it begins with',
  )
  return command.addOption(option.choices(SPELLINGS))
}

/**
 * Reads what a table is to be from a file, or from standard input. What is wrong with it is told line by line, with the
 * status of a mistake.
 */
export async function readDesired(
  file: string,
  spelling: Spelling | undefined,
  screen: Screen,
): Promise<DesiredState> {
  const isInput = file === STANDARD_INPUT
  const source = isInput ? 'standard input' : file
  try {
    const text = await readSource(file, screen)
    // What a failed command leaves in a pipe must not stand for a table without services.
    if (spelling === undefined && text.trim() === '') {
      throw new Mistake(`${source} is empty; if there are to be no services, say so: services: []`)
    }
    return await parse(text, spelling ?? spellingOf(isInput ? undefined : file, text), source, isInput)
  } catch (error) {
    if (isSystemError(error)) throw new Mistake(`${source} cannot be read: ${error.message}`)
    const { DesiredStateError } = await import('../../state/state-error.ts')
    if (!(error instanceof DesiredStateError)) throw error
    for (const line of error.message.split('\n')) screen.complain(`lvs: ${line}`)
    throw new ExitStatus(MISTAKE)
  }
}

/** What a reader takes is loaded with it: that of documents brings packages of its own. */
async function parse(
  text: string,
  spelling: Spelling,
  source: string,
  isInput: boolean,
): Promise<DesiredState> {
  switch (spelling) {
    case 'rules': {
      const { parseRules } = await import('../../state/ipvsadm/parse-rules.ts')
      return parseRules(text, source)
    }
    case 'keepalived': {
      const [{ parseKeepalived }, { readKeepalived }] = await Promise.all([
        import('../../state/keepalived/parse-keepalived.ts'),
        import('../../state/keepalived/read-keepalived.ts'),
      ])
      const read = isInput ? parseKeepalived(text, { source }) : readKeepalived(source)
      return (await read).desired
    }
    default: {
      const { parseState } = await import('../../state/parse-state.ts')
      return parseState(text, source)
    }
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  const { syscall } = (error ?? {}) as NodeJS.ErrnoException
  return error instanceof Error && typeof syscall === 'string'
}
