import { tracingChannel } from 'node:diagnostics_channel'
import { inspect } from 'node:util'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type ArgumentTypeError, BatchError, IpvsError } from '../../../../src/errors.ts'
import { IpvsClient } from '../../../../src/ipvs/ipvs-client.ts'
import type { BatchCommand } from '../../../../src/ipvs/write/batch-command.ts'
import type { CommandContext } from '../../../../src/netlink/tracing.ts'
import {
  commandOf,
  destinationReply,
  FakeKernel,
  open,
  serviceReply,
} from '../../../support/ipvs/fake-kernel.ts'
import { messagesOf } from '../../../support/netlink/answers.ts'

const [ENOENT, EEXIST] = [2, 17]
const WEB = { protocol: 'tcp', address: '192.0.2.1', port: 80 } as const
const REAL = { address: '198.51.100.7', port: 80, forwarding: 'dr' } as const
const WHOLE = { ...REAL, weight: 3, upperThreshold: 0, lowerThreshold: 0 } as const

let ipvs: IpvsClient
let kernel: FakeKernel

beforeEach(async () => {
  ;({ ipvs, kernel } = await open())
  kernel.script.GET_SERVICE = () => ({ replies: [serviceReply(WEB)] })
  kernel.script.GET_DEST = () => ({ replies: [destinationReply(WHOLE)] })
})

const real = (index: number) => ({
  ...WHOLE,
  address: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
})
const add = (index: number): BatchCommand => ({
  command: 'addDestination',
  service: WEB,
  destination: real(index),
})
const many = (count: number) => Array.from({ length: count }, (_, index) => add(index))

async function failureOf(commands: Iterable<BatchCommand>): Promise<BatchError> {
  const error = await ipvs.batch(commands).then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(BatchError)
  return error as BatchError
}

describe('a batch', () => {
  it('sends the same commands as the methods of the same name, in order', async () => {
    await ipvs.batch([
      { command: 'addService', service: { ...WEB, scheduler: 'rr' } },
      { command: 'addDestination', service: WEB, destination: REAL },
      { command: 'updateDestination', service: 'tcp://192.0.2.1:80', destination: WHOLE },
      { command: 'removeDestination', service: WEB, destination: REAL },
      { command: 'removeService', service: WEB },
    ])
    const inBatch = kernel.datagrams.at(-1)!
    kernel.datagrams.length = 0
    await ipvs.addService({ ...WEB, scheduler: 'rr' })
    await ipvs.addDestination(WEB, REAL)
    await ipvs.updateDestination(WEB, WHOLE)
    await ipvs.removeDestination(WEB, REAL)
    await ipvs.removeService(WEB)
    const payloads = (messages: typeof inBatch) => messages.map(({ bytes }) => Buffer.from(bytes.slice(16)))
    expect(payloads(inBatch)).toEqual(payloads(kernel.messages))
  })

  it('without commands sends no message', async () => {
    await ipvs.batch([])
    expect(kernel.commands).toEqual([])
  })

  it('may be an array, a generator or an async iterable', async () => {
    async function* later() {
      yield* many(3)
    }
    await ipvs.batch(new Set(many(3)))
    await ipvs.batch(
      (function* () {
        yield* many(3)
      })(),
    )
    await ipvs.batch(later())
    expect(kernel.commands).toEqual(new Array(9).fill('NEW_DEST'))
  })

  it.each([[undefined], [null], [5], ['addService'], [{ command: 'flush' }]])(
    'is rejected if its commands are %o',
    async (commands) => {
      await expect(ipvs.batch(commands as never)).rejects.toMatchObject({ field: 'commands' })
    },
  )

  it('of 11,000 commands takes at most five system calls for a thousand', async () => {
    // Replies of a kernel arrive through the event loop.
    Object.defineProperty(kernel, 'gate', { get: () => new Promise(setImmediate) })
    const before = ipvs.activity
    await ipvs.batch(many(11_000))
    const { sends, receives, messages } = ipvs.activity
    expect(messages - before.messages).toBe(11_000)
    expect(sends + receives - before.sends - before.receives).toBeLessThanOrEqual(55)
  })

  it('takes commands only as they can be sent', async () => {
    const resume = kernel.pause()
    let taken = 0
    const batch = ipvs.batch(
      (function* () {
        for (taken = 0; taken < 50_000; taken++) yield add(taken)
      })(),
    )
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
    expect(taken).toBeGreaterThan(100)
    expect(taken).toBeLessThan(3000)
    resume()
    await batch
    expect(taken).toBe(50_000)
  })

  it('limits its datagrams as single calls do, so that every command may fail', async () => {
    const kernel = new FakeKernel()
    kernel.receiveBuffer = 212_992
    const ipvs = await IpvsClient.open({ transport: kernel })
    kernel.script.NEW_DEST = () => ({ errno: EEXIST })
    const error: BatchError = await ipvs.batch(many(2000)).catch((error) => error)
    expect(error.failures).toHaveLength(2000)
    for (const datagram of kernel.datagrams) expect(datagram.length).toBeLessThan(237)
  })
})

describe('commands that fail', () => {
  it('are listed with their index and the error of a single call; the others are executed', async () => {
    kernel.script.NEW_DEST = (message) =>
      message.sequence % 2 === 0 ? { errno: EEXIST, text: 'already' } : {}
    const error = await failureOf(many(5))
    const failed = kernel.messages.filter(
      (message) => message.type > 16 && commandOf(message) === 'NEW_DEST' && message.sequence % 2 === 0,
    )
    expect(error.failures).toHaveLength(failed.length)
    expect(error.cause).toBe(error.failures[0]?.error)
    expect(inspect(error).length).toBeLessThan(5000)
    const [{ index, error: first }] = error.failures as [(typeof error.failures)[0]]
    expect(first).toBeInstanceOf(IpvsError)
    expect(first).toMatchObject({
      code: 'EEXIST',
      command: 'addDestination',
      kernelMessage: 'already',
      subject: `tcp://192.0.2.1:80 -> 10.0.0.${index}:80`,
    })
    expect(error).toMatchObject({ code: 'ERR_LVS_BATCH', name: 'BatchError' })
    expect(error.message).toContain(`${failed.length} of 5 commands failed`)
    expect(error.message).toContain(first.message)
  })

  it('have a stack with the line of the call', async () => {
    kernel.script.NEW_DEST = () => ({ errno: EEXIST })
    const error = await ipvs.batch(many(1)).catch((error: Error) => error)
    expect((error as Error).stack).toContain('batch.test.ts')
  })

  it('for an invalid argument are not sent; the others are', async () => {
    const bad = { command: 'addDestination', service: WEB, destination: { ...REAL, weight: -1 } } as const
    const error = await failureOf([add(1), bad, { command: 'addSevrice' } as never, null as never, add(2)])
    expect(error.failures.map(({ index, error }) => [index, (error as ArgumentTypeError).field])).toEqual([
      [1, 'destination.weight'],
      [2, 'command'],
      [3, 'command'],
    ])
    expect(kernel.commands).toEqual(['NEW_DEST', 'NEW_DEST'])
  })

  it('may number thousands', async () => {
    kernel.script.NEW_DEST = () => ({ errno: EEXIST })
    const error = await failureOf(many(3000))
    expect(error.failures.map(({ index }) => index)).toEqual(
      Array.from({ length: 3000 }, (_, index) => index),
    )
  })

  it('with the whole socket are the commands in flight, and the rest', async () => {
    kernel.endings.push({ state: 'failed', errno: 9, sent: false })
    const error = await failureOf(many(3))
    for (const { error: cause } of error.failures) {
      expect(cause).toMatchObject({ code: 'ERR_LVS_SOCKET', outcome: 'not-done' })
    }
    await ipvs.batch(many(3))
  })

  it('because the family has a new number are sent again', async () => {
    kernel.familyId = 0x1f
    await ipvs.batch(many(3))
    const sent = kernel.messages.filter(({ type }) => type === 0x1f)
    expect(sent.map(commandOf)).toEqual(['NEW_DEST', 'NEW_DEST', 'NEW_DEST'])
  })

  it('with ENOENT although the family is unchanged stay failed', async () => {
    kernel.script.NEW_SERVICE = () => ({ errno: ENOENT })
    const { failures } = await failureOf([{ command: 'addService', service: { ...WEB, scheduler: 'xx' } }])
    expect(failures[0]?.error.message).toContain("no scheduler 'xx'")
  })
})

describe('changes with omitted settings', () => {
  it('are based on a read, and keep their position', async () => {
    await ipvs.batch([
      add(1),
      { command: 'updateDestination', service: WEB, destination: { address: REAL.address, weight: 9 } },
      add(2),
      { command: 'updateService', service: WEB, changes: { scheduler: 'sh' } },
      { command: 'zero', service: WEB },
      { command: 'flush' },
    ])
    const writes = kernel.commands.filter((name) => !name.startsWith('GET_'))
    expect(writes).toEqual(['NEW_DEST', 'SET_DEST', 'NEW_DEST', 'SET_SERVICE', 'ZERO', 'FLUSH'])
  })

  it('share a read for a thousand at a time', async () => {
    const changes: BatchCommand[] = many(2500).map((command) => ({
      ...(command as Extract<BatchCommand, { command: 'addDestination' }>),
      command: 'updateDestination',
      destination: { address: REAL.address, weight: 9 },
    }))
    await ipvs.batch(changes)
    expect(kernel.commands.filter((name) => name === 'SET_DEST')).toHaveLength(2500)
  })
})

describe('a signal', () => {
  const reason = new Error('enough')

  it('that is already aborted prevents all commands', async () => {
    await expect(ipvs.batch(many(3), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(kernel.commands).toEqual([])
  })

  it('stops a batch in progress', async () => {
    const controller = new AbortController()
    const resume = kernel.pause()
    const batch = ipvs.batch(many(50_000), { signal: controller.signal })
    await new Promise(setImmediate)
    controller.abort(reason)
    await expect(batch).rejects.toBe(reason)
    const left = ipvs.activity.messages
    resume()
    await ipvs.flush()
    // Unsent messages become no-ops: the kernel acknowledges them without executing them.
    expect(kernel.commands.at(-1)).toBe('FLUSH')
    expect(kernel.commands.length).toBeLessThan(1000)
    expect(kernel.messages.length).toBeGreaterThan(left)
  })

  it('stops waiting for a slow producer, and ends it', async () => {
    const controller = new AbortController()
    let ended = false
    const batch = ipvs.batch(
      (async function* () {
        try {
          yield add(1)
          await new Promise(setImmediate)
          controller.abort(reason)
          await new Promise((resolve) => setTimeout(resolve, 20))
          yield add(2)
        } finally {
          ended = true
        }
      })(),
      { signal: controller.signal },
    )
    await expect(batch).rejects.toBe(reason)
    expect(ended).toBe(false)
    await vi.waitFor(() => expect(ended).toBe(true))
    expect(kernel.commands).toEqual(['NEW_DEST'])
  })

  it('ends an iterator that was not read to its end', async () => {
    const controller = new AbortController()
    const resume = kernel.pause()
    let ended = false
    const batch = ipvs.batch(
      (function* () {
        try {
          for (;;) yield add(1)
        } finally {
          ended = true
        }
      })(),
      { signal: controller.signal },
    )
    await new Promise(setImmediate)
    controller.abort(reason)
    await expect(batch).rejects.toBe(reason)
    expect(ended).toBe(true)
    resume()
  })
})

describe('a client that is closed', () => {
  it('ends a batch in progress, and takes no more commands', async () => {
    const resume = kernel.pause()
    let taken = 0
    const batch = ipvs.batch(
      (function* () {
        for (;;) yield add(taken++ % 1000)
      })(),
    )
    await new Promise(setImmediate)
    const before = taken
    ipvs.close()
    resume()
    await expect(batch).rejects.toMatchObject({ code: 'ERR_LVS_CLOSED', outcome: 'unknown' })
    expect(taken).toBeLessThanOrEqual(before + 1)
  })

  it('ends a batch that waits for its last replies', async () => {
    const resume = kernel.pause()
    const batch = ipvs.batch(many(3))
    await new Promise(setImmediate)
    ipvs.close()
    resume()
    await expect(batch).rejects.toMatchObject({ code: 'ERR_LVS_CLOSED' })
  })

  it('starts no batch', async () => {
    ipvs.close()
    await expect(ipvs.batch(many(3))).rejects.toMatchObject({ code: 'ERR_LVS_CLOSED' })
  })
})

it('a producer that throws ends the batch with its error; earlier commands are executed', async () => {
  const broken = new Error('no more')
  const producer = (function* () {
    yield* many(3)
    throw broken
  })()
  await expect(ipvs.batch(producer)).rejects.toBe(broken)
  expect(kernel.commands).toEqual(['NEW_DEST', 'NEW_DEST', 'NEW_DEST'])
})

it('every command of a batch is published to subscribers', async () => {
  const heard: CommandContext[] = []
  const channel = tracingChannel<string, CommandContext>('lvs:command')
  const listener = (context: unknown) => void heard.push(context as CommandContext)
  channel.start.subscribe(listener)
  onTestFinished(() => void channel.start.unsubscribe(listener))
  await ipvs.batch(many(3))
  expect(heard.map(({ command, subject }) => [command, subject])).toEqual(
    [0, 1, 2].map((index) => ['addDestination', `tcp://192.0.2.1:80 -> 10.0.0.${index}:80`]),
  )
  expect(messagesOf(kernel.messages[1]!.bytes)).toHaveLength(1)
})
