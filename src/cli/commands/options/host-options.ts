import { type Command, InvalidArgumentError, Option } from 'commander'
import { checkVip } from '../../../host/role/vip.ts'
import { parseList } from './command-options.ts'

/** The forwarding methods that roles and the doctor support. */
export const FORWARDING_METHODS = ['dr', 'nat', 'tun'] as const
export type ForwardingMethod = (typeof FORWARDING_METHODS)[number]

/** Adds `--vip`. */
export function addVipOption(command: Command, description: string, isRequired: boolean): Command {
  const option = new Option('--vip <address>', `${description}; repeatable, or separated by commas`)
  return command.addOption(option.argParser(parseList(parseVip)).makeOptionMandatory(isRequired))
}

/** Adds `--forwarding` with one method. */
export function addForwardingOption(
  command: Command,
  description: string,
  defaultMethod?: ForwardingMethod,
): Command {
  const option = new Option('--forwarding <method>', description).choices(FORWARDING_METHODS)
  return command.addOption(defaultMethod === undefined ? option : option.default(defaultMethod))
}

function parseVip(text: string): string {
  try {
    checkVip('--vip', text)
    return text
  } catch {
    throw new InvalidArgumentError('Expected an address such as 192.168.79.110 or 192.168.79.110/24.')
  }
}
