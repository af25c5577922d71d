import type { IpvsClient } from '../../../ipvs/ipvs-client.ts'
import { describeRefusals } from '../../../ipvs/refused-clients.ts'
import type { Terminal } from '../../io/command-io.ts'

/**
 * Warns after a change by hand if the service now refuses clients: the schedulers sh, mh and dh keep a destination of weight 0
 * in their table.
 */
export async function warnOfRefusals(
  ipvs: Pick<IpvsClient, 'service'>,
  reference: string,
  terminal: Terminal,
): Promise<void> {
  const warning = describeRefusals(await ipvs.service(reference))
  if (warning !== undefined) terminal.printError(`lvs: warning: ${warning}`)
}
