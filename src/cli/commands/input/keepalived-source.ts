import { parseKeepalived } from '../../../dialect/keepalived/parse-keepalived.ts'
import { readKeepalived } from '../../../dialect/keepalived/read-keepalived.ts'
import type { DesiredState } from '../../../state/model/desired-state.ts'
import type { Terminal } from '../../io/command-io.ts'
import { UsageError } from '../../io/failure.ts'
import type { FileOptions } from './file-format.ts'
import type { Source } from './read-text.ts'

/**
 * Reads a keepalived.conf. Prints, as errors, what the table does not contain, and with `--lenient` the lines that are passed over.
 *
 * @throws {UsageError} if keepalived would program another network namespace than `--netns` selects.
 */
export async function readKeepalivedSource(
  { name, file, text }: Source,
  { lenient, id, netns }: FileOptions,
  terminal: Terminal,
): Promise<DesiredState> {
  const options = { lenient, id }
  const configuration = await (file === undefined
    ? parseKeepalived(text, { ...options, source: name })
    : readKeepalived(file, options))
  const { namespace, desired, omitted, ignored } = configuration
  if (namespace !== undefined && netns === undefined) {
    const place = namespace === '' ? 'initial network namespace' : `network namespace ${namespace}`
    const option = namespace === '' ? '/proc/1/ns/net' : namespace
    throw new UsageError(`${name} is for the ${place}; add --netns ${option}, or --netns with another one`)
  }
  for (const problem of ignored) {
    terminal.printError(`lvs: passed over: ${problem.file}:${problem.line}: ${problem.message}`)
  }
  if (omitted.length > 0) {
    terminal.printError(`lvs: ${name}: only virtual servers are read, not ${omitted.join(', ')}`)
  }
  if (desired.services === undefined) {
    terminal.printError(`lvs: ${name} has no virtual_server; services stay as they are`)
  }
  return desired
}
