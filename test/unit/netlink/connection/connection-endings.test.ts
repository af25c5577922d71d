import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Connection } from '../../../../src/netlink/connection/connection.ts'
import { NLMSG_NOOP } from '../../../../src/netlink/wire/uapi.ts'
import { deferred, FakeTransport } from '../../../support/netlink/fake-transport.ts'
import { dump, openConnection, sendRequest, tagsSent } from '../../../support/netlink/tagged-messages.ts'

const lost = (code: string, outcome: string) => ({ failure: expect.objectContaining({ code, outcome }) })
const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

let transport: FakeTransport
let connection: Connection

beforeEach(async () => {
  transport = new FakeTransport()
  connection = await openConnection(transport)
})

describe('an exchange that never settles', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is abandoned after the timeout, and its calls fail with an unknown outcome', async () => {
    transport.endings.push({ state: 'never' })
    const outcomes = Promise.all([sendRequest(connection, 1), sendRequest(connection, 2)])
    await vi.advanceTimersByTimeAsync(999)
    const told = vi.fn()
    void outcomes.then(told)
    await Promise.resolve()
    expect(told).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    const timeout = lost('ERR_LVS_TIMEOUT', 'unknown')
    expect(await outcomes).toEqual([timeout, timeout])
    expect(transport.sockets[0]!.closed).toBe(true)
  })

  it('is followed by a new socket with its own buffers, because the kernel may still write to the old ones', async () => {
    transport.endings.push({ state: 'never' })
    const first = sendRequest(connection, 1)
    await vi.advanceTimersByTimeAsync(1000)
    await first
    for (const tag of [2, 3, 4]) expect(await sendRequest(connection, tag)).toBeUndefined()
    expect(tagsSent(transport)).toEqual([[1], [2], [3], [4]])
    const [old, ...fresh] = transport.sockets.flatMap(({ requests }) => requests)
    expect(transport.sockets).toHaveLength(2)
    for (const { datagrams, replies } of fresh) {
      expect(datagrams.buffer).not.toBe(old!.datagrams.buffer)
      expect(replies.buffer).not.toBe(old!.replies.buffer)
    }
  })

  it('does not delay later calls', async () => {
    transport.endings.push({ state: 'never' })
    const first = sendRequest(connection, 1)
    await Promise.resolve()
    const second = sendRequest(connection, 2)
    await vi.advanceTimersByTimeAsync(1000)
    expect([await first, await second]).toEqual([lost('ERR_LVS_TIMEOUT', 'unknown'), undefined])
  })

  it('leaves no timer behind when the connection is closed', async () => {
    await sendRequest(connection, 1)
    connection.close()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a call that is aborted', () => {
  it('before it is made sends nothing', async () => {
    const outcome = sendRequest(connection, 1, { signal: AbortSignal.abort() })
    expect(await Promise.all([outcome, sendRequest(connection, 2)])).toEqual([
      { aborted: 'unsent' },
      undefined,
    ])
    expect(tagsSent(transport).flat()).toEqual([2])
  })

  it('before it is sent rejects at once, and the kernel receives a no-op in its place', async () => {
    const controller = new AbortController()
    const outcomes = [
      sendRequest(connection, 1),
      sendRequest(connection, 2, { signal: controller.signal }),
      sendRequest(connection, 3),
    ]
    controller.abort()
    expect(await outcomes[1]).toEqual({ aborted: 'unsent' })
    expect(await Promise.all([outcomes[0], outcomes[2]])).toEqual([undefined, undefined])
    expect(tagsSent(transport)).toEqual([[1, 3]])
    expect(transport.messages.map(({ type }) => type)).toEqual([32, NLMSG_NOOP, 32])
  })

  it('before it is sent does not disturb a dump, even if the dump is the only message', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const outcomes = [dump(connection, 1, { signal }), dump(connection, 2), dump(connection, 3, { signal })]
    controller.abort()
    expect((await Promise.all(outcomes)).map(({ outcome }) => outcome)).toEqual([
      { aborted: 'unsent' },
      undefined,
      { aborted: 'unsent' },
    ])
    expect(await sendRequest(connection, 4)).toBeUndefined()
    expect(tagsSent(transport).flat()).toEqual([2, 4])
    expect(transport.sockets).toHaveLength(1)
  })

  it('while it waits for the previous exchange is not sent either', async () => {
    const controller = new AbortController()
    const resume = transport.pause()
    const first = sendRequest(connection, 1)
    await nextTurn()
    const second = sendRequest(connection, 2, { signal: controller.signal })
    controller.abort()
    expect(await second).toEqual({ aborted: 'unsent' })
    resume()
    expect(await first).toBeUndefined()
    expect(await sendRequest(connection, 3)).toBeUndefined()
    expect(tagsSent(transport).flat()).toEqual([1, 3])
  })

  it('after it was sent rejects as sent; the other requests of its datagram have their own outcomes', async () => {
    const controller = new AbortController()
    const resume = transport.pause()
    const outcomes = [sendRequest(connection, 1, { signal: controller.signal }), sendRequest(connection, 2)]
    await nextTurn()
    controller.abort()
    expect(await outcomes[0]).toEqual({ aborted: 'sent' })
    resume()
    expect(await outcomes[1]).toBeUndefined()
    expect(tagsSent(transport)).toEqual([[1, 2]])
  })

  it('after it was answered has no effect, and the signal has no listener any more', async () => {
    const { signal } = new AbortController()
    const added = vi.spyOn(signal, 'addEventListener')
    const removed = vi.spyOn(signal, 'removeEventListener')
    await sendRequest(connection, 1, { signal })
    expect(added).toHaveBeenCalled()
    expect(removed).toHaveBeenCalledTimes(added.mock.calls.length)
  })
})

describe('many calls with one signal', () => {
  it('cause no warning about leaked listeners', async () => {
    const warned = vi.fn()
    process.on('warning', warned)
    const { signal } = new AbortController()
    await Promise.all(Array.from({ length: 30 }, (_, tag) => sendRequest(connection, tag, { signal })))
    await nextTurn()
    process.off('warning', warned)
    expect(warned).not.toHaveBeenCalled()
  })

  it('all reject when it is aborted', async () => {
    const controller = new AbortController()
    const outcomes = Array.from({ length: 30 }, (_, tag) =>
      sendRequest(connection, tag, { signal: controller.signal }),
    )
    controller.abort()
    expect(await Promise.all(outcomes)).toEqual(new Array(30).fill({ aborted: 'unsent' }))
  })
})

describe('closing', () => {
  const closed = (outcome: string) => lost('ERR_LVS_CLOSED', outcome)

  it('when idle closes the socket, and every later call fails as not done', async () => {
    connection.close()
    connection.close()
    expect(transport.sockets[0]!.closed).toBe(true)
    expect(await sendRequest(connection, 1)).toEqual(closed('not-done'))
    expect(transport.datagrams).toEqual([])
  })

  it('before queued calls are sent rejects them as not done', async () => {
    const outcomes = [sendRequest(connection, 1), sendRequest(connection, 2)]
    connection.close()
    expect(await Promise.all(outcomes)).toEqual([closed('not-done'), closed('not-done')])
    await nextTurn()
    expect(transport.datagrams).toEqual([])
  })

  it('during an exchange fails sent requests as unknown, and queued requests as not done', async () => {
    transport.pause()
    const inFlight = sendRequest(connection, 1)
    await nextTurn()
    const waiting = sendRequest(connection, 2)
    connection.close()
    expect(await Promise.all([inFlight, waiting])).toEqual([closed('unknown'), closed('not-done')])
    await nextTurn()
    expect(transport.datagrams).toEqual([])
    expect(transport.sockets.map((socket) => socket.closed)).toEqual([true])
  })

  it('while a socket is reopened sends nothing on it and closes it', async () => {
    transport.endings.push({ state: 'failed', errno: 12, sent: true })
    await sendRequest(connection, 1)
    const opening = deferred()
    transport.openings.push(opening.promise)
    const call = sendRequest(connection, 2)
    await nextTurn()
    connection.close()
    expect(await call).toMatchObject({ failure: { code: 'ERR_LVS_CLOSED' } })
    opening.resolve()
    await nextTurn()
    expect(tagsSent(transport)).toEqual([[1]])
    expect(transport.sockets.map((socket) => socket.closed)).toEqual([true, true])
  })

  it('from within the reply to a call is possible', async () => {
    const outcomes = [sendRequest(connection, 1).then(() => connection.close()), sendRequest(connection, 2)]
    await Promise.all(outcomes)
    expect(await sendRequest(connection, 3)).toEqual(closed('not-done'))
  })
})
