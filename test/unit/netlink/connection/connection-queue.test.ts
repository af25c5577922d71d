import { constants } from 'node:os'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Connection } from '../../../../src/netlink/connection/connection.ts'
import type { Outcome } from '../../../../src/netlink/connection/failures.ts'
import { writeAttribute } from '../../../../src/netlink/wire/attributes.ts'
import { FakeTransport } from '../../../support/netlink/fake-transport.ts'
import {
  openConnection,
  replyOf,
  sendRequest,
  TAGGED,
  tagOf,
  tagsSent,
} from '../../../support/netlink/tagged-messages.ts'

const lost = (code: string, outcome: string) => ({ failure: expect.objectContaining({ code, outcome }) })
const done = undefined

let transport: FakeTransport
let connection: Connection

beforeEach(async () => {
  transport = new FakeTransport()
  transport.depth = 2
  connection = await openConnection(transport)
})

/** Sends a request whose message fills more than half of a datagram. */
function askLarge(tag: number): Promise<Outcome> {
  return sendRequest(connection, tag, {
    body: (writer) => {
      writer.genericHeader(1, 1)
      writeAttribute(writer, TAGGED.fields.tag, tag)
      for (let piece = 0; piece < 2; piece++) writer.payload(7, 40_000)
    },
  })
}

/** One call that is sent at once, then two datagrams' worth of calls during its exchange. */
async function twoBatches(): Promise<Promise<Outcome>[]> {
  const first = sendRequest(connection, 1)
  await Promise.resolve()
  return [first, askLarge(2), askLarge(3)]
}

const eventLoop = () => new Promise(setImmediate)
const requests = () => transport.sockets.flatMap((socket) => socket.requests)

describe('a socket that queues a second exchange', () => {
  it('receives a whole datagram during the first exchange', async () => {
    const resume = transport.pause()
    const outcomes = await twoBatches()
    await eventLoop()
    expect(requests().map(({ onlyIfPreviousComplete: after }) => after)).toEqual([false, true])
    resume()
    expect(await Promise.all(outcomes)).toEqual([done, done, done])
    expect(tagsSent(transport)).toEqual([[1], [2], [3]])
  })

  it('receives no less than that, so that calls in the meantime share a datagram', async () => {
    const resume = transport.pause()
    const first = sendRequest(connection, 1)
    await Promise.resolve()
    const others = [2, 3].map((tag) => sendRequest(connection, tag))
    await eventLoop()
    expect(requests()).toHaveLength(1)
    resume()
    await Promise.all([first, ...others])
    expect(tagsSent(transport)).toEqual([[1], [2, 3]])
  })

  it('receives less if nothing follows', async () => {
    const resume = transport.pause()
    const first = sendRequest(connection, 1)
    await Promise.resolve()
    const last = sendRequest(connection, 2)
    connection.flush(true)
    await eventLoop()
    expect(requests()).toHaveLength(2)
    resume()
    await Promise.all([first, last])
  })

  it('receives a third exchange only when the first has ended', async () => {
    const resume = transport.pause()
    const outcomes = await twoBatches()
    await eventLoop()
    const third = [askLarge(4), askLarge(5)]
    await eventLoop()
    expect(requests()).toHaveLength(2)
    resume()
    expect(await Promise.all([...outcomes, ...third])).toEqual([done, done, done, done, done])
    expect(tagsSent(transport)).toEqual([[1], [2], [3], [4], [5]])
  })

  it('sends the second before a third if the first fills its buffer and the second must be sent again', async () => {
    transport.room = 64
    transport.answer = (message) => (tagOf(message) === 1 ? { replies: [replyOf(20), replyOf(20)] } : {})
    const resume = transport.pause()
    const outcomes = await twoBatches()
    await eventLoop()
    const third = [askLarge(4), askLarge(5)]
    resume()
    expect(await Promise.all([...outcomes, ...third])).toEqual([done, done, done, done, done])
    expect(tagsSent(transport)).toEqual([[1], [2], [3], [4], [5]])
  })

  it('delays the second exchange while the first continues', async () => {
    transport.room = 64
    transport.answer = () => ({ replies: [replyOf(20), replyOf(20)] })
    expect(await Promise.all(await twoBatches())).toEqual([done, done, done])
    expect(tagsSent(transport)).toEqual([[1], [2], [3]])
  })
})

describe('when the first of two exchanges', () => {
  const { ENOMEM } = constants.errno

  it('fails, the second runs on a new socket', async () => {
    transport.endings.push({ state: 'failed', errno: ENOMEM, sent: true })
    const outcomes = await Promise.all(await twoBatches())
    expect(outcomes).toEqual([lost('ERR_LVS_SOCKET', 'unknown'), done, done])
    expect(transport.sockets.map(({ closed }) => closed)).toEqual([true, false])
    expect(tagsSent(transport)).toEqual([[1], [2], [3]])
  })

  it('is rejected, the second runs on a new socket', async () => {
    transport.endings.push({ state: 'rejected', cause: new Error('no thread') })
    const outcomes = await Promise.all(await twoBatches())
    expect(outcomes).toEqual([lost('ERR_LVS_SOCKET', 'unknown'), done, done])
    expect(tagsSent(transport)).toEqual([[2], [3]])
  })

  it('is overrun, the second is sent again as it is', async () => {
    transport.endings.push({ state: 'overrun', keep: 0 })
    const outcomes = await Promise.all(await twoBatches())
    expect(outcomes).toEqual([lost('ERR_LVS_OVERRUN', 'unknown'), done, done])
    expect(transport.sockets).toHaveLength(1)
  })

  it('never ends, the second runs on a new socket after the timeout', async () => {
    connection = await openConnection(transport, { timeout: 20 })
    transport.endings.push({ state: 'never' })
    const outcomes = await Promise.all(await twoBatches())
    expect(outcomes).toEqual([lost('ERR_LVS_TIMEOUT', 'unknown'), done, done])
    expect(tagsSent(transport)).toEqual([[1], [2], [3]])
  })

  it('takes long, its time does not count towards the timeout of the second', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      connection = await openConnection(transport, { timeout: 1000 })
      const resume = transport.pause()
      const outcomes = await twoBatches()
      await vi.advanceTimersByTimeAsync(900)
      const goOn = transport.pause()
      resume()
      await outcomes[0]
      await vi.advanceTimersByTimeAsync(900)
      goOn()
      expect(await Promise.all(outcomes)).toEqual([done, done, done])
    } finally {
      vi.useRealTimers()
    }
  })

  it('is in flight when the connection closes, every caller gets a result', async () => {
    transport.pause()
    const outcomes = await twoBatches()
    await eventLoop()
    connection.close()
    expect(await Promise.all(outcomes)).toEqual(new Array(3).fill(lost('ERR_LVS_CLOSED', 'unknown')))
  })
})
