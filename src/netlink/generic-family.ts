import { IpvsError, IpvsUnavailableError } from '../errors.ts'
import type { Connection } from './connection/connection.ts'
import { unwrapOutcome } from './connection/failures.ts'
import { AttributeSet, attributeTable, writeAttribute } from './wire/attributes.ts'
import { bytes, text, u16, u32 } from './wire/codecs.ts'
import { errorName } from './wire/errno.ts'
import { CTRL_CMD_GETFAMILY, GENL_HDRLEN, GENL_ID_CTRL } from './wire/uapi.ts'

/** Attributes of the controller (CTRL_ATTR_*), the family that assigns numbers to the others. */
export const CONTROLLER = attributeTable('controller', {
  familyId: [1, u16],
  familyName: [2, text],
  version: [3, u32],
  headerSize: [4, u32],
  maximumAttribute: [5, u32],
  operations: [6, bytes],
  multicastGroups: [7, bytes],
})

/**
 * A family of generic netlink. Its number is looked up once, and again after `ENOENT`: a module that is unloaded and loaded
 * again gets a different number.
 */
export class GenericFamily {
  readonly name: string
  readonly connection: Connection
  /** The current number. */
  id: number
  #lookup: Promise<number | undefined> | undefined

  private constructor(connection: Connection, name: string, id: number) {
    this.connection = connection
    this.name = name
    this.id = id
  }

  /**
   * Looks up a family. The kernel loads its module if necessary (request_module in ctrl_getfamily). Resolves to undefined
   * if there is no such family.
   */
  static async resolve(
    connection: Connection,
    name: string,
    signal?: AbortSignal,
  ): Promise<GenericFamily | undefined> {
    const id = await lookUpId(connection, name, signal)
    return id === undefined ? undefined : new GenericFamily(connection, name, id)
  }

  /**
   * Whether the family now has a number other than `id`. Call it after `ENOENT`: the kernel does not execute a command under an
   * old number.
   *
   * @throws {IpvsUnavailableError} if the family no longer exists.
   */
  async hasMoved(id: number): Promise<boolean> {
    if (this.id !== id) return true
    this.#lookup ??= lookUpId(this.connection, this.name).finally(() => {
      this.#lookup = undefined
    })
    const found = await this.#lookup
    if (found === undefined) {
      throw new IpvsUnavailableError(`The ${this.name} module was unloaded and cannot be loaded again`)
    }
    this.id = found
    return found !== id
  }
}

const attributes = new AttributeSet(CONTROLLER)

async function lookUpId(
  connection: Connection,
  name: string,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const { fields } = CONTROLLER
  signal?.throwIfAborted()
  let id: number | undefined
  const outcome = await connection.request({
    type: GENL_ID_CTRL,
    flags: 0,
    body: (writer) => {
      writer.genericHeader(CTRL_CMD_GETFAMILY, 1)
      writeAttribute(writer, fields.familyName, name)
    },
    onReply: (view, { start, end }) => {
      id = attributes.readStrictly(view, start + GENL_HDRLEN, end).require(fields.familyId)
    },
    signal,
  })
  const refusal = unwrapOutcome(outcome, signal)
  if (refusal === undefined) return id
  const code = errorName(refusal.errno)
  if (code === 'ENOENT') return undefined
  throw new IpvsError({
    ...{ code, errno: refusal.errno, command: 'open', subject: name, kernelMessage: refusal.message },
    explanation: 'the kernel refused to look up the family',
  })
}
