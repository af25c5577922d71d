import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Connection } from '../../../../src/netlink/connection/connection.ts'
import { DatagramBatch } from '../../../../src/netlink/connection/datagram-batch.ts'
import { NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST } from '../../../../src/netlink/wire/uapi.ts'
import { LITTLE_ENDIAN } from '../../../../src/netlink/wire/wire.ts'
import { FakeTransport } from '../../../support/netlink/fake-transport.ts'
import {
  dump,
  flagsSent,
  openConnection,
  replyOf,
  sendRequest,
  tagOf,
  tagsSent,
} from '../../../support/netlink/tagged-messages.ts'

const MEGABYTE = 1024 * 1024
let transport: FakeTransport
let connection: Connection

beforeEach(async () => {
  transport = new FakeTransport()
  connection = await openConnection(transport)
})

describe('sending together', () => {
  it('puts the calls of one tick into one datagram, with one acknowledgement on the last', async () => {
    await Promise.all([1, 2, 3].map((tag) => sendRequest(connection, tag)))
    expect(tagsSent(transport)).toEqual([[1, 2, 3]])
    expect(flagsSent(transport)).toEqual([[NLM_F_REQUEST, NLM_F_REQUEST, NLM_F_REQUEST | NLM_F_ACK]])
    expect(transport.sockets[0]!.requests).toHaveLength(1)
  })

  it('sends a single call before the event loop runs again', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout')
    let turned = false
    setImmediate(() => {
      turned = true
    })
    const outcome = sendRequest(connection, 1)
    expect(transport.datagrams).toEqual([])
    expect(await outcome).toBeUndefined()
    expect(turned).toBe(false)
    // The only timer is the timeout of the exchange.
    expect(timers.mock.calls.map(([, milliseconds]) => milliseconds)).toEqual([1000])
    timers.mockRestore()
  })

  it('collects the calls during an exchange for the next one', async () => {
    const resume = transport.pause()
    const first = sendRequest(connection, 1)
    await Promise.resolve()
    const others = [2, 3, 4].map((tag) => sendRequest(connection, tag))
    await new Promise(setImmediate)
    expect(transport.sockets[0]!.requests).toHaveLength(1)
    resume()
    await Promise.all([first, ...others])
    expect(tagsSent(transport)).toEqual([[1], [2, 3, 4]])
  })

  it('accepts calls at the moment an exchange ends', async () => {
    await Promise.all([
      sendRequest(connection, 1).then(() => sendRequest(connection, 2)),
      sendRequest(connection, 3),
    ])
    expect(await sendRequest(connection, 4)).toBeUndefined()
    expect(tagsSent(transport)).toEqual([[1, 3], [2], [4]])
  })

  it('puts a dump into its own datagram and keeps the order', async () => {
    await Promise.all([
      sendRequest(connection, 1),
      dump(connection, 2),
      dump(connection, 3),
      sendRequest(connection, 4),
      sendRequest(connection, 5),
    ])
    expect(tagsSent(transport)).toEqual([[1], [2], [3], [4, 5]])
    expect(flagsSent(transport)[1]).toEqual([NLM_F_REQUEST | NLM_F_DUMP])
    expect(transport.sockets[0]!.requests).toHaveLength(1)
  })

  it('limits datagrams to the send buffer of the socket', async () => {
    transport.sendBuffer = 100
    connection = await openConnection(transport)
    await Promise.all(Array.from({ length: 7 }, (_, tag) => sendRequest(connection, tag)))
    expect(tagsSent(transport)).toEqual([[0, 1, 2], [3, 4, 5], [6]])
  })

  it('limits datagrams so that the replies fit even if every message fails', async () => {
    transport.receiveBuffer = 212_992
    connection = await openConnection(transport)
    transport.answer = () => ({ errno: 17 })
    await Promise.all(Array.from({ length: 1000 }, (_, tag) => sendRequest(connection, tag)))
    // 237 is what such a buffer holds on Linux 6.12 (ipvs-netlink.md, 5.3).
    for (const tags of tagsSent(transport)) expect(tags.length).toBeLessThan(237)
    expect(tagsSent(transport).flat()).toEqual(Array.from({ length: 1000 }, (_, tag) => tag))
  })

  it('reuses the same buffers', async () => {
    for (let tag = 0; tag < 6; tag++) await sendRequest(connection, tag)
    const { requests } = transport.sockets[0]!
    expect(new Set(requests.map(({ datagrams }) => datagrams.buffer)).size).toBe(2)
    expect(new Set(requests.map(({ replies }) => replies.buffer)).size).toBe(1)
  })

  it('counts messages, datagrams and system calls', async () => {
    await Promise.all([sendRequest(connection, 1), sendRequest(connection, 2), dump(connection, 3)])
    await sendRequest(connection, 4)
    expect(connection.activity).toEqual({ messages: 4, datagrams: 3, sends: 3, receives: 3 })
  })

  it('also counts a datagram that was not answered', async () => {
    transport.answer = (message) => ({ silent: tagOf(message) === 2 })
    transport.endings.push(undefined, undefined, { state: 'overrun', keep: 0 })
    await Promise.all([dump(connection, 1), dump(connection, 2), dump(connection, 3), dump(connection, 4)])
    expect(connection.activity).toMatchObject({ messages: 4, datagrams: 4, sends: 4 })
  })
})

describe('answers', () => {
  it('reach their call, including refusals', async () => {
    transport.answer = (message) =>
      tagOf(message) % 2 === 1 ? { errno: tagOf(message), text: `no ${tagOf(message)}` } : {}
    const outcomes = await Promise.all([1, 2, 3, 4].map((tag) => sendRequest(connection, tag)))
    expect(outcomes).toEqual([
      { refusal: { errno: 1, message: 'no 1' } },
      undefined,
      { refusal: { errno: 3, message: 'no 3' } },
      undefined,
    ])
  })

  it('are passed on as they are in the receive buffer', async () => {
    const bodies: number[] = []
    transport.answer = (message) => ({
      replies: [
        {
          command: 9,
          body: (writer) => {
            const offset = writer.reserve(4)
            writer.view.setUint32(offset, tagOf(message) * 11, LITTLE_ENDIAN)
          },
        },
      ],
    })
    const onReply = (view: DataView, { start, end }: { start: number; end: number }) =>
      bodies.push(view.getUint8(start), view.getUint32(start + 4, LITTLE_ENDIAN), end - start)
    await Promise.all([1, 2].map((tag) => sendRequest(connection, tag, { onReply })))
    expect(bodies).toEqual([9, 11, 8, 9, 22, 8])
  })

  it('that carry a foreign sequence number are ignored', async () => {
    transport.answer = () => ({
      replies: [replyOf(4), replyOf(8, 0), replyOf(8, 99), replyOf(8, 0xffff_ffff)],
    })
    const { outcome, sizes } = await dump(connection, 1)
    expect([outcome, sizes]).toEqual([undefined, [8]])
  })

  it('that arrive after the timeout of their datagram are ignored', async () => {
    const sequences: number[] = []
    transport.answer = (message) => {
      sequences.push(message.sequence)
      return { replies: sequences.map((sequence) => replyOf(4, sequence)) }
    }
    transport.endings.push({ state: 'overrun', keep: 0 })
    const [lost, kept] = await Promise.all([dump(connection, 1), dump(connection, 2)])
    expect([lost.sizes, kept.sizes]).toEqual([[], [8]])
  })

  it('larger than the reply buffer are read in several exchanges, into two alternating buffers', async () => {
    transport.answer = () => ({ replies: Array.from({ length: 3000 }, (_, index) => replyOf(index)) })
    const [table, later] = await Promise.all([dump(connection, 1), dump(connection, 2)])
    expect(table.outcome).toBeUndefined()
    expect(table.sizes).toEqual(Array.from({ length: 3000 }, (_, index) => index + 4))
    expect(later.sizes).toEqual(table.sizes)
    const { requests } = transport.sockets[0]!
    expect(requests.length).toBeGreaterThan((2 * 3000 * 1500) / MEGABYTE)
    const [one, other] = requests.map(({ replies }) => replies)
    expect(one).not.toBe(other)
    for (const [index, { replies }] of requests.entries()) expect(replies).toBe(index % 2 === 0 ? one : other)
    expect(requests.at(-1)).toMatchObject({ first: 1, awaiting: true })
    expect(tagsSent(transport)).toEqual([[1], [2]])
  })

  it('that cannot be decoded fail only the call that they belong to', async () => {
    transport.answer = () => ({ replies: [replyOf(4)] })
    const onReply = () => {
      throw new RangeError('Offset is outside the bounds of the DataView')
    }
    const [broken, whole] = await Promise.all([sendRequest(connection, 1, { onReply }), dump(connection, 2)])
    expect(broken).toMatchObject({
      failure: { code: 'ERR_LVS_MALFORMED', outcome: 'unknown', cause: expect.any(RangeError) },
    })
    expect(whole.outcome).toBeUndefined()
  })
})

describe('a body that throws', () => {
  it('leaves nothing queued', async () => {
    const misuse = new TypeError('weight must be an integer')
    const body = () => {
      throw misuse
    }
    const first = sendRequest(connection, 1)
    expect(() => sendRequest(connection, 2, { body })).toThrow(misuse)
    expect(() => sendRequest(connection, 3, { body: (writer) => [writer.reserve(100_000), body()] })).toThrow(
      misuse,
    )
    expect(await Promise.all([first, sendRequest(connection, 4)])).toEqual([undefined, undefined])
    expect(tagsSent(transport)).toEqual([[1, 4]])
  })

  it('does not prevent the next call', async () => {
    expect(() => sendRequest(connection, 1, { body: () => expect.unreachable() })).toThrow()
    expect(await sendRequest(connection, 2)).toBeUndefined()
    expect(tagsSent(transport)).toEqual([[2]])
  })
})

describe('sequence numbers', () => {
  it('restart at 1 long before they wrap at 2^32', async () => {
    const reset = DatagramBatch.prototype.reset
    const spy = vi.spyOn(DatagramBatch.prototype, 'reset')
    spy.mockImplementationOnce(function (this: DatagramBatch) {
      reset.call(this, 0xefff_ffff)
    })
    const sequences: number[] = []
    transport.answer = (message) => {
      sequences.push(message.sequence)
      return { replies: [replyOf(tagOf(message))] }
    }
    const sizes: number[][] = []
    for (const tags of [[1], [2, 3], [4]]) {
      const resume = transport.pause()
      const table = dump(connection, tags[0]!)
      await Promise.resolve()
      const others = tags.slice(1).map((tag) => dump(connection, tag))
      resume()
      sizes.push(...(await Promise.all([table, ...others])).map((result) => result.sizes))
    }
    spy.mockRestore()
    expect(sequences).toEqual([1, 0xefff_ffff, 1, 2])
    expect(sizes).toEqual([[5], [6], [7], [8]])
  })
})

describe('an observer', () => {
  it('receives every message that is sent or received', async () => {
    const seen: string[] = []
    const observe = (
      direction: string,
      _view: DataView,
      { type, sequence }: { type: number; sequence: number },
    ) => seen.push(`${direction} ${type} #${sequence}`)
    connection = await openConnection(transport, { observe })
    await Promise.all([sendRequest(connection, 1), sendRequest(connection, 2)])
    expect(seen).toEqual(['sent 32 #1', 'sent 32 #2', 'received 2 #2'])
  })
})
