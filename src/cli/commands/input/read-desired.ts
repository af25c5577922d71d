import { type Command, Option } from 'commander'
import type { DesiredState } from '../../../state/model/desired-state.ts'
import type { Terminal } from '../../io/command-io.ts'
import { EXIT_USAGE, ExitStatus, UsageError } from '../../io/failure.ts'
import { detectFormat, FILE_FORMATS, type FileFormat } from './file-format.ts'
import { readSource, type Source } from './read-text.ts'

/** Adds the option that says how a file is spelled. */
export function addFormatOption(command: Command): Command {
  const option = new Option(
    '--format <format>',
    'how the file is spelled; by default its ending tells, or what it begins with',
  )
  return command.addOption(option.choices(FILE_FORMATS))
}

/** Reads what a table is to be from a file, or from standard input. */
export async function readDesired(
  file: string,
  spelling: FileFormat | undefined,
  screen: Terminal,
): Promise<DesiredState> {
  const source = await readSource(file, screen)
  // What a failed command leaves in a pipe must not stand for a table without services.
  if (spelling === undefined && source.text.trim() === '') {
    throw new UsageError(`${source.name} is empty; if there are to be no services, say so: services: []`)
  }
  return await parseDesired(source, spelling ?? detectFormat(source.file, source.text), screen)
}

/** Understands what a table is to be. What is wrong with it is told line by line, with the status of a mistake. */
export async function parseDesired(
  source: Source,
  spelling: FileFormat,
  screen: Terminal,
): Promise<DesiredState> {
  try {
    return await parse(source, spelling)
  } catch (error) {
    if (isSystemError(error)) throw new UsageError(`${source.name} cannot be read: ${error.message}`)
    const { DesiredStateError } = await import('../../../state/model/desired-state-error.ts')
    if (!(error instanceof DesiredStateError)) throw error
    for (const line of error.message.split('\n')) screen.printError(`lvs: ${line}`)
    throw new ExitStatus(EXIT_USAGE)
  }
}

/** What a reader takes is loaded with it: that of documents brings packages of its own. */
async function parse({ name, file, text }: Source, spelling: FileFormat): Promise<DesiredState> {
  switch (spelling) {
    case 'rules': {
      const { parseRules } = await import('../../../dialect/ipvsadm/parse-rules.ts')
      return parseRules(text, name)
    }
    case 'keepalived': {
      const [{ parseKeepalived }, { readKeepalived }] = await Promise.all([
        import('../../../dialect/keepalived/parse-keepalived.ts'),
        import('../../../dialect/keepalived/read-keepalived.ts'),
      ])
      const read = file === undefined ? parseKeepalived(text, { source: name }) : readKeepalived(file)
      return (await read).desired
    }
    default: {
      const { parseState } = await import('../../../state/document/parse-state.ts')
      return parseState(text, name)
    }
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  const { syscall } = (error ?? {}) as NodeJS.ErrnoException
  return error instanceof Error && typeof syscall === 'string'
}
