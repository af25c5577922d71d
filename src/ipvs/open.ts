import { ArgumentRangeError, ArgumentTypeError, IpvsError, IpvsUnavailableError } from '../errors.ts'
import { GenericFamily } from '../netlink/generic-family.ts'
import { type OpenOptions, openConnection, resolveTransport } from '../netlink/open.ts'
import { CommandRunner, type IpvsSession } from './commands/command-runner.ts'
import type { Info } from './model/settings.ts'
import { describePayload } from './protocol/describe.ts'
import { IPVS_GENL_NAME } from './protocol/uapi.ts'

const NO_IPVS =
  'The kernel has no IPVS and could not load it; load the module (modprobe ip_vs; for a container, on the host), and check that the kernel was built with CONFIG_IP_VS'

/** Opens a socket and looks up the family. The kernel loads its module if necessary. */
export async function openSession(options: OpenOptions): Promise<IpvsSession> {
  const opening = resolveTransport(options)
  const connection = await openConnection(opening, 'generic', describePayload)
  try {
    const family = await GenericFamily.resolve(connection, IPVS_GENL_NAME, options.signal)
    if (family === undefined) throw new IpvsUnavailableError(NO_IPVS)
    const { transport } = opening
    return { commands: new CommandRunner(family, transport), transport }
  } catch (error) {
    connection.close()
    throw error
  }
}

/** Whether IPVS is available, and if not, why. */
export type Availability =
  | {
      /** IPVS is available. */
      readonly available: true
      /** Properties of the kernel's IPVS. */
      readonly info: Info
    }
  | {
      /** IPVS is not available. */
      readonly available: false
      /**
       * `no-ipvs`: the kernel has no IPVS and could not load it; `no-privilege`: CAP_NET_ADMIN in the initial user namespace is
       * missing; `failed`: any other cause, such as a network namespace that does not exist or an addon that was not built.
       */
      readonly reason: 'no-ipvs' | 'no-privilege' | 'failed'
      /** The error; its message says what to do. */
      readonly error: Error
    }

/** Sends the kernel a harmless request, which is more reliable than a list of modules. */
export async function probe(
  ask: () => Promise<Info>,
  signal: AbortSignal | undefined,
): Promise<Availability> {
  try {
    return { available: true, info: await ask() }
  } catch (cause) {
    if (cause instanceof ArgumentTypeError || cause instanceof ArgumentRangeError || signal?.aborted)
      throw cause
    const error = cause instanceof Error ? cause : new Error(String(cause))
    return { available: false, reason: reasonOf(error), error }
  }
}

function reasonOf(error: Error): 'no-ipvs' | 'no-privilege' | 'failed' {
  if (error instanceof IpvsUnavailableError) return 'no-ipvs'
  const code = (error as { code?: unknown }).code
  if (error instanceof IpvsError && code === 'EPERM') return 'no-privilege'
  return code === 'EPERM' || code === 'EACCES' ? 'no-privilege' : 'failed'
}
