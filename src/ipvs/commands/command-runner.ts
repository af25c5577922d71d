import { copyForCaller, IpvsError } from '../../errors.ts'
import {
  type Outcome,
  type TransportFailure,
  toNetlinkError,
  unwrapOutcome,
} from '../../netlink/connection/failures.ts'
import type { GenericFamily } from '../../netlink/generic-family.ts'
import { type CommandContext, commandChannel, commandLog, trace } from '../../netlink/tracing.ts'
import type { Transport } from '../../netlink/transport/transport.ts'
import { ENOENT, errorName } from '../../netlink/wire/errno.ts'
import type { Refusal } from '../../netlink/wire/refusal.ts'
import { GENL_HDRLEN } from '../../netlink/wire/uapi.ts'
import { WireWriter } from '../../netlink/wire/wire.ts'
import { IPVS_GENL_VERSION } from '../protocol/uapi.ts'
import { type ErrorContext, explainIpvsError } from './explain.ts'
import { WriteOrder } from './write-order.ts'

/** The state that the calls of one client share. */
export interface IpvsSession {
  readonly commands: CommandRunner
  readonly transport: Transport
}

/** A command as the client sends it to the kernel. */
export interface OutgoingCommand {
  readonly command: number
  /** Flags in addition to NLM_F_REQUEST and NLM_F_ACK. */
  readonly flags?: number
  /** Checks the arguments and writes the attributes. If it throws, nothing is sent. */
  body?(writer: WireWriter): void
  /** Receives each message of the reply: its attributes begin at `start`. */
  onReply?(view: DataView, start: number, end: number): void
}

/** A command with the details for its errors. */
export interface IpvsCommand extends OutgoingCommand {
  /** The method of the client. */
  readonly name: string
  readonly errorContext?: ErrorContext
  /** The object of the command; empty if the arguments are invalid. */
  subject?(): string
  /** Examines the system for a better explanation of an error. */
  diagnose?(code: string, session: IpvsSession): Promise<string | undefined>
  /** Reads the table and reports whether it contains the result of the command. */
  isApplied?(commands: CommandRunner): Promise<boolean>
}

/** A command that is built from values that are read first. */
export interface ReadModifyWrite<R> {
  /** The object that the command changes. */
  readonly target: string
  /** The data that is read. */
  readonly source: string
  readonly read: () => Promise<R>
  /** Builds the command, or returns the refusal that the kernel would send. */
  readonly build: (reading: R) => { readonly command: IpvsCommand; readonly refusal?: Refusal }
}

/** Sends commands of the family, publishes them to tracing, and turns refusals into errors. */
export class CommandRunner {
  readonly family: GenericFamily
  readonly order = new WriteOrder()
  readonly #transport: Transport

  constructor(family: GenericFamily, transport: Transport) {
    this.family = family
    this.#transport = transport
  }

  /**
   * Runs a command that reads.
   *
   * @throws {IpvsError} if the kernel refuses.
   */
  read(command: IpvsCommand, signal: AbortSignal | undefined): Promise<void> {
    return this.#trace(command, () => this.#run(command, signal, false))
  }

  /**
   * Runs a command that changes something, after all earlier ones.
   *
   * @throws {IpvsError} if the kernel refuses.
   */
  write(command: IpvsCommand, signal: AbortSignal | undefined): Promise<void> {
    return this.#trace(command, () => this.#run(command, signal, true))
  }

  /**
   * Reads, then runs the command that is built from the result, in the order of the calls. `provisional` describes that command
   * before it exists.
   *
   * @throws {IpvsError} if the kernel refuses.
   */
  readModifyWrite<R>(
    provisional: IpvsCommand,
    steps: ReadModifyWrite<R>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    return this.#trace(provisional, () => this.#readModifyWrite(provisional, steps, signal))
  }

  /** Queues a command under the family's current number. Throws synchronously what its `body` throws. */
  send(command: OutgoingCommand, signal: AbortSignal | undefined): Promise<Outcome> {
    const { connection, id } = this.family
    const { flags = 0, onReply } = command
    return connection.request({
      type: id,
      flags,
      body: (writer) => writeCommand(writer, command),
      onReply: onReply && ((view, { start, end }) => command.onReply?.(view, start + GENL_HDRLEN, end)),
      signal,
    })
  }

  /** Creates the error for a refusal. With `diagnose` it examines the system for an explanation. */
  async toError(command: IpvsCommand, { errno, message }: Refusal, diagnose: boolean): Promise<IpvsError> {
    const { name, errorContext = {} } = command
    const code = errorName(errno)
    const session = { commands: this, transport: this.#transport }
    // A diagnosis that fails must not hide the error.
    const diagnosis = diagnose ? await command.diagnose?.(code, session).catch(() => undefined) : undefined
    const explanation = diagnosis ?? explainIpvsError(name, code, errorContext)
    return new IpvsError({
      ...{ code, errno, command: name, kernelMessage: message, explanation },
      subject: command.subject?.() ?? '',
    })
  }

  /**
   * Throws if the command failed. Sends it again, unchanged, if the family now has a number other than `id`, and reads the
   * table if replies were lost.
   */
  async handleOutcome(
    command: IpvsCommand,
    outcome: Outcome,
    id: number,
    signal: AbortSignal | undefined,
    diagnose = true,
  ): Promise<void> {
    if (outcome !== undefined && 'failure' in outcome && outcome.failure.code === 'ERR_LVS_OVERRUN') {
      return await this.#readBack(command, outcome.failure)
    }
    const refusal = unwrapOutcome(outcome, signal)
    if (refusal === undefined) return
    if (refusal.errno !== ENOENT || !(await this.family.hasMoved(id))) {
      throw await this.toError(command, refusal, diagnose)
    }
    const next = this.family.id
    const again = await this.send(asSent(command, outcome), signal)
    await this.handleOutcome(command, again, next, signal, diagnose)
  }

  /** Throws unless the table contains the result of the command. */
  async #readBack(command: IpvsCommand, failure: TransportFailure): Promise<void> {
    const isApplied = await command.isApplied?.(this).catch(() => undefined)
    if (isApplied === undefined) throw toNetlinkError(failure)
    if (isApplied) return
    const message = `${failure.message}; the table was read back and does not show its result`
    throw toNetlinkError({ ...failure, message, outcome: 'not-done' })
  }

  async #readModifyWrite<R>(
    provisional: IpvsCommand,
    { target, source, read, build }: ReadModifyWrite<R>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    signal?.throwIfAborted()
    try {
      let command = provisional
      let id = this.family.id
      const write = (reading: R) => {
        const built = build(reading)
        command = built.command
        id = this.family.id
        const { refusal } = built
        return refusal === undefined ? this.send(command, signal) : Promise.resolve({ refusal })
      }
      const outcome = await this.order.readModifyWrite({ target, source, read, write })
      await this.handleOutcome(command, outcome, id, signal)
    } catch (error) {
      throw copyForCaller(error, provisional.subject?.())
    }
  }

  async #run(command: IpvsCommand, signal: AbortSignal | undefined, ordered: boolean): Promise<void> {
    signal?.throwIfAborted()
    // A command that must wait is encoded now, so that invalid arguments throw at once.
    const waiting =
      ordered && this.order.isBusy ? withAttributes(command, encodeAttributes(command)) : undefined
    const { id } = this.family
    const outcome = await (waiting === undefined
      ? this.send(command, signal)
      : this.order.write(() => this.send(waiting, signal)))
    if (outcome !== undefined) await this.handleOutcome(command, outcome, id, signal)
  }

  #trace(command: IpvsCommand, run: () => Promise<void>): Promise<void> {
    return commandChannel.hasSubscribers || commandLog.enabled ? trace(contextOf(command), run) : run()
  }
}

/** Writes the command and its attributes after the header of the message. */
export function writeCommand(writer: WireWriter, command: OutgoingCommand): void {
  writer.genericHeader(command.command, IPVS_GENL_VERSION)
  command.body?.(writer)
}

/** The description of a command for tracing. */
export function contextOf(command: IpvsCommand): CommandContext {
  return { command: command.name, subject: command.subject?.() ?? '' }
}

/** Checks the arguments of a command without sending it. Throws what its `body` throws. */
export function validate(command: IpvsCommand): void {
  encodeAttributes(command)
}

/** Whether two commands have the same attributes. */
export function encodesEqual(one: IpvsCommand, other: IpvsCommand): boolean {
  return Buffer.compare(encodeAttributes(one), encodeAttributes(other)) === 0
}

/** The command with its attributes as they were sent. */
function asSent(command: IpvsCommand, outcome: Outcome): OutgoingCommand {
  const sent = outcome !== undefined && 'refusal' in outcome ? outcome.sent : undefined
  return sent === undefined ? command : withAttributes(command, sent.subarray(GENL_HDRLEN))
}

function encodeAttributes(command: IpvsCommand): Uint8Array {
  const writer = new WireWriter(512)
  command.body?.(writer)
  return writer.bytes.subarray(0, writer.length)
}

function withAttributes(original: OutgoingCommand, attributes: Uint8Array): OutgoingCommand {
  const { command, flags = 0, onReply } = original
  return {
    ...{ command, flags },
    ...(onReply === undefined ? {} : { onReply: (view, start, end) => original.onReply?.(view, start, end) }),
    body: (writer) => void writer.append(attributes),
  }
}
