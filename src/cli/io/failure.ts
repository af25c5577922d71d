import {
  ArgumentRangeError,
  ArgumentTypeError,
  BatchError,
  IpvsError,
  IpvsUnavailableError,
} from '../../errors.ts'

/** Exit status of a command that failed. */
const EXIT_FAILURE = 1
/** Exit status for a usage error: an invalid command line or input file. */
export const EXIT_USAGE = 2

/** Ends a command with an exit status. All messages have been printed. */
export class ExitStatus extends Error {
  /** The class, for messages. */
  override readonly name = 'ExitStatus'
  readonly status: number

  constructor(status: number) {
    super(`exit status ${status}`)
    this.status = status
  }
}

/** A mistake in the command line. The message says what is accepted. */
export class UsageError extends Error {
  /** The class, for messages. */
  override readonly name = 'UsageError'
}

/** Standard output could not be written, or only a part of it. */
export class OutputError extends Error {
  /** The class, for messages. */
  override readonly name = 'OutputError'

  constructor(cause: NodeJS.ErrnoException) {
    super(`the output is not complete: cannot write to standard output: ${cause.message}`, { cause })
  }
}

/** The message and exit status for an error. */
export function describeFailure(error: unknown): { message: string; status: number } {
  if (error instanceof BatchError) return describeFailure(error.cause)
  if (error instanceof UsageError) return { message: error.message, status: EXIT_USAGE }
  if (error instanceof ArgumentTypeError || error instanceof ArgumentRangeError) {
    return { message: error.message.replace(/^(destination|service|vips)\./, ''), status: EXIT_USAGE }
  }
  if (error instanceof IpvsError) return { message: describeIpvsError(error), status: EXIT_FAILURE }
  if (error instanceof IpvsUnavailableError) return { message: error.message, status: EXIT_FAILURE }
  return { message: error instanceof Error ? error.message : String(error), status: EXIT_FAILURE }
}

/**
 * The message of an IPVS error. The explanation of an error names methods of the library; users of the program know only its
 * commands.
 */
export function describeIpvsError({ subject, explanation, kernelMessage }: IpvsError): string {
  const words = explanation
    .replaceAll('addService', 'lvs add service')
    .replaceAll('updateService', 'lvs set service')
    .replaceAll('addDestination', 'lvs add destination')
    .replaceAll('updateDestination', 'lvs set destination')
    .replaceAll('services()', 'lvs list')
  const about = subject === '' ? words : `${subject}: ${words}`
  return kernelMessage === undefined ? about : `${about} (kernel message: ${kernelMessage})`
}
