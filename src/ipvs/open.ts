import { IpvsUnavailableError } from '../errors.ts'
import { GenericFamily } from '../netlink/generic-family.ts'
import { type OpenOptions, openConnection, resolveTransport } from '../netlink/open.ts'
import type { Transport } from '../netlink/transport/transport.ts'
import { CommandRunner } from './commands/commands.ts'
import { describePayload } from './protocol/describe.ts'
import { IPVS_GENL_NAME, IPVS_GENL_VERSION } from './protocol/uapi.ts'

const NO_IPVS =
  'This kernel has no IPVS, or could not load it; load it (modprobe ip_vs), in a container on the host, and see that the kernel was built with CONFIG_IP_VS'

/** Opens a socket and finds the family; what the kernel has to load for it gets loaded. */
export async function openSession(
  options: OpenOptions,
): Promise<{ commands: CommandRunner; transport: Transport }> {
  const opening = resolveTransport(options)
  const connection = await openConnection(opening, 'generic', describePayload)
  try {
    const family = await GenericFamily.resolve(connection, IPVS_GENL_NAME, IPVS_GENL_VERSION, options.signal)
    if (family === undefined) throw new IpvsUnavailableError(NO_IPVS)
    return { commands: new CommandRunner(family), transport: opening.transport }
  } catch (error) {
    connection.close()
    throw error
  }
}
