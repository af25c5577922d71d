import type { SystemNames } from '../../dialect/ipvsadm/names/system-names.ts'
import { printDaemons, printTimeouts } from '../../dialect/ipvsadm/print/print-settings.ts'
import { BatchError } from '../../errors.ts'
import type { IpvsClient } from '../../ipvs/ipvs-client.ts'
import type { IpvsadmCommand } from './command.ts'
import { printUsage, printVersion } from './help.ts'
import { showConnections, showRules, showTable } from './show.ts'

/** A command other than `-R`, which {@link RuleRestorer} runs. */
export type SingleCommand = Exclude<IpvsadmCommand, { readonly action: 'restore' }>

/** Runs a command and returns its output. */
export async function runCommand(
  command: SingleCommand,
  ipvs: IpvsClient,
  names: SystemNames,
  program: string,
): Promise<string> {
  switch (command.action) {
    case 'change':
      await ipvs.batch([command.change]).catch(throwFirst)
      return ''
    case 'list':
      return await showTable(ipvs, command.service, command.format, names)
    case 'connections':
      return await showConnections(ipvs, command, names)
    case 'save':
      return await showRules(ipvs, command.numeric, names)
    case 'timeouts':
      return printTimeouts(await ipvs.timeouts())
    case 'daemons':
      return printDaemons(await ipvs.daemons())
    case 'set-timeouts':
      await ipvs.setTimeouts(command.timeouts)
      return ''
    case 'start-daemon':
      await ipvs.startDaemon(command.daemon)
      return ''
    case 'stop-daemon':
      await ipvs.stopDaemon(command.role)
      return ''
    case 'version':
      return printVersion((await ipvs.info()).version)
    case 'help':
      return printVersion((await ipvs.info()).version) + printUsage(program)
    default:
      throw new TypeError(`unknown command: ${JSON.stringify(command satisfies never)}`)
  }
}

/** Throws the error of a batch that consists of one command. */
function throwFirst(error: unknown): never {
  throw error instanceof BatchError ? error.cause : error
}
