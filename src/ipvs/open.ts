import { ArgumentRangeError, ArgumentTypeError, IpvsError, IpvsUnavailableError } from '../errors.ts'
import { GenericFamily } from '../netlink/generic-family.ts'
import { type OpenOptions, openConnection, resolveTransport } from '../netlink/open.ts'
import { CommandRunner, type IpvsSession } from './commands/command-runner.ts'
import type { Info } from './model/settings.ts'
import { describePayload } from './protocol/describe.ts'
import { IPVS_GENL_NAME } from './protocol/uapi.ts'

const NO_IPVS =
  'This kernel has no IPVS, or could not load it; load it (modprobe ip_vs), in a container on the host, and see that the kernel was built with CONFIG_IP_VS'

/** Opens a socket and finds the family; what the kernel has to load for it gets loaded. */
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

/** Whether IPVS can be used, and if not, why. */
export type Availability =
  | {
      /** It can be used. */
      readonly available: true
      /** What the kernel says about itself. */
      readonly info: Info
    }
  | {
      /** It cannot be used. */
      readonly available: false
      /**
       * `no-ipvs`: the kernel has none and could not load it; `no-privilege`: CAP_NET_ADMIN in the initial user namespace
       * is missing; `failed`: something else, such as a network namespace that does not exist or an addon that was not
       * built.
       */
      readonly reason: 'no-ipvs' | 'no-privilege' | 'failed'
      /** What happened, with a sentence on the way out. */
      readonly error: Error
    }

/** Asks the kernel a harmless question: no list of modules tells as much. */
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
