import { constants } from 'node:os'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Connection } from '../../../../src/netlink/connection/connection.ts'
import type { Outcome } from '../../../../src/netlink/connection/failures.ts'
import { acknowledgement } from '../../../support/netlink/answers.ts'
import { FakeTransport } from '../../../support/netlink/fake-transport.ts'
import {
  dump,
  openConnection,
  replyOf,
  sendRequest,
  tagOf,
  tagsSent,
} from '../../../support/netlink/tagged-messages.ts'

const { EMSGSIZE, ENOMEM, EMFILE } = constants.errno
const refused = (errno: number): Outcome => ({ refusal: { errno, message: undefined } })
const lost = (code: string, outcome: string) => ({ failure: expect.objectContaining({ code, outcome }) })

let transport: FakeTransport
let connection: Connection

beforeEach(async () => {
  transport = new FakeTransport()
  connection = await openConnection(transport)
})

/** Three datagrams: commands 1 and 2, dump 3, commands 4 and 5. */
async function threeDatagrams(): Promise<Outcome[]> {
  const table = dump(connection, 3)
  const outcomes = [sendRequest(connection, 4), sendRequest(connection, 5)]
  return [(await table).outcome, ...(await Promise.all(outcomes))]
}

async function fiveCalls(): Promise<Outcome[]> {
  return (
    await Promise.all([sendRequest(connection, 1), sendRequest(connection, 2), threeDatagrams()])
  ).flat()
}

describe('unanswered: the kernel executed a datagram and sent no reply', () => {
  it('loses only the last message; those before it are done or refused', async () => {
    transport.answer = (message) => ({ 1: { errno: 17 }, 3: { silent: true } })[tagOf(message)]
    const outcomes = await Promise.all([1, 2, 3].map((tag) => sendRequest(connection, tag)))
    expect(outcomes).toEqual([refused(17), undefined, lost('ERR_LVS_UNANSWERED', 'unknown')])
  })

  it('continues with the next datagrams on the same socket', async () => {
    transport.answer = (message) => ({ silent: tagOf(message) === 2 || tagOf(message) === 3 })
    const unanswered = lost('ERR_LVS_UNANSWERED', 'unknown')
    expect(await fiveCalls()).toEqual([undefined, unanswered, unanswered, undefined, undefined])
    expect(tagsSent(transport)).toEqual([[1, 2], [3], [4, 5]])
    expect(transport.sockets).toHaveLength(1)
  })
})

describe('overrun: the receive buffer overflowed', () => {
  it('leaves refusals certain and the rest of the datagram unknown, and continues', async () => {
    transport.answer = (message) => (tagOf(message) < 3 ? { errno: 10 + tagOf(message) } : {})
    transport.endings.push({ state: 'overrun', keep: 1 })
    const overrun = lost('ERR_LVS_OVERRUN', 'unknown')
    expect(await fiveCalls()).toEqual([refused(11), overrun, undefined, undefined, undefined])
    expect(tagsSent(transport)).toEqual([[1, 2], [3], [4, 5]])
  })

  it('does not treat the acknowledgement of the last message as proof of those before it', async () => {
    transport.answer = (message) => (tagOf(message) === 3 ? { replies: [], errno: 0 } : {})
    transport.endings.push({ state: 'overrun', keep: 1 })
    const outcomes = await Promise.all([1, 2, 3].map((tag) => sendRequest(connection, tag)))
    expect(outcomes.slice(0, 2)).toEqual(new Array(2).fill(lost('ERR_LVS_OVERRUN', 'unknown')))
  })

  it('loses a table that arrived only in part', async () => {
    transport.answer = () => ({ replies: [replyOf(4), replyOf(4), replyOf(4)] })
    transport.endings.push({ state: 'overrun', keep: 2 })
    const { outcome, sizes } = await dump(connection, 1)
    expect(outcome).toEqual(lost('ERR_LVS_OVERRUN', 'unknown'))
    expect(sizes).toHaveLength(2)
  })
})

describe('truncated: a reply was larger than its buffer', () => {
  it('leaves refusals certain and the rest of the datagram unknown, and continues', async () => {
    transport.answer = (message) => (tagOf(message) < 3 ? { errno: 10 + tagOf(message) } : {})
    transport.endings.push({ state: 'truncated', keep: 2, cut: 8 })
    const unknown = { failure: expect.objectContaining({ outcome: 'unknown' }) }
    expect(await fiveCalls()).toEqual([refused(11), unknown, undefined, undefined, undefined])
    expect(tagsSent(transport)).toEqual([[1, 2], [3], [4, 5]])
  })
})

describe('failed: a system call on the socket', () => {
  it('before sending leaves the datagram and all later ones not done', async () => {
    transport.endings.push(undefined, { state: 'failed', errno: EMSGSIZE, sent: false })
    const broken = lost('ERR_LVS_SOCKET', 'not-done')
    expect(await fiveCalls()).toEqual([undefined, undefined, broken, broken, broken])
    expect(tagsSent(transport)).toEqual([[1, 2]])
  })

  it('after sending leaves that datagram unknown except for refusals, and all later ones not done', async () => {
    transport.answer = (message) => (tagOf(message) === 1 ? { errno: 17 } : {})
    transport.endings.push({ state: 'failed', errno: ENOMEM, sent: true })
    const unsent = lost('ERR_LVS_SOCKET', 'not-done')
    // The acknowledgement of the last message arrived before the failure; it proves nothing about the dump after it.
    const [first, second, ...others] = await fiveCalls()
    expect(first).toEqual(refused(17))
    expect(second).toEqual(lost('ERR_LVS_SOCKET', 'unknown'))
    expect(others).toEqual([unsent, unsent, unsent])
  })

  it('reports the system call and its error', async () => {
    transport.endings.push({ state: 'failed', errno: EMSGSIZE, sent: false })
    const outcome = await sendRequest(connection, 1)
    const cause = { errno: EMSGSIZE, code: 'EMSGSIZE', syscall: 'sendmsg' }
    expect(outcome).toMatchObject({ failure: { message: expect.stringContaining('sendmsg'), cause } })
  })

  it('is followed by a new socket at the next call', async () => {
    transport.endings.push({ state: 'failed', errno: ENOMEM, sent: true })
    await sendRequest(connection, 1)
    expect(transport.sockets.map(({ closed }) => closed)).toEqual([true])
    expect(await sendRequest(connection, 2)).toBeUndefined()
    expect(transport.sockets.map(({ closed }) => closed)).toEqual([true, false])
  })

  it('does not report unsent messages as sent', async () => {
    transport.endings.push({ state: 'failed', errno: EMSGSIZE, sent: false })
    await sendRequest(connection, 1)
    expect(connection.activity).toMatchObject({ messages: 0, datagrams: 0, sends: 0 })
  })

  it('may reject the exchange itself; its outcome is unknown', async () => {
    const cause = new Error('worker is going down')
    transport.endings.push({ state: 'rejected', cause })
    expect(await sendRequest(connection, 1)).toMatchObject({
      failure: { code: 'ERR_LVS_SOCKET', outcome: 'unknown', cause },
    })
    expect(await sendRequest(connection, 2)).toBeUndefined()
    expect(transport.sockets).toHaveLength(2)
  })
})

describe('a socket that cannot be opened again', () => {
  it('fails the calls of that exchange as not done; the next call tries again', async () => {
    const cause = Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE', errno: EMFILE })
    transport.endings.push({ state: 'failed', errno: ENOMEM, sent: true })
    transport.openings.push(cause, cause)
    await sendRequest(connection, 1)
    const broken = { failure: { code: 'ERR_LVS_SOCKET', outcome: 'not-done', cause } }
    expect(await Promise.all([sendRequest(connection, 2), sendRequest(connection, 3)])).toMatchObject([
      broken,
      broken,
    ])
    expect(await sendRequest(connection, 4)).toMatchObject(broken)
    expect(await sendRequest(connection, 5)).toBeUndefined()
    expect(tagsSent(transport)).toEqual([[1], [5]])
  })
})

describe('a reopened socket', () => {
  it('may have smaller buffers than the previous one', async () => {
    transport.endings.push({ state: 'failed', errno: ENOMEM, sent: true })
    transport.sendBuffer = 60
    await sendRequest(connection, 1)
    await sendRequest(connection, 2)
    await Promise.all([3, 4, 5].map((tag) => sendRequest(connection, tag)))
    expect(tagsSent(transport)).toEqual([[1], [2], [3, 4], [5]])
  })
})

describe('malformed replies', () => {
  const whole = acknowledgement(1, 0)
  it.each([
    ['garbage', Buffer.alloc(64, 0xa5)],
    ['less than a header', Buffer.from(whole.slice(0, 12))],
    ['a message cut short', Buffer.from(whole.slice(0, 32))],
    ['a length of zero', Buffer.concat([whole, Buffer.alloc(16)])],
    ['a length beyond the end', Buffer.concat([Buffer.from([37, 0, 0, 0]), whole.slice(4)])],
  ])('(%s) lose the exchange; the next call has a new socket', async (_, raw) => {
    transport.answer = (message) => (tagOf(message) < 3 ? { raw } : {})
    const outcomes = await Promise.all([sendRequest(connection, 1), sendRequest(connection, 2)])
    expect(outcomes[1]).toEqual(lost('ERR_LVS_MALFORMED', 'unknown'))
    expect(await sendRequest(connection, 3)).toBeUndefined()
    expect(transport.sockets.map(({ closed }) => closed)).toEqual([true, false])
  })

  it('(an acknowledgement without a status) lose only the affected call', async () => {
    const short = Buffer.from([16, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0])
    transport.answer = (message) => (tagOf(message) === 2 ? { raw: short } : {})
    const outcomes = await Promise.all([sendRequest(connection, 1), sendRequest(connection, 2)])
    expect(outcomes).toEqual([undefined, lost('ERR_LVS_MALFORMED', 'unknown')])
  })
})
