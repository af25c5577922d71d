import type { CommandIo } from '../io/command-io.ts'
import { OutputError } from '../io/failure.ts'
import type { IpvsadmCommand } from './command.ts'

/** The listings of `-L`. */
const LISTINGS: ReadonlySet<IpvsadmCommand['action']> = new Set([
  'list',
  'connections',
  'timeouts',
  'daemons',
])

/**
 * Prints the output of a command. As in ipvsadm, a listing does not fail because the disk is full: scripts and monitoring list the
 * table at any time. Anything else does, above all `-S`, whose output replaces a file of rules.
 *
 * @throws {OutputError} if the output of another command cannot be written.
 */
export function printOutput({ action }: IpvsadmCommand, text: string, io: CommandIo): void {
  try {
    io.print(text)
  } catch (error) {
    if (!(error instanceof OutputError && LISTINGS.has(action))) throw error
  }
}
