import { copyForCaller, IpvsError } from '../../errors.ts'
import { toNetlinkError, unwrapOutcome } from '../../netlink/connection/outcome.ts'
import type { Outcome, TransportFailure } from '../../netlink/connection/pending-request.ts'
import type { FamilyRequest, GenericFamily } from '../../netlink/generic-family.ts'
import { type CommandContext, isTraced, trace } from '../../netlink/tracing.ts'
import { ENOENT, errorName } from '../../netlink/wire/errno.ts'
import type { Refusal } from '../../netlink/wire/messages.ts'
import { GENL_HDRLEN } from '../../netlink/wire/uapi.ts'
import { WireWriter } from '../../netlink/wire/wire.ts'
import { type ErrorContext, explainIpvsError } from './explain.ts'
import { WriteOrder } from './write-order.ts'

/** A command of the family, with what an error about it has to say. */
export interface IpvsCommand extends FamilyRequest {
  /** The method of the client. */
  readonly name: string
  /** What it is about. */
  subject?(): string
  readonly errorContext?: ErrorContext
  /** Gives a better explanation for an error where one takes looking into. */
  diagnose?(code: string): Promise<string | undefined>
  /** Reads whether the table is as the command was to leave it. */
  isApplied?(commands: CommandRunner): Promise<boolean>
}

/** How a command is built on a reading. */
export interface ReadModifyWrite<R> {
  /** What the command changes. */
  readonly target: string
  /** What is read. */
  readonly source: string
  readonly read: () => Promise<R>
  /** Makes the command, or shows that the kernel would refuse it. */
  readonly build: (reading: R) => { readonly command: IpvsCommand; readonly refusal?: Refusal }
}

/** Sends commands of the family, tells those who listen, and turns refusals into errors. */
export class CommandRunner {
  readonly family: GenericFamily
  readonly order = new WriteOrder()

  constructor(family: GenericFamily) {
    this.family = family
  }

  /**
   * Runs a command that reads.
   *
   * @throws {IpvsError} when the kernel refuses.
   */
  read(command: IpvsCommand, signal: AbortSignal | undefined): Promise<void> {
    return isTraced()
      ? trace(contextOf(command), () => this.#run(command, signal, false))
      : this.#run(command, signal, false)
  }

  /**
   * Runs a command that changes something, behind those asked for before it.
   *
   * @throws {IpvsError} when the kernel refuses.
   */
  write(command: IpvsCommand, signal: AbortSignal | undefined): Promise<void> {
    return isTraced()
      ? trace(contextOf(command), () => this.#run(command, signal, true))
      : this.#run(command, signal, true)
  }

  /**
   * Runs a command that builds on what is read first, in order. `about` names it before it is made.
   *
   * @throws {IpvsError} when the kernel refuses.
   */
  readModifyWrite<R>(
    about: IpvsCommand,
    building: ReadModifyWrite<R>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    return isTraced()
      ? trace(contextOf(about), () => this.#readModifyWrite(about, building, signal))
      : this.#readModifyWrite(about, building, signal)
  }

  /** The error for a refusal, looked into or not. */
  async toError(command: IpvsCommand, { errno, message }: Refusal, look: boolean): Promise<IpvsError> {
    const { name, errorContext: circumstances = {} } = command
    const code = errorName(errno)
    // A look that fails must not hide what it was to explain.
    const diagnosis = look ? await command.diagnose?.(code).catch(() => undefined) : undefined
    const explanation = diagnosis ?? explainIpvsError(name, code, circumstances)
    return new IpvsError({
      ...{ code, errno, command: name, kernelMessage: message, explanation },
      subject: command.subject?.() ?? '',
    })
  }

  /**
   * Throws when the command failed; sends it again, as it was, where the family has another number than `id`, and reads
   * the table where answers were lost. `look` says whether an error is worth looking into.
   */
  async handleOutcome(
    command: IpvsCommand,
    outcome: Outcome,
    id: number,
    signal: AbortSignal | undefined,
    look = true,
  ): Promise<void> {
    if (outcome !== undefined && 'loss' in outcome && outcome.loss.code === 'ERR_LVS_OVERRUN') {
      return await this.#readBack(command, outcome.loss)
    }
    const refusal = unwrapOutcome(outcome, signal)
    if (refusal === undefined) return
    if (refusal.errno !== ENOENT || !(await this.family.hasMoved(id))) {
      throw await this.toError(command, refusal, look)
    }
    const next = this.family.id
    const again = await this.family.send(asSent(command, outcome), signal)
    await this.handleOutcome(command, again, next, signal, look)
  }

  /** Throws unless the table shows what was to be done. */
  async #readBack(command: IpvsCommand, loss: TransportFailure): Promise<void> {
    const found = await command.isApplied?.(this).catch(() => undefined)
    if (found === undefined) throw toNetlinkError(loss)
    if (found) return
    const message = `${loss.message}; the table was read back and does not show it`
    throw toNetlinkError({ ...loss, message, outcome: 'not-done' })
  }

  async #readModifyWrite<R>(
    about: IpvsCommand,
    building: ReadModifyWrite<R>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    signal?.throwIfAborted()
    const { target, source, read, build } = building
    try {
      let command = about
      let id = this.family.id
      const write = (reading: R) => {
        const built = build(reading)
        command = built.command
        id = this.family.id
        const { refusal } = built
        return refusal === undefined ? this.family.send(command, signal) : Promise.resolve({ refusal })
      }
      const outcome = await this.order.readModifyWrite({ target, source, read, write })
      await this.handleOutcome(command, outcome, id, signal)
    } catch (error) {
      throw copyForCaller(error, about.subject?.())
    }
  }

  async #run(command: IpvsCommand, signal: AbortSignal | undefined, ordered: boolean): Promise<void> {
    signal?.throwIfAborted()
    // What has to wait is written down now: the caller may use its objects again.
    const waiting = ordered && this.order.busy ? encodeNow(command) : undefined
    const { id } = this.family
    const outcome = await (waiting === undefined
      ? this.family.send(command, signal)
      : this.order.write(() => this.family.send(waiting, signal)))
    if (outcome !== undefined) await this.handleOutcome(command, outcome, id, signal)
  }
}

const scratch = new WireWriter()

/** Checks a command without sending it. Throws what its `body` throws. */
export function validate(command: IpvsCommand): void {
  scratch.truncate(0)
  command.body?.(scratch)
}

/** The command with its attributes as they are now. */
function encodeNow(command: IpvsCommand): FamilyRequest {
  return withAttributes(command, encodeAttributes(command))
}

/** The command with its attributes as they were. */
function asSent(command: IpvsCommand, outcome: Outcome): FamilyRequest {
  const sent = outcome !== undefined && 'refusal' in outcome ? outcome.sent : undefined
  return sent === undefined ? command : withAttributes(command, sent.subarray(GENL_HDRLEN))
}

/** Whether two commands have the same attributes. */
export function encodesEqual(one: IpvsCommand, other: IpvsCommand): boolean {
  return Buffer.compare(encodeAttributes(one), encodeAttributes(other)) === 0
}

function encodeAttributes(command: IpvsCommand): Uint8Array {
  validate(command)
  return scratch.bytes.slice(0, scratch.length)
}

function withAttributes(request: FamilyRequest, attributes: Uint8Array): FamilyRequest {
  const { command, flags = 0, onReply } = request
  return {
    ...{ command, flags },
    ...(onReply === undefined ? {} : { onReply: (view, start, end) => request.onReply?.(view, start, end) }),
    body: (writer) => {
      const offset = writer.reserve(attributes.length)
      writer.bytes.set(attributes, offset)
    },
  }
}

/** What is told of a command. */
function contextOf(command: IpvsCommand): CommandContext {
  return { command: command.name, subject: command.subject?.() ?? '' }
}
