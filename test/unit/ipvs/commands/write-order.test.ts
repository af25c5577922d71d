import { beforeEach, describe, expect, it } from 'vitest'
import { WriteOrder } from '../../../../src/ipvs/commands/write-order.ts'
import { deferred } from '../../../support/netlink/fake-transport.ts'

let order: WriteOrder
let log: string[]

beforeEach(() => {
  order = new WriteOrder()
  log = []
})

/** A write that records when it is sent. */
const write = (name: string) => order.write(async () => void log.push(name))

interface Parts {
  readonly source?: string
  readonly read?: () => Promise<unknown>
  /** The result of the write. */
  readonly done?: () => Promise<void>
}

/** A read-modify-write that records when it reads and when it is sent; its default source is the shared `table`. */
function merge(target: string, name: string, { source = 'table', read, done }: Parts = {}): Promise<void> {
  return order.readModifyWrite({
    target,
    source,
    read: () => {
      log.push(`read ${source}`)
      return read?.() ?? Promise.resolve()
    },
    write: () => {
      log.push(name)
      return done?.() ?? Promise.resolve()
    },
  })
}

describe('writes alone', () => {
  it('are sent at once', () => {
    void write('a')
    void write('b')
    expect(log).toEqual(['a', 'b'])
    expect(order.isBusy).toBe(false)
  })

  it('reject with the error that they throw, at once or later', async () => {
    const failure = new Error('no')
    await expect(order.write(() => Promise.reject(failure))).rejects.toBe(failure)
    const thrown = order.write(() => {
      throw failure
    })
    await expect(thrown).rejects.toBe(failure)
  })
})

describe('writes and read-modify-writes', () => {
  it('keep the order of the calls', async () => {
    await Promise.all([write('a'), merge('x', 'b'), write('c'), write('d'), merge('y', 'e'), write('f')])
    expect(log).toEqual(['a', 'read table', 'b', 'c', 'd', 'read table', 'e', 'f'])
  })

  it('keep the order of calls that are made during a read', async () => {
    const reading = deferred()
    const results = [merge('x', 'a', { read: () => reading.promise })]
    await new Promise(setImmediate)
    expect(log).toEqual(['read table'])
    results.push(write('b'), merge('y', 'c'), write('d'))
    expect(order.isBusy).toBe(true)
    reading.resolve()
    await Promise.all(results)
    expect(log).toEqual(['read table', 'a', 'b', 'read table', 'c', 'd'])
  })

  it('leave the queue empty when they end, so that later writes are sent at once', async () => {
    await merge('x', 'a')
    await new Promise(setImmediate)
    expect(order.isBusy).toBe(false)
    await merge('x', 'b')
    expect(log).toEqual(['read table', 'a', 'read table', 'b'])
  })

  it('wait until the previous ones are sent, not until they are done', async () => {
    const never = () => new Promise<void>(() => {})
    void order.write(never)
    void merge('x', 'a', { done: never })
    await Promise.all([write('b'), merge('y', 'c')])
    expect(log).toEqual(['read table', 'a', 'b', 'read table', 'c'])
  })

  it('continue after a write that throws', async () => {
    const broken = () => {
      throw new Error('no')
    }
    const results = await Promise.allSettled([
      merge('x', 'a'),
      order.write(broken),
      write('b'),
      merge('y', 'c'),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
  })
})

describe('consecutive read-modify-writes', () => {
  it('of different targets share one read of a source', async () => {
    await Promise.all(['x', 'y', 'z'].map((target) => merge(target, target)))
    expect(log).toEqual(['read table', 'x', 'y', 'z'])
  })

  it('read several sources at the same time, and are sent in order', async () => {
    await Promise.all([merge('x', 'a'), merge('y', 'b', { source: 'other' }), merge('z', 'c')])
    expect(log).toEqual(['read table', 'read other', 'a', 'b', 'c'])
  })

  it('of the same target run one after another: the next one reads when the previous one is done', async () => {
    const first = deferred()
    const results = [
      merge('x', 'a', { done: () => first.promise }),
      merge('x', 'b'),
      merge('x', 'c'),
      write('d'),
    ]
    await new Promise(setImmediate)
    expect(log).toEqual(['read table', 'a'])
    first.resolve()
    await Promise.all(results)
    expect(log).toEqual(['read table', 'a', 'read table', 'b', 'read table', 'c', 'd'])
  })

  it('of the same target run one after another even if the previous one failed', async () => {
    const done = () => Promise.reject(new Error('ENOENT'))
    const results = await Promise.allSettled([merge('x', 'a', { done }), merge('x', 'b')])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(log).toEqual(['read table', 'a', 'read table', 'b'])
  })

  it('that throw reject individually; the others continue', async () => {
    const failure = new TypeError('weight')
    const done = () => {
      throw failure
    }
    const results = await Promise.allSettled([merge('x', 'a'), merge('y', 'b', { done }), merge('z', 'c')])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(results[1]).toMatchObject({ reason: failure })
  })

  it.each([
    ['rejects', (failure: Error) => Promise.reject(failure)],
    [
      'throws',
      (failure: Error) => {
        throw failure
      },
    ],
  ])(
    'reject together when their reading %s; those of other sources and all writes go on',
    async (_, fail) => {
      const failure = new Error('ESRCH')
      const failing = { read: () => fail(failure) }
      const results = await Promise.allSettled([
        merge('x', 'a', failing),
        merge('y', 'b', { source: 'other' }),
        merge('z', 'c', failing),
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
      expect([results[0], results[2]]).toMatchObject([{ reason: failure }, { reason: failure }])
      expect(log).toEqual(['read table', 'read other', 'b', 'd', 'read table', 'e'])
    },
  )
})
