import { IpvsUnavailableError } from '../../errors.ts'
import type { Surroundings } from '../io/command-io.ts'
import type { Command } from '../../dialect/ipvsadm/parse/command.ts'
import { Complaint, FAILED } from './complaint.ts'
import { parseWithNames } from './lookup.ts'
import { SystemNames } from '../../dialect/ipvsadm/parse/names.ts'
import { describeRefusal, isDenied } from './refusal.ts'
import { Restoration } from './restore.ts'
import { run } from './run.ts'

/** Exit status where there is no IPVS, or none for this user. */
const UNAVAILABLE = 2
/** Without arguments the table is listed. */
const LIST = ['-L']

/** Does what ipvsadm 1.31 does with these arguments, and gives its exit status. */
export async function ipvsadm(words: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    const names = new SystemNames()
    const command = await parseWithNames(words.length === 0 ? LIST : words, names)
    return await execute(command, names, surroundings)
  } catch (error) {
    const status = statusOf(error)
    surroundings.complain(error instanceof Complaint ? error.message : explain(error))
    return status
  }
}

async function execute(command: Command, names: SystemNames, surroundings: Surroundings): Promise<number> {
  const ipvs = await surroundings.open()
  if (command.action === 'restore') return await new Restoration(ipvs, names, surroundings).restore()
  surroundings.print(await run(command, ipvs, names, surroundings.program))
  return 0
}

function statusOf(error: unknown): number {
  if (error instanceof Complaint) return error.status
  return isUnavailable(error) ? UNAVAILABLE : FAILED
}

function explain(error: unknown): string {
  const text = describeRefusal(error)
  return isUnavailable(error) ? `Can't initialize ipvs: ${text}` : text
}

function isUnavailable(error: unknown): boolean {
  return error instanceof IpvsUnavailableError || isDenied(error)
}
