import { type Command, InvalidArgumentError, Option } from 'commander'
import { checkVip } from '../../../host/role/vip.ts'
import { parseList } from './options.ts'

/** Adds `--vip`; `mandatory` when there must be one. */
export function addVipOption(command: Command, description: string, mandatory: boolean): Command {
  const option = new Option('--vip <address>', `${description}; several with commas, or again`)
  return command.addOption(option.argParser(parseList(parseVip)).makeOptionMandatory(mandatory))
}

function parseVip(text: string): string {
  try {
    checkVip('--vip', text)
    return text
  } catch {
    throw new InvalidArgumentError('It must be an address, such as 192.168.79.110 or 192.168.79.110/24.')
  }
}
