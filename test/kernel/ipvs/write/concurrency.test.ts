import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Ipvs } from '../../../../src/index.ts'
import { byName } from '../../../support/kernel/ipvs/setting-matrix.ts'
import { makeNamespace } from '../../../support/kernel/namespace.ts'

const mark = (fwmark: number) => ({ fwmark, family: 'ipv4' }) as const
const destination = { address: '192.0.2.20', forwarding: 'dr' } as const

/** A command that keeps the kernel busy for a while: it tries to load the module of an unknown scheduler. */
const slow = (ipvs: Ipvs, signal?: AbortSignal) =>
  ipvs.addService({ ...mark(999_999), scheduler: 'nosuch' }, { signal })

describe('a thousand concurrent calls', () => {
  it('each get their own result or their own error', async () => {
    const { ipvs } = await makeNamespace()
    await Promise.all(numbers(100).map((n) => ipvs.addService({ ...mark(n), scheduler: 'rr' })))
    /** Calls of several kinds, and the expected outcome of each. */
    const kinds: ((n: number) => readonly [Promise<unknown>, object | undefined])[] = [
      (n) => [ipvs.addService({ ...mark(1000 + n), scheduler: 'wrr' }), undefined],
      (n) => [ipvs.addService(mark(n)), { code: 'EEXIST', subject: `fwmark://${n}` }],
      (n) => [ipvs.addDestination(mark(n), { ...destination, weight: n }), undefined],
      (n) => [ipvs.removeService(mark(500 + n)), { code: 'ESRCH', subject: `fwmark://${500 + n}` }],
      (n) => [ipvs.service(mark(n)), { fwmark: n, scheduler: 'rr', destinations: [{ weight: n }] }],
      (n) => [ipvs.service(mark(500 + n)), { code: 'ESRCH', subject: `fwmark://${500 + n}` }],
      (n) => [ipvs.updateDestination(mark(n), { ...destination, weight: 2 * n }), undefined],
      (n) => [ipvs.removeDestination(mark(n), { address: '192.0.2.21' }), { code: 'ENOENT' }],
      (n) => [ipvs.addService({ ...mark(n), port: 80 } as never), { code: 'ERR_INVALID_ARG_TYPE' }],
      (n) => [ipvs.updateDestination(mark(n), { ...destination, weight: -n }), { code: 'ERR_OUT_OF_RANGE' }],
    ]
    const calls = kinds.flatMap((call) => numbers(100).map(call))

    const endings = await Promise.allSettled(calls.map(([promise]) => promise))

    for (const [index, ending] of endings.entries()) {
      const expected = calls[index]![1]
      const actual = ending.status === 'fulfilled' ? ending.value : ending.reason
      if (expected === undefined) expect(actual).toBeUndefined()
      else expect(actual).toMatchObject(expected)
    }
    expect(await ipvs.services()).toHaveLength(200)
    expect(await ipvs.destinations(mark(100))).toMatchObject([{ weight: 200 }])
  })

  it('share few datagrams, and an awaited call has its own', async () => {
    const { ipvs } = await makeNamespace()
    let before = ipvs.activity
    await Promise.all(numbers(1000).map((n) => ipvs.addService({ ...mark(n), scheduler: 'rr' })))
    expect(ipvs.activity.messages - before.messages).toBe(1000)
    expect(ipvs.activity.datagrams - before.datagrams).toBeLessThanOrEqual(4)
    expect(ipvs.activity.sends - before.sends).toBe(ipvs.activity.datagrams - before.datagrams)

    before = ipvs.activity
    await ipvs.removeService(mark(1))
    expect(ipvs.activity).toMatchObject({ messages: before.messages + 1, datagrams: before.datagrams + 1 })
  })

  it('may all fail, and no reply is lost', async () => {
    const { ipvs } = await makeNamespace()
    const endings = await Promise.allSettled(numbers(5000).map((n) => ipvs.removeService(mark(n))))
    const codes = endings.map((ending) => (ending.status === 'rejected' ? ending.reason.code : 'done'))
    expect(new Set(codes)).toEqual(new Set(['ESRCH']))
  })
})

describe('two clients', () => {
  it('of one namespace see each other’s services but not each other’s replies', async () => {
    const namespace = await makeNamespace()
    const [one, two] = [namespace.ipvs, await namespace.open()]
    await Promise.all(numbers(200).map((n) => (n % 2 === 0 ? one : two).addService(mark(n))))
    const [all, same, ...each] = await Promise.all([
      one.services(),
      two.services(),
      ...numbers(50).map((n) => two.service(mark(n))),
    ])
    expect(all).toHaveLength(200)
    expect(byName(same)).toEqual(byName(all))
    expect(each).toMatchObject(numbers(50).map((n) => mark(n)))
  })

  it('that add the same service: one succeeds, the other is refused', async () => {
    const namespace = await makeNamespace()
    const clients = [namespace.ipvs, await namespace.open()]
    const endings = await Promise.allSettled(clients.map((client) => client.addService(mark(1))))
    expect(endings.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('of two namespaces do not see each other’s services', async () => {
    const [one, two] = [await makeNamespace(), await makeNamespace()]
    await one.ipvs.addService(mark(1))
    expect(await two.ipvs.services()).toEqual([])
  })
})

describe('an abort signal', () => {
  it('that is aborted before the call rejects it with its reason, and nothing is sent', async () => {
    const { ipvs } = await makeNamespace()
    const { messages } = ipvs.activity
    const reason = new Error('too late')
    const signal = AbortSignal.abort(reason)
    await expect(ipvs.addService(mark(1), { signal })).rejects.toBe(reason)
    await expect(ipvs.services({ signal })).rejects.toBe(reason)
    await expect(ipvs.updateService(mark(1), { scheduler: 'rr' }, { signal })).rejects.toBe(reason)
    expect(ipvs.activity.messages).toBe(messages)
  })

  it('that is aborted while the call waits cancels it; the other calls succeed', async () => {
    const { ipvs } = await makeNamespace()
    const controller = new AbortController()
    const calls = numbers(10).map((n) =>
      ipvs.addService(mark(n), n % 2 === 0 ? { signal: controller.signal } : {}),
    )
    controller.abort()
    const endings = await Promise.allSettled(calls)
    expect(endings.map(({ status }) => status === 'fulfilled')).toEqual(numbers(10).map((n) => n % 2 === 1))
    const marks = (await ipvs.services()).map(({ fwmark }) => fwmark)
    expect(marks.sort()).toEqual([1, 3, 5, 7, 9])
  })

  it('that is aborted after the command was sent rejects the call, and the client stays usable', async () => {
    const { ipvs } = await makeNamespace()
    const controller = new AbortController()
    const call = slow(ipvs, controller.signal)
    const behind = ipvs.addService(mark(2))
    await setImmediate()
    controller.abort()
    await expect(call).rejects.toBe(controller.signal.reason)
    await behind
    expect(await ipvs.services()).toMatchObject([mark(2)])
  })
})

describe('close', () => {
  it('rejects sent and waiting calls, and reports which may have been executed', async () => {
    const namespace = await makeNamespace()
    const client = await namespace.open()
    const left = slow(client)
    await setImmediate()
    const waiting = [
      client.addService(mark(1)),
      client.updateService(mark(1), { scheduler: 'rr' }),
      client.services(),
    ]
    const endings = Promise.allSettled([left, ...waiting])
    client.close()
    const late = await Promise.allSettled([client.info(), client.updateService(mark(1), { scheduler: 'rr' })])
    const codes = [...(await endings), ...late].map((ending) => ending.status === 'rejected' && ending.reason)
    for (const error of codes) expect(error).toMatchObject({ name: 'NetlinkError', code: 'ERR_LVS_CLOSED' })
    expect(codes.map(({ outcome }) => outcome)).toEqual(['unknown', ...Array(5).fill('not-done')])
    expect(await namespace.ipvs.services()).toEqual([])
  })

  it('may be called twice, and by await using', async () => {
    const namespace = await makeNamespace()
    const client = await namespace.open()
    await client[Symbol.asyncDispose]()
    client.close()
    await expect(client.info()).rejects.toMatchObject({ code: 'ERR_LVS_CLOSED', outcome: 'not-done' })
  })
})

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}
