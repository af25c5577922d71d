import { SystemNames } from '../../dialect/ipvsadm/names/system-names.ts'
import { EXIT_FAILED, IpvsadmError } from '../../dialect/ipvsadm/parse/ipvsadm-error.ts'
import { IpvsUnavailableError } from '../../errors.ts'
import type { CommandIo } from '../io/command-io.ts'
import { type IpvsadmCommand, parseCommandWithNames } from './command.ts'
import { printOutput } from './output.ts'
import { describeFailure, isDenied } from './refusal.ts'
import { RuleRestorer } from './restore.ts'
import { runCommand } from './run.ts'

/** The exit status if IPVS is missing or the user lacks the privilege to use it. */
const UNAVAILABLE = 2
/** The arguments that ipvsadm assumes if none are given. */
const DEFAULT_ARGUMENTS = ['-L']

/** Behaves like ipvsadm 1.31 with these arguments, and returns its exit status. */
export async function runIpvsadm(words: readonly string[], io: CommandIo): Promise<number> {
  try {
    const names = new SystemNames()
    const command = await parseCommandWithNames(words.length === 0 ? DEFAULT_ARGUMENTS : words, names)
    return await execute(command, names, io)
  } catch (error) {
    const status = statusOf(error)
    io.printError(error instanceof IpvsadmError ? error.message : describeError(error))
    return status
  }
}

async function execute(command: IpvsadmCommand, names: SystemNames, io: CommandIo): Promise<number> {
  const ipvs = await io.open()
  if (command.action === 'restore') return await new RuleRestorer(ipvs, names, io).restore()
  printOutput(command, await runCommand(command, ipvs, names, io.program), io)
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
