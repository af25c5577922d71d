import { beforeEach, describe, expect, it } from 'vitest'
import { IpvsUnavailableError, NetlinkError } from '../../../src/errors.ts'
import { CommandRunner } from '../../../src/ipvs/commands/command-runner.ts'
import { IPVS_GENL_VERSION } from '../../../src/ipvs/protocol/uapi.ts'
import { unwrapOutcome } from '../../../src/netlink/connection/failures.ts'
import { CONTROLLER, GenericFamily } from '../../../src/netlink/generic-family.ts'
import { writeAttribute } from '../../../src/netlink/wire/attributes.ts'
import {
  CTRL_CMD_GETFAMILY,
  CTRL_CMD_NEWFAMILY,
  GENL_ID_CTRL,
  NLM_F_DUMP,
} from '../../../src/netlink/wire/uapi.ts'
import { LITTLE_ENDIAN, type WireWriter } from '../../../src/netlink/wire/wire.ts'
import { type Answer, attributesOf, type SentMessage } from '../../support/netlink/answers.ts'
import { FakeTransport } from '../../support/netlink/fake-transport.ts'
import { openConnection } from '../../support/netlink/tagged-messages.ts'

const ENOENT = 2

let transport: FakeTransport
let family: GenericFamily
/** Sends the requests of a family. */
let commands: CommandRunner
/** The number of the family in the kernel; undefined if the module is not loaded. */
let number: number | undefined
let answer: (message: SentMessage) => Answer | undefined

function lookUp(): Answer {
  const id = number
  if (id === undefined) return { errno: ENOENT }
  const body = (writer: WireWriter) => {
    writeAttribute(writer, CONTROLLER.fields.familyName, 'THING')
    writeAttribute(writer, CONTROLLER.fields.familyId, id)
  }
  return { replies: [{ command: CTRL_CMD_NEWFAMILY, body }] }
}

beforeEach(async () => {
  transport = new FakeTransport()
  number = 28
  answer = () => undefined
  transport.answer = (message) => (message.type === GENL_ID_CTRL ? lookUp() : answer(message))
  const connection = await openConnection(transport)
  family = (await GenericFamily.resolve(connection, 'THING')) as GenericFamily
  commands = new CommandRunner(family, transport)
})

const lookups = () => transport.messages.filter(({ type }) => type === GENL_ID_CTRL).length

describe('looking up a family', () => {
  const resolve = (signal?: AbortSignal) => GenericFamily.resolve(family.connection, 'THING', signal)

  it('asks the controller for the number by name', () => {
    const [message] = transport.messages
    expect(message).toMatchObject({ type: GENL_ID_CTRL, command: CTRL_CMD_GETFAMILY })
    expect(attributesOf(message!, CONTROLLER).get(CONTROLLER.fields.familyName)).toBe('THING')
    expect([family.name, family.id]).toEqual(['THING', 28])
  })

  it('resolves to undefined if the kernel has none', async () => {
    number = undefined
    expect(await resolve()).toBeUndefined()
  })

  it('rejects for any other refusal', async () => {
    transport.answer = () => ({ errno: 12 })
    await expect(resolve()).rejects.toBeInstanceOf(Error)
  })

  it('rejects if the reply is malformed', async () => {
    transport.answer = () => ({
      replies: [{ command: CTRL_CMD_NEWFAMILY, body: (writer) => writer.payload(1, 1) }],
    })
    await expect(resolve()).rejects.toMatchObject({ code: 'ERR_LVS_MALFORMED' })
  })

  it('sends nothing for a signal that is already aborted, and rejects with its reason', async () => {
    const reason = new Error('enough')
    await expect(resolve(AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(lookups()).toBe(1)
  })
})

describe('a request', () => {
  it('contains the number, the command and the version of the family', async () => {
    await commands.send({ command: 7 }, undefined)
    const message = transport.messages.at(-1)!
    expect(message).toMatchObject({ type: 28, command: 7 })
    expect([...message.bytes.subarray(16)]).toEqual([7, IPVS_GENL_VERSION, 0, 0])
  })

  it('is queued synchronously, so that requests keep their order', async () => {
    await Promise.all([1, 2, 3].map((command) => commands.send({ command }, undefined)))
    expect(transport.datagrams.at(-1)!.map(({ command }) => command)).toEqual([1, 2, 3])
  })

  it('passes on each reply with the offset of its attributes', async () => {
    const body = (value: number) => ({
      command: 1,
      body: (writer: WireWriter) => {
        const offset = writer.payload(1, 4)
        writer.view.setUint32(offset, value, LITTLE_ENDIAN)
      },
    })
    answer = () => ({ replies: [body(11), body(12)] })
    const values: number[] = []
    const onReply = (view: DataView, start: number, end: number) => {
      values.push(view.getUint32(start + 4, LITTLE_ENDIAN), end - start)
    }
    await commands.send({ command: 1, flags: NLM_F_DUMP, onReply }, undefined)
    expect(values).toEqual([11, 8, 12, 8])
  })

  it('throws the error of its body synchronously', () => {
    const misuse = new TypeError('weight')
    const body = () => {
      throw misuse
    }
    expect(() => commands.send({ command: 1, body }, undefined)).toThrow(misuse)
  })
})

describe('the outcome of a request', () => {
  it('is the refusal, or undefined if it was done', async () => {
    answer = ({ command }) => (command === 8 ? { errno: 17, text: 'there already' } : {})
    expect(unwrapOutcome(await commands.send({ command: 7 }, undefined), undefined)).toBeUndefined()
    expect(unwrapOutcome(await commands.send({ command: 8 }, undefined), undefined)).toEqual({
      errno: 17,
      message: 'there already',
    })
  })

  it('is thrown if there is no reliable reply, with the known outcome and the cause', () => {
    const cause = new Error('ENOBUFS')
    const loss = { code: 'ERR_LVS_OVERRUN', message: 'lost', outcome: 'unknown', cause } as const
    const thrown = () => unwrapOutcome({ failure: loss }, undefined)
    expect(thrown).toThrow(NetlinkError)
    expect(thrown).toThrow(expect.objectContaining(loss))
  })

  it('is thrown as the reason of the signal that aborted it', () => {
    const reason = new Error('enough')
    const thrown = () => unwrapOutcome({ aborted: 'unsent' }, AbortSignal.abort(reason))
    expect(thrown).toThrow(reason)
  })
})

describe('after ENOENT the family', () => {
  it('has moved if its number has changed', async () => {
    number = 29
    expect(await family.hasMoved(28)).toBe(true)
    expect(family.id).toBe(29)
    await commands.send({ command: 7 }, undefined)
    expect(transport.messages.at(-1)!.type).toBe(29)
  })

  it('has not moved if its number is the same', async () => {
    expect(await family.hasMoved(28)).toBe(false)
    expect(lookups()).toBe(2)
  })

  it('has moved without another lookup if another call has already detected it', async () => {
    number = 29
    await family.hasMoved(28)
    expect(await family.hasMoved(28)).toBe(true)
    expect(lookups()).toBe(2)
  })

  it('is looked up once for all concurrent calls', async () => {
    number = 29
    expect(await Promise.all(Array.from({ length: 50 }, () => family.hasMoved(28)))).toEqual(
      new Array(50).fill(true),
    )
    expect(lookups()).toBe(2)
    expect(await family.hasMoved(29)).toBe(false)
    expect(lookups()).toBe(3)
  })

  it('may disappear, which fails every waiting call, and may return', async () => {
    number = undefined
    const results = await Promise.allSettled([1, 2, 3].map(() => family.hasMoved(28)))
    for (const result of results) {
      expect(result).toEqual({ status: 'rejected', reason: expect.any(IpvsUnavailableError) })
      expect(result).toMatchObject({ reason: { code: 'ERR_LVS_UNAVAILABLE', outcome: 'not-done' } })
    }
    number = 30
    expect(await family.hasMoved(28)).toBe(true)
  })
})
