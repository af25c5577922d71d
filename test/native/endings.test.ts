import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { exchange, makeNamespace, type Namespace, open, ROUTE, type Socket } from '../support/native/addon.ts'
import {
  dumpFamilies,
  dumpRoutes,
  FLAG,
  fail,
  getLinks,
  lookUpFamily,
  parse,
  statusOf,
  succeed,
  TYPE,
} from '../support/native/messages.ts'

const EBUSY = 16
const ROUTES = 3000
const KiB = 1024

const sockets: Socket[] = []
async function opened(options?: Parameters<typeof open>[0]): Promise<Socket> {
  const socket = await open(options)
  sockets.push(socket)
  return socket
}
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close()
})

let namespace: Namespace
beforeAll(() => {
  namespace = makeNamespace()
  namespace.ip('link', 'set', 'lo', 'up')
  namespace.batch(Array.from({ length: ROUTES }, (_, i) => `route add 10.0.${i >> 8}.${i & 255}/32 dev lo`))
})
afterAll(() => namespace.remove())

const isRoute = (answer: { type: number }) => answer.type === 24

describe('complete', () => {
  it('is a dump of many blocks when the message that ends it has arrived', async () => {
    const socket = await opened({ protocol: ROUTE, netns: namespace.path })
    const report = await exchange(socket, [dumpRoutes(1)])
    expect(report).toMatchObject({ state: 'complete', datagram: 1, sends: 1 })
    expect(report.received).toBeGreaterThan(4 * 32 * KiB)
    expect(report.receives).toBeLessThan(4)
    const messages = parse(report.bytes)
    expect(messages.filter(isRoute).length).toBeGreaterThanOrEqual(ROUTES)
    expect(messages.at(-1)!.type).toBe(TYPE.done)
  })
})

describe('full', () => {
  it('asks for another call, which continues where this one stopped', async () => {
    const socket = await opened({ protocol: ROUTE, netns: namespace.path })
    const routes = new Set<string>()
    const request = { room: 64 * KiB, first: 0, awaiting: false }
    let calls = 0
    for (let state = ''; state !== 'complete'; calls += 1) {
      const report = await exchange(socket, [dumpRoutes(1), dumpRoutes(2)], request)
      for (const answer of parse(report.bytes).filter(isRoute))
        routes.add(`${answer.sequence} ${Buffer.from(answer.body).toString('hex')}`)
      state = report.state
      request.first = report.datagram
      request.awaiting = report.awaiting
      if (state !== 'complete') expect(report).toMatchObject({ state: 'full', errno: 0, syscall: '' })
    }
    expect(calls).toBeGreaterThan(4)
    expect(request).toMatchObject({ first: 2, awaiting: false })
    // Cache lifetimes are part of other route messages, but not of these.
    expect(routes.size).toBeGreaterThanOrEqual(2 * ROUTES)
  })

  it('does not send a datagram without room for its replies', async () => {
    const socket = await opened()
    const datagrams = Array.from({ length: 100 }, (_, i) => dumpFamilies(i))
    const report = await exchange(socket, datagrams, { room: 64 * KiB })
    expect(report).toMatchObject({ state: 'full', awaiting: false })
    expect(report.sends).toBe(report.datagram)
    expect(report.received).toBeGreaterThan(32 * KiB)
  })

  it('may be abandoned: the next exchange skips the queued replies and waits for its own end', async () => {
    const socket = await opened({ protocol: ROUTE, netns: namespace.path })
    expect((await exchange(socket, [dumpRoutes(1)], { room: 64 * KiB })).state).toBe('full')
    const next = await exchange(socket, [getLinks(2, 1)])
    expect(next.state).toBe('complete')
    const messages = parse(next.bytes)
    expect(messages.some((answer) => answer.sequence === 1)).toBe(true)
    expect(messages.filter((answer) => answer.sequence === 2).map((answer) => answer.type)).toEqual([
      16,
      TYPE.error,
    ])
  })

  it('leaves a dump in progress: another one fails with EBUSY until its blocks are read', async () => {
    const socket = await opened({ protocol: ROUTE, netns: namespace.path })
    expect((await exchange(socket, [dumpRoutes(1)], { room: 64 * KiB })).state).toBe('full')
    const states: number[] = []
    for (let sequence = 2; states.at(-1) !== 0; sequence += 1) {
      const answers = parse((await exchange(socket, [dumpRoutes(sequence)])).bytes)
      states.push(statusOf(answers.find((answer) => answer.sequence === sequence && !isRoute(answer))!))
    }
    expect(states).toEqual([-EBUSY, 0])
  })
})

describe('unanswered', () => {
  it('follows from a last command that succeeds without requesting an ACK', async () => {
    const report = await exchange(await opened(), [fail(1), Buffer.concat([fail(2), succeed(3)]), fail(4)])
    expect(report).toMatchObject({ state: 'unanswered', datagram: 1, awaiting: false, errno: 0, sends: 2 })
    expect(parse(report.bytes).map((answer) => answer.sequence)).toEqual([1, 2])
  })

  it('follows from a reply without a terminator', async () => {
    const report = await exchange(await opened(), [lookUpFamily('nlctrl', 1, 0)])
    expect(report).toMatchObject({ state: 'unanswered', datagram: 0, receives: 2 })
    expect(parse(report.bytes)).toHaveLength(1)
  })

  it('follows from waiting for a datagram that was never sent', async () => {
    const report = await exchange(await opened(), [lookUpFamily('nlctrl', 1)], { awaiting: true })
    expect(report).toMatchObject({ state: 'unanswered', datagram: 0, awaiting: false, sends: 0, receives: 1 })
  })
})

describe('overrun', () => {
  /** Room for some ten replies. */
  const small = { receiveBuffer: 4096 }

  it('reports that commands ran whose replies are lost, and returns the remaining replies', async () => {
    const socket = await opened(small)
    const batch = Buffer.concat(Array.from({ length: 100 }, (_, i) => fail(i + 1, FLAG.ack)))
    const report = await exchange(socket, [fail(0), batch, fail(200)])
    expect(report).toMatchObject({ state: 'overrun', datagram: 1, awaiting: false, errno: 0, sends: 2 })
    const survivors = parse(report.bytes).map((answer) => answer.sequence)
    expect(survivors.length).toBeGreaterThan(2)
    expect(survivors).toEqual(survivors.map((_, i) => i))
  })

  it('leaves the socket usable for the next exchange', async () => {
    const socket = await opened(small)
    const batch = Buffer.concat(Array.from({ length: 100 }, (_, i) => fail(i)))
    for (let round = 0; round < 3; round += 1) {
      expect((await exchange(socket, [batch])).state).toBe('overrun')
      const next = await exchange(socket, [lookUpFamily('nlctrl', 1000)])
      expect(next).toMatchObject({ state: 'complete', receives: 1 })
      expect(parse(next.bytes).map((answer) => answer.sequence)).toEqual([1000, 1000])
    }
  })

  it('is remembered when a full reply buffer splits the receives', async () => {
    const socket = await opened({ receiveBuffer: 512 * KiB })
    const batch = Buffer.concat(Array.from({ length: 4000 }, (_, i) => fail(i)))
    const first = await exchange(socket, [batch], { room: 64 * KiB })
    // Read two at a time, the surviving replies fill the usable part of 64 KiB.
    expect(first).toMatchObject({ state: 'full', datagram: 0, awaiting: true })
    const second = await exchange(socket, [batch], { awaiting: true })
    expect(second).toMatchObject({ state: 'overrun', datagram: 0, awaiting: false, sends: 0 })
  })
})

describe('truncated', () => {
  it('reports a reply of more than 32 KiB; the others arrive and the socket stays usable', async () => {
    const host = makeNamespace()
    try {
      // All alternative names of a link must fit one reply.
      const name = (i: number) => `${i}-`.padEnd(120, 'x')
      host.batch(Array.from({ length: 300 }, (_, i) => `link property add dev lo altname ${name(i)}`))
      const socket = await opened({ protocol: ROUTE, netns: host.path })
      const report = await exchange(socket, [getLinks(1, 1), getLinks(2, 1)])
      expect(report).toMatchObject({ state: 'truncated', datagram: 0, awaiting: false, errno: 0, sends: 1 })
      expect(report.received).toBe(32 * KiB + 36)
      expect(await exchange(socket, [fail(3)])).toMatchObject({ state: 'complete', received: 36 })
    } finally {
      host.remove()
    }
  })
})

describe('messages of other processes', () => {
  it('are dropped: only the kernel ends an exchange', async () => {
    const socket = await opened()
    // A forged success for sequence number 1, sent by another process while no exchange is in progress.
    const forge = `
import socket, struct
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
s.sendto(struct.pack('=IHHIIi', 36, 2, 0, 1, 0, 0) + bytes(16), (${socket.portId}, 0))`
    await promisify(execFile)('python3', ['-c', forge])
    const report = await exchange(socket, [succeed(1)])
    expect(report).toMatchObject({ state: 'unanswered', received: 0, receives: 2 })
  })
})
