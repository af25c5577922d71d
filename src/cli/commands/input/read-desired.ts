import type { RoleService } from '../../../host/resource/ipvs-resources.ts'
import type { DesiredState } from '../../../state/model/desired-state.ts'
import type { Terminal } from '../../io/command-io.ts'
import { EXIT_USAGE, ExitStatus, UsageError } from '../../io/failure.ts'
import { detectFormat, type FileFormat, type FileOptions } from './file-format.ts'
import { readSource, type Source } from './read-text.ts'

/** Reads a desired state from a file or from standard input. */
export async function readDesired(
  file: string,
  options: FileOptions,
  terminal: Terminal,
): Promise<DesiredState> {
  const { format } = options
  const source = await readSource(file, terminal)
  // The empty output of a failed command, or a file on a full disk, must not be read as a table without services.
  if (source.text.trim() === '') {
    throw new UsageError(
      `${source.name} is empty; for a table without services, write: services: [] (or as rules: --set 0 0 0)`,
    )
  }
  return await parseDesired(source, format ?? detectFormat(source.file, source.text), options, terminal)
}

/** The services of a desired state, with their destinations and every default filled in. */
export async function toRoleServices(desired: DesiredState, file: string): Promise<RoleService[]> {
  const { resolveDesiredState } = await import('../../../state/document/resolve-desired-state.ts')
  const { services } = resolveDesiredState(desired)
  if (services === undefined) throw new UsageError(`${file} has no services section`)
  return [...services.values()].map(
    ({ key, settings, destinations }) =>
      ({ ...key, ...settings, destinations: [...(destinations?.values() ?? [])] }) as RoleService,
  )
}

/** Parses a desired state. Prints each problem on a separate line and exits as for a usage error. */
export async function parseDesired(
  source: Source,
  format: FileFormat,
  options: FileOptions,
  terminal: Terminal,
): Promise<DesiredState> {
  if (format !== 'keepalived' && (options.lenient || options.id !== undefined)) {
    throw new UsageError(`--lenient and --id are for keepalived.conf, and ${source.name} is ${format}`)
  }
  return await reportProblems(source, terminal, () => parse(source, format, options, terminal))
}

/** Prints each problem of a text on a separate line and exits as for a usage error. */
export async function reportProblems<T>(
  source: Source,
  terminal: Terminal,
  read: () => T | Promise<T>,
): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (isSystemError(error)) throw new UsageError(`cannot read ${source.name}: ${error.message}`)
    const { DesiredStateError } = await import('../../../state/document/problems.ts')
    if (!(error instanceof DesiredStateError)) throw error
    for (const line of error.message.split('\n')) terminal.printError(`lvs: ${line}`)
    throw new ExitStatus(EXIT_USAGE)
  }
}

/** Loads only the parser of the format, because the parser of YAML and JSON needs additional packages. */
async function parse(
  source: Source,
  format: FileFormat,
  options: FileOptions,
  terminal: Terminal,
): Promise<DesiredState> {
  const { name, text } = source
  switch (format) {
    case 'rules': {
      const { parseRules } = await import('../../../dialect/ipvsadm/parse-rules.ts')
      return parseRules(text, name)
    }
    case 'keepalived': {
      const { readKeepalivedSource } = await import('./keepalived-source.ts')
      return await readKeepalivedSource(source, options, terminal)
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
