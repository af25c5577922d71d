import type { IpvsadmCommand } from '../../dialect/ipvsadm/parse/command.ts'
import { SystemNames } from '../../dialect/ipvsadm/parse/names.ts'
import { IpvsUnavailableError } from '../../errors.ts'
import type { CommandIo } from '../io/command-io.ts'
import { EXIT_FAILED, IpvsadmError } from './complaint.ts'
import { parseWithNames } from './lookup.ts'
import { describeFailure, isDenied } from './refusal.ts'
import { RuleRestorer } from './restore.ts'
import { runCommand } from './run.ts'

/** Exit status where there is no IPVS, or none for this user. */
const UNAVAILABLE = 2
/** Without arguments the table is listed. */
const LIST = ['-L']

/** Does what ipvsadm 1.31 does with these arguments, and gives its exit status. */
export async function runIpvsadm(words: readonly string[], surroundings: CommandIo): Promise<number> {
  try {
    const names = new SystemNames()
    const command = await parseWithNames(words.length === 0 ? LIST : words, names)
    return await execute(command, names, surroundings)
  } catch (error) {
    const status = statusOf(error)
    surroundings.printError(error instanceof IpvsadmError ? error.message : describeError(error))
    return status
  }
}

async function execute(
  command: IpvsadmCommand,
  names: SystemNames,
  surroundings: CommandIo,
): Promise<number> {
  const ipvs = await surroundings.open()
  if (command.action === 'restore') return await new RuleRestorer(ipvs, names, surroundings).restore()
  surroundings.print(await runCommand(command, ipvs, names, surroundings.program))
  return 0
}

function statusOf(error: unknown): number {
  if (error instanceof IpvsadmError) return error.status
  return isUnavailable(error) ? UNAVAILABLE : EXIT_FAILED
}

function describeError(error: unknown): string {
  const text = describeFailure(error)
  return isUnavailable(error) ? `Can't initialize ipvs: ${text}` : text
}

function isUnavailable(error: unknown): boolean {
  return error instanceof IpvsUnavailableError || isDenied(error)
}
