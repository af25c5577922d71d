import { beforeEach, describe, expect, it } from 'vitest'
import { WriteOrder } from '../../../src/ipvs/write-order.ts'
import { deferred } from '../netlink/fake-transport.ts'

let order: WriteOrder
let log: string[]

beforeEach(() => {
  order = new WriteOrder()
  log = []
})

/** A write that notes when it is handed on. */
const write = (name: string) => order.write(async () => void log.push(name))

/** A merge that notes when it reads and when it is handed on; the reading is an array that it adds itself to. */
function merge(subject: string, name: string, read = async (): Promise<string[]> => []): Promise<string[]> {
  const reading = () => {
    log.push(`read ${subject}`)
    return read()
  }
  return order.merge(subject, reading, (names) => {
    log.push(name)
    names.push(name)
    return [...names]
  })
}

describe('writes alone', () => {
  it('are handed on at once', () => {
    void write('a')
    void write('b')
    expect(log).toEqual(['a', 'b'])
    expect(order.busy).toBe(false)
  })

  it('reject with what they throw, then or later', async () => {
    const failure = new Error('no')
    await expect(order.write(() => Promise.reject(failure))).rejects.toBe(failure)
    const thrown = order.write(() => {
      throw failure
    })
    await expect(thrown).rejects.toBe(failure)
  })
})

describe('writes and merges', () => {
  it('keep the order in which they were asked for', async () => {
    await Promise.all([write('a'), merge('x', 'b'), write('c'), write('d'), merge('y', 'e'), write('f')])
    expect(log.filter((entry) => !entry.startsWith('read'))).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })

  it('that stand between others read what those before them have made', async () => {
    await Promise.all([merge('x', 'a'), write('b'), merge('x', 'c')])
    expect(log).toEqual(['read x', 'a', 'b', 'read x', 'c'])
  })

  it('keep it when asked for while a reading is under way', async () => {
    const reading = deferred()
    const results = [merge('x', 'a', () => reading.promise.then(() => []))]
    await new Promise(setImmediate)
    expect(log).toEqual(['read x'])
    results.push(
      write('b').then(() => []),
      merge('x', 'c'),
      write('d').then(() => []),
    )
    expect(order.busy).toBe(true)
    reading.resolve()
    await Promise.all(results)
    expect(log).toEqual(['read x', 'a', 'b', 'read x', 'c', 'd'])
  })

  it('leave no one waiting: the order is free again and begins anew', async () => {
    await merge('x', 'a')
    await new Promise(setImmediate)
    expect(order.busy).toBe(false)
    await merge('x', 'b')
    expect(log).toEqual(['read x', 'a', 'read x', 'b'])
  })

  it('do not wait for one another to be done, only to be handed on', async () => {
    const never = order.write(() => new Promise<void>(() => {}))
    void never
    void order.merge(
      'x',
      async () => 0,
      () => new Promise<void>(() => {}),
    )
    await merge('y', 'a')
    expect(log).toEqual(['read y', 'a'])
  })
})

describe('merges in a row', () => {
  it('of one subject share a reading and build on each other', async () => {
    const results = await Promise.all(['a', 'b', 'c'].map((name) => merge('x', name)))
    expect(log).toEqual(['read x', 'a', 'b', 'c'])
    expect(results).toEqual([['a'], ['a', 'b'], ['a', 'b', 'c']])
  })

  it('of several subjects read at the same time and are handed on in order', async () => {
    await Promise.all([merge('x', 'a'), merge('y', 'b'), merge('x', 'c')])
    expect(log).toEqual(['read x', 'read y', 'a', 'b', 'c'])
  })

  it('that throw reject by themselves; the others go on', async () => {
    const failure = new TypeError('weight')
    const broken = order.merge(
      'x',
      async () => [],
      () => {
        throw failure
      },
    )
    const results = await Promise.allSettled([merge('x', 'a'), broken, merge('y', 'c')])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(results[1]).toMatchObject({ reason: failure })
  })

  it('reject together when their reading fails; those of other subjects and all writes go on', async () => {
    const failure = new Error('ESRCH')
    const failing = () => Promise.reject(failure)
    const results = await Promise.allSettled([
      merge('x', 'a', failing),
      merge('y', 'b'),
      merge('x', 'c', failing),
      write('d'),
      merge('x', 'e'),
    ])
    expect(results.map(({ status }) => status)).toEqual([
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ])
    expect(results[0]).toMatchObject({ reason: failure })
    expect(log).toEqual(['read x', 'read y', 'b', 'd', 'read x', 'e'])
  })
})
