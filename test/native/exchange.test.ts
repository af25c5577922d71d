import { afterEach, describe, expect, it } from 'vitest'
import { exchange, MiB, open, type Socket } from '../support/native/addon.ts'
import {
  dumpFamilies,
  FLAG,
  fail,
  lookUpFamily,
  parse,
  statusOf,
  stringAttribute,
  succeed,
  TYPE,
} from '../support/native/messages.ts'

const ENOENT = 2
const EMSGSIZE = 90

const sockets: Socket[] = []
async function opened(options?: Parameters<typeof open>[0]): Promise<Socket> {
  const socket = await open(options)
  sockets.push(socket)
  return socket
}
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close()
})

describe('an exchange', () => {
  it('returns a reply and its ACK, with one system call each way', async () => {
    const { bytes, ...report } = await exchange(await opened(), [lookUpFamily('nlctrl', 7)])
    expect(report).toEqual({
      state: 'complete',
      datagram: 1,
      awaiting: false,
      received: bytes.length,
      errno: 0,
      syscall: '',
      sends: 1,
      receives: 1,
    })
    const [reply, ack] = parse(bytes)
    expect(stringAttribute(reply!, 4, 2)).toBe('nlctrl')
    expect([reply!.sequence, ack!.sequence, ack!.type, statusOf(ack!)]).toEqual([7, 7, TYPE.error, 0])
  })

  it('returns a small dump and its end, with one system call each way', async () => {
    const report = await exchange(await opened(), [dumpFamilies(8)])
    expect(report).toMatchObject({ state: 'complete', sends: 1, receives: 1 })
    const messages = parse(report.bytes)
    expect(messages.slice(0, -1).map((family) => stringAttribute(family, 4, 2))).toContain('nlctrl')
    expect(messages.at(-1)).toMatchObject({ type: TYPE.done, sequence: 8 })
  })

  it('carries a batch of 500 commands under one ACK', async () => {
    const commands = Array.from({ length: 500 }, (_, i) => succeed(i, i === 499 ? FLAG.ack : 0))
    const report = await exchange(await opened(), [Buffer.concat(commands)])
    expect(report).toMatchObject({ state: 'complete', sends: 1, receives: 1, received: 36 })
    expect(parse(report.bytes)[0]).toMatchObject({ type: TYPE.error, sequence: 499 })
  })

  it('reports the failure of each command in a batch with its own sequence number', async () => {
    const commands = Array.from({ length: 500 }, (_, i) =>
      i % 2 === 0 ? fail(i) : succeed(i, i === 499 ? FLAG.ack : 0),
    )
    const report = await exchange(await opened(), [Buffer.concat(commands)])
    expect(report.state).toBe('complete')
    const answers = parse(report.bytes).map((answer) => [answer.sequence, statusOf(answer)])
    expect(answers).toEqual([...Array.from({ length: 250 }, (_, i) => [2 * i, -ENOENT]), [499, 0]])
  })

  it('sends each datagram when the previous one is answered', async () => {
    const report = await exchange(await opened(), [
      dumpFamilies(1),
      dumpFamilies(2),
      lookUpFamily('nlctrl', 3),
    ])
    expect(report).toMatchObject({ state: 'complete', datagram: 3, sends: 3, receives: 3 })
    const ends = parse(report.bytes).filter(
      (answer) => answer.type === TYPE.done || answer.type === TYPE.error,
    )
    expect(ends.map((answer) => answer.sequence)).toEqual([1, 2, 3])
  })

  it('starts with the given datagram', async () => {
    const report = await exchange(await opened(), [fail(1), fail(2), fail(3)], { first: 1 })
    expect(report).toMatchObject({ state: 'complete', datagram: 3, sends: 2 })
    expect(parse(report.bytes).map((answer) => answer.sequence)).toEqual([2, 3])
  })

  it('has nothing to do without datagrams', async () => {
    expect(await exchange(await opened(), [])).toMatchObject({
      state: 'complete',
      datagram: 0,
      sends: 0,
      receives: 0,
    })
  })

  it('accepts a last message that is not padded to a multiple of four', async () => {
    const request = lookUpFamily('nlctrl', 4)
    const report = await exchange(await opened(), [request.subarray(0, request.readUInt32LE(0))])
    expect(report).toMatchObject({ state: 'complete', sends: 1 })
  })

  it('writes nothing after the received bytes', async () => {
    const socket = await opened()
    const replies = new Uint8Array(64 * 1024).fill(0xee)
    const request = lookUpFamily('nlctrl', 5)
    const { received } = await socket.exchange(
      request,
      Uint32Array.of(request.length),
      1,
      0,
      false,
      false,
      replies,
    )
    expect(parse(replies.subarray(0, received))).toHaveLength(2)
    // The second reply was read at an offset of 32 KiB and moved down; only that copy may remain after the received bytes.
    expect(replies.subarray(received, 32 * 1024).every((byte) => byte === 0xee)).toBe(true)
  })

  it('reports an error of sendmsg, and that nothing was sent', async () => {
    const socket = await opened({ sendBuffer: 64 * 1024 })
    const tooLong = Buffer.concat(Array.from({ length: socket.sendBuffer / 16 + 1 }, (_, i) => succeed(i)))
    expect(await exchange(socket, [fail(1), tooLong, fail(2)])).toMatchObject({
      state: 'failed',
      datagram: 1,
      awaiting: false,
      errno: EMSGSIZE,
      syscall: 'sendmsg',
      sends: 2,
    })
    const longest = Buffer.concat(
      Array.from({ length: socket.sendBuffer / 16 }, (_, i) =>
        succeed(i, i === socket.sendBuffer / 16 - 1 ? FLAG.ack : 0),
      ),
    )
    expect((await exchange(socket, [longest])).state).toBe('complete')
  })
})

describe('two sockets', () => {
  it('exchange at the same time, each with its own replies', async () => {
    const [one, other] = [await opened(), await opened()]
    expect(one.portId).not.toBe(other.portId)
    const rounds = Array.from({ length: 200 }, (_, i) => i + 1)
    const talk = async (socket: Socket, offset: number) => {
      for (const i of rounds) {
        const report = await exchange(socket, [lookUpFamily('nlctrl', offset + i)], { room: 64 * 1024 })
        expect(parse(report.bytes).map((answer) => answer.sequence)).toEqual([offset + i, offset + i])
      }
    }
    await Promise.all([talk(one, 0), talk(other, 1000)])
  })
})

describe('a socket', () => {
  it('reports the sizes of its buffers as the kernel accounts them', async () => {
    const socket = await opened({ receiveBuffer: 100_000, sendBuffer: 200_000 })
    expect(socket).toMatchObject({ receiveBuffer: 200_000, sendBuffer: 400_000 - 32 })
    expect(Object.keys(socket)).toEqual(['portId', 'receiveBuffer', 'sendBuffer'])
  })

  it('runs one exchange after another, and queues a second one while one is in progress', async () => {
    const socket = await opened()
    // An exchange of more than one datagram never returns synchronously.
    const first = exchange(socket, [dumpFamilies(1), dumpFamilies(2)])
    const second = exchange(socket, [dumpFamilies(3)], { onlyIfPreviousComplete: true })
    await expect(exchange(socket, [dumpFamilies(4)])).rejects.toMatchObject({ code: 'ERR_SOCKET_BUSY' })
    expect((await first).state).toBe('complete')
    expect(await second).toMatchObject({ state: 'complete', datagram: 1, sends: 1 })
    expect((await exchange(socket, [dumpFamilies(5)])).state).toBe('complete')
  })

  it('does not start an exchange that depends on one that was not complete', async () => {
    const socket = await opened()
    // No message requests a reply.
    const first = exchange(socket, [dumpFamilies(1), succeed(2)])
    const second = exchange(socket, [fail(3), fail(4)], { first: 1, onlyIfPreviousComplete: true })
    expect(await first).toMatchObject({ state: 'unanswered', datagram: 1, sends: 2 })
    expect(await second).toEqual({
      ...{ state: 'not-started', datagram: 1, awaiting: false, received: 0, errno: 0, syscall: '' },
      ...{ sends: 0, receives: 0, bytes: new Uint8Array() },
    })
    expect((await exchange(socket, [fail(5)])).state).toBe('complete')
  })

  it('starts an exchange that does not depend on the previous one', async () => {
    const socket = await opened()
    const first = exchange(socket, [dumpFamilies(1), succeed(2)])
    const second = exchange(socket, [fail(3)])
    expect((await first).state).toBe('unanswered')
    expect((await second).state).toBe('complete')
  })

  it('does not start queued exchanges once it is closed', async () => {
    const socket = await opened()
    const ended: string[] = []
    const many = Array.from({ length: 200 }, (_, i) => dumpFamilies(i + 1))
    const first = exchange(socket, many, { room: 4 * MiB }).then(() => ended.push('first'))
    const second = exchange(socket, [fail(500)]).then(({ state }) => ended.push(state))
    socket.close()
    await Promise.all([first, second])
    expect(ended).toEqual(['not-started', 'first'])
  })

  it('lets the event loop run although results may be returned synchronously', async () => {
    const socket = await opened()
    let wentRound = false
    setImmediate(() => {
      wentRound = true
    })
    let exchanges = 0
    for (; !wentRound && exchanges < 1000; exchanges++) await exchange(socket, [lookUpFamily('nlctrl', 1)])
    expect(exchanges).toBeLessThan(20)
  })

  it('closes once, and then refuses exchanges', async () => {
    const socket = await opened()
    expect(socket.close()).toBeUndefined()
    expect(socket.close()).toBeUndefined()
    await expect(exchange(socket, [dumpFamilies(1)])).rejects.toMatchObject({ code: 'ERR_SOCKET_CLOSED' })
  })
})
