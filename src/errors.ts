/**
 * The errors of this library. An invalid argument is a `TypeError` or a `RangeError`, and nothing was sent. A refusal by the
 * kernel is a {@link KernelError} ({@link IpvsError}, {@link NetworkError}, {@link SysctlError}). A failure of the exchange
 * with the kernel is a {@link NetlinkError}, which says whether the command may have been executed.
 */

import { escapeControls } from './control-characters.ts'
import { shellCommand } from './shell-text.ts'

/** Codes of argument errors. */
export type ArgumentErrorCode = 'ERR_INVALID_ARG_TYPE' | 'ERR_OUT_OF_RANGE'

/** An argument of the wrong form: a wrong type, a missing or unknown field, a string that is not accepted. Nothing was sent. */
export class ArgumentTypeError extends TypeError {
  /** The class, for messages. */
  override readonly name = 'TypeError'
  /** Constant. */
  readonly code = 'ERR_INVALID_ARG_TYPE' satisfies ArgumentErrorCode
  /** The field, as it is spelled in the call: `address`, `persistence.timeout`. */
  readonly field: string

  constructor(field: string, allowed: string, value: unknown)
  /** @internal */
  constructor(field: string, allowed: string, value: unknown, message?: string)
  constructor(
    field: string,
    allowed: string,
    value: unknown,
    message = `${field} must be ${allowed}, not ${formatValue(value)}`,
  ) {
    super(message)
    this.field = field
  }
}

/** An argument with an unknown field, such as a misspelled one. Nothing was sent. */
export class UnknownFieldError extends ArgumentTypeError {
  /** The fields that are accepted. */
  readonly known: readonly string[]

  constructor(object: string, name: string, known: readonly string[]) {
    super(`${object}.${name}`, '', undefined, describeUnknownField(object, name, known))
    this.known = known
  }
}

/** The message about an unknown field of the object at a place; the place may be empty. */
export function describeUnknownField(place: string, name: string, known: readonly string[]): string {
  const where = place === '' ? '' : ` in ${place}`
  return `unknown field \`${escapeControls(name)}\`${where}; expected one of ${known.join(', ')}`
}

/** An argument of the right type with a value out of range. Nothing was sent. */
export class ArgumentRangeError extends RangeError {
  /** The class, for messages. */
  override readonly name = 'RangeError'
  /** Constant. */
  readonly code = 'ERR_OUT_OF_RANGE' satisfies ArgumentErrorCode
  /** The field, as it is spelled in the call. */
  readonly field: string

  constructor(field: string, allowed: string, value: unknown) {
    super(`${field} must be ${allowed}, not ${formatValue(value)}`)
    this.field = field
  }
}

/**
 * The codes of {@link NetlinkError}:
 * - `ERR_LVS_CLOSED`: the client was closed.
 * - `ERR_LVS_TIMEOUT`: the kernel did not reply within the `timeout` of the client.
 * - `ERR_LVS_SOCKET`: a system call on the netlink socket failed (see `cause`); the next call opens a new one.
 * - `ERR_LVS_OVERRUN`: replies were lost because the receive buffer of the socket overflowed (`ENOBUFS`), or one was truncated.
 * - `ERR_LVS_UNANSWERED`: the kernel processed the command and sent no reply.
 * - `ERR_LVS_MALFORMED`: a reply could not be decoded.
 * - `ERR_LVS_UNAVAILABLE`: the kernel has no IPVS and could not load it.
 * - `ERR_LVS_ADDON`: the addon of this package could not be loaded.
 */
export type NetlinkErrorCode =
  | 'ERR_LVS_CLOSED'
  | 'ERR_LVS_TIMEOUT'
  | 'ERR_LVS_SOCKET'
  | 'ERR_LVS_OVERRUN'
  | 'ERR_LVS_UNANSWERED'
  | 'ERR_LVS_MALFORMED'
  | 'ERR_LVS_UNAVAILABLE'
  | 'ERR_LVS_ADDON'

/** Whether the command of a {@link NetlinkError} was executed: `done`, `not-done`, or `unknown`. */
export type CommandOutcome = 'not-done' | 'done' | 'unknown'

/** The exchange with the kernel failed. */
export class NetlinkError extends Error {
  /** The class, for messages. */
  override readonly name: string = 'NetlinkError'
  /** The kind of the failure. */
  readonly code: NetlinkErrorCode
  /** Whether the command was executed. After `unknown`, read the table before trying again. */
  readonly outcome: CommandOutcome

  constructor(code: NetlinkErrorCode, message: string, outcome: CommandOutcome, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.outcome = outcome
  }
}

/** The kernel has no IPVS: neither built in nor as a module that it could load. Code `ERR_LVS_UNAVAILABLE`. */
export class IpvsUnavailableError extends NetlinkError {
  /** The class, for messages. */
  override readonly name = 'IpvsUnavailableError'

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_LVS_UNAVAILABLE', message, 'not-done', options)
  }
}

/**
 * The addon could not be loaded. The message contains the command that builds it or, on systems other than Linux, the
 * alternative. Code `ERR_LVS_ADDON`.
 */
export class AddonError extends NetlinkError {
  /** The class, for messages. */
  override readonly name = 'AddonError'

  constructor(root: string, cause: unknown) {
    super('ERR_LVS_ADDON', addonLoadMessage(root, cause), 'not-done', { cause })
  }
}

function addonLoadMessage(root: string, cause: unknown): string {
  if (process.platform !== 'linux') {
    return (
      `IPVS requires Linux, and this is ${process.platform}. To test a program here, pass a SimulatedKernel` +
      ' from @lvs/netlink/testing as the option transport'
    )
  }
  if ((cause as { code?: unknown } | undefined)?.code === 'ERR_DLOPEN_DISABLED') {
    return 'Node.js was started with --permission, which disables addons; add --allow-addons'
  }
  const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
  return (
    `The addon of @lvs/netlink could not be loaded (${reason}). Build it: ${shellCommand('cd', root)} && npm run install` +
    ' (needs g++, make, python3, pkg-config and the headers of libnl-3 and libnl-genl-3;' +
    ' on Debian: apt-get install g++ make python3 pkg-config libnl-3-dev libnl-genl-3-dev)'
  )
}

/** The fields of a {@link KernelError}. */
export interface KernelRefusal {
  /** The kernel's error as a name: `EEXIST`, `ESRCH`, `ENOENT`, ... */
  readonly code: string
  /** The kernel's error as a positive number (`errno(3)`). */
  readonly errno: number
  /** The method that was called. */
  readonly command: string
  /** The object of the command; may be empty. */
  readonly subject: string
  /** The kernel's message (extended acknowledgement), if it sent one. */
  readonly kernelMessage: string | undefined
  /** Why it was refused and what to do about it, in one sentence. */
  readonly explanation: string
}

/** The kernel refused a command, and nothing was changed. The base class of the refusals. */
export class KernelError extends Error implements KernelRefusal {
  /** The class, for messages. */
  override readonly name: string = 'KernelError'
  /** The kernel's error as a name: `EEXIST`, `ESRCH`, `ENOENT`, ... */
  readonly code: string
  /** The kernel's error as a positive number (`errno(3)`), unchanged. */
  readonly errno: number
  /** The method that was called: `addService`, `addAddress`, `set`, ... */
  readonly command: string
  /** The object of the command; may be empty. */
  readonly subject: string
  /** The kernel's message (extended acknowledgement), if it sent one. */
  readonly kernelMessage: string | undefined
  /** Why it was refused and what to do about it, in one sentence; part of the message. */
  readonly explanation: string

  constructor(refusal: KernelRefusal, options?: ErrorOptions) {
    const { code, command, subject, kernelMessage, explanation } = refusal
    const about = subject === '' ? command : `${command} ${subject}`
    const kernel = kernelMessage === undefined ? '' : ` (kernel message: ${kernelMessage})`
    super(`${about}: ${code}, ${explanation}${kernel}`, options)
    this.code = code
    this.errno = refusal.errno
    this.command = command
    this.subject = subject
    this.kernelMessage = kernelMessage
    this.explanation = explanation
  }
}

/**
 * The kernel refused a command of {@link Ipvs}. `command` is the method; `subject` is the affected service or destination, such
 * as `tcp://192.0.2.1:80` or `tcp://192.0.2.1:80 -> 192.0.2.10:80`.
 */
export class IpvsError extends KernelError {
  /** The class, for messages. */
  override readonly name = 'IpvsError'
}

/**
 * The kernel refused a command of {@link Network}. `command` is the method; `subject` is the affected address, route or
 * interface, such as `192.0.2.1/32 on lo`, `default` or `eth0`.
 */
export class NetworkError extends KernelError {
  /** The class, for messages. */
  override readonly name = 'NetworkError'
}

/**
 * The kernel does not have a sysctl, or refused to read or write it. `command` is `get` or `set`; `subject` is the name of the
 * sysctl, such as `net.ipv4.ip_forward`.
 */
export class SysctlError extends KernelError {
  /** The class, for messages. */
  override readonly name = 'SysctlError'
}

/** A command of a batch that failed, or whose outcome is unknown. */
export interface BatchFailure {
  /** Its index in the batch, from 0. */
  readonly index: number
  /** The error with which a single call would reject. */
  readonly error: Error
}

/** Some commands of a batch failed; the others were executed. Its `cause` is the first error. */
export class BatchError extends Error {
  /** The class, for messages. */
  override readonly name = 'BatchError'
  /** Constant. */
  readonly code = 'ERR_LVS_BATCH'
  // Private, so that logging the error does not print thousands of others.
  readonly #failures: readonly BatchFailure[]

  constructor(failures: readonly BatchFailure[], commands: number) {
    const [first] = failures
    const number = `${failures.length} of ${commands} commands`
    super(
      `${number} failed, and the others were executed; the first failure has index ${first?.index}: ${first?.error.message}`,
      {
        cause: first?.error,
      },
    )
    this.#failures = failures
  }

  /** The failures, in the order of the commands. */
  get failures(): readonly BatchFailure[] {
    return this.#failures
  }
}

/**
 * Copies an error that several callers share, so that each gets an error with its own stack and its own subject.
 */
export function copyForCaller(error: unknown, subject: string | undefined): unknown {
  if (error instanceof IpvsError)
    return new IpvsError({ ...refusalFields(error), subject: subject ?? error.subject })
  if (error instanceof IpvsUnavailableError) return new IpvsUnavailableError(error.message, { cause: error })
  if (error instanceof NetlinkError)
    return new NetlinkError(error.code, error.message, error.outcome, { cause: error })
  if (error instanceof ArgumentTypeError || error instanceof ArgumentRangeError) {
    Error.captureStackTrace(error, copyForCaller)
  }
  return error
}

function refusalFields({ code, errno, command, kernelMessage, explanation }: IpvsError) {
  return { code, errno, command, kernelMessage, explanation }
}

function formatValue(value: unknown): string {
  if (typeof value === 'string') return escapeControls(JSON.stringify(value))
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  if (typeof value === 'function') return 'a function'
  return String(value)
}
