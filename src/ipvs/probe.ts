import { ArgumentRangeError, ArgumentTypeError, IpvsError, IpvsUnavailableError } from '../errors.ts'
import type { Info } from './model/settings.ts'

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
