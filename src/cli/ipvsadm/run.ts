import { BatchError } from '../../errors.ts'
import type { Ipvs } from '../../ipvs/ipvs-client.ts'
import type { Command } from '../../dialect/ipvsadm/parse/command.ts'
import { Complaint } from './complaint.ts'
import { printUsage, printVersion } from './help.ts'
import type { SystemNames } from '../../dialect/ipvsadm/parse/names.ts'
import { printDaemons, printTimeouts } from '../../dialect/ipvsadm/print/print-settings.ts'
import { showConnections, showRules, showTable } from './show.ts'

/** A command that is run by itself; rules are restored elsewhere. */
export type SingleCommand = Exclude<Command, { readonly action: 'restore' }>

/** Runs a command and gives what it prints. */
export async function run(
  command: SingleCommand,
  ipvs: Ipvs,
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
      throw new Complaint(`no command: ${JSON.stringify(command satisfies never)}`)
  }
}

/** Of a batch of one command there is one error. */
function throwFirst(error: unknown): never {
  throw error instanceof BatchError ? error.cause : error
}
