import {
  ArgumentRangeError,
  ArgumentTypeError,
  BatchError,
  IpvsError,
  IpvsUnavailableError,
} from '../../errors.ts'

/** Exit status of a command that was refused, or that went wrong on the way. */
const EXIT_FAILURE = 1
/** Exit status of a command line that is wrong. */
export const EXIT_USAGE = 2

/** Ends a command with a status; everything has been said. */
export class ExitStatus extends Error {
  /** The class, for messages. */
  override readonly name = 'ExitStatus'
  readonly status: number

  constructor(status: number) {
    super(`exit status ${status}`)
    this.status = status
  }
}

/** A mistake in a command line, in one sentence that says what was meant. */
export class UsageError extends Error {
  /** The class, for messages. */
  override readonly name = 'Mistake'
}

/** What to say of an error, and the exit status. */
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

/** A refusal in the words of this program: the explanations name methods of the library. */
export function describeIpvsError({ subject, explanation, kernelMessage }: IpvsError): string {
  const words = explanation
    .replaceAll('addService', 'lvs add service')
    .replaceAll('updateService', 'lvs set service')
    .replaceAll('addDestination', 'lvs add destination')
    .replaceAll('updateDestination', 'lvs set destination')
    .replaceAll('services()', 'lvs list')
  const about = subject === '' ? words : `${subject}: ${words}`
  return kernelMessage === undefined ? about : `${about} (the kernel says: ${kernelMessage})`
}
