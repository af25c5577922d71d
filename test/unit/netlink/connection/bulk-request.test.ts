import { describe, expect, it } from 'vitest'
import { BulkRequest } from '../../../../src/netlink/connection/bulk-request.ts'
import { DatagramBatch, type DatagramLimits } from '../../../../src/netlink/connection/datagram-batch.ts'
import type { Outcome, TransportFailure } from '../../../../src/netlink/connection/failures.ts'
import { NLM_F_DUMP } from '../../../../src/netlink/wire/uapi.ts'

const LIMITS: DatagramLimits = { bytes: 1 << 20, replies: 1000 }
const LOSS: TransportFailure = { code: 'ERR_LVS_OVERRUN', message: 'lost', outcome: 'unknown' }
const refusal = (errno: number): NonNullable<Outcome> => ({ refusal: { errno, message: undefined } })

/** Adds a message to the batch. Returns its offset. */
function write(batch: DatagramBatch): number {
  const start = batch.writer.beginMessage(32, 1, batch.nextSequence)
  batch.writer.endMessage(start)
  return start
}

/** Adds messages with these indexes, each with its index as text. */
function add(
  batch: DatagramBatch,
  run: BulkRequest<string>,
  indexes: readonly number[],
  limits = LIMITS,
): void {
  for (const index of indexes) {
    batch.add(run, index, write(batch), run.flags, limits)
    run.add(index, `message ${index}`)
  }
}

const told = ({ failures }: BulkRequest<string>) =>
  failures.map(({ index, input: subject }) => [index, subject])

describe('a bulk request', () => {
  it('has one group per datagram, whatever the number of messages', () => {
    const batch = new DatagramBatch()
    const run = new BulkRequest<string>()
    add(batch, run, [0, 1, 2, 3, 4], { bytes: 1 << 20, replies: 2 })
    batch.finish()
    expect(batch.groups.map(({ firstSequence, count }) => [firstSequence, count])).toEqual([
      [1, 2],
      [3, 2],
      [5, 1],
    ])
    expect([1, 2, 3, 4, 5].map((sequence) => batch.groupOf(sequence))).toEqual(
      [0, 0, 1, 1, 2].map((entry) => batch.groups[entry]),
    )
    expect([0, 6].map((sequence) => batch.groupOf(sequence))).toEqual([undefined, undefined])
  })

  it('reports the messages that failed, with their index and input', async () => {
    const batch = new DatagramBatch()
    const run = new BulkRequest<string>()
    add(batch, run, [10, 11, 12])
    batch.finish()
    batch.groups[0]!.recordFailure(2, refusal(17))
    batch.groups[0]!.recordFailure(2, refusal(3))
    batch.complete(0, 1)
    await run.finished()
    expect(run.failures).toEqual([{ index: 11, input: 'message 11', outcome: refusal(17) }])
  })

  it('reports the messages that were lost, with their input', async () => {
    const batch = new DatagramBatch()
    const run = new BulkRequest<string>()
    add(batch, run, [1, 3])
    batch.finish()
    batch.fail(LOSS)
    await run.finished()
    expect(told(run)).toEqual([
      [1, 'message 1'],
      [3, 'message 3'],
    ])
  })

  it('has the right indexes if some are omitted, and if other requests come in between', () => {
    const batch = new DatagramBatch()
    const [run, other] = [new BulkRequest<string>(), new BulkRequest<string>()]
    add(batch, run, [0, 1])
    add(batch, run, [5])
    add(batch, other, [0])
    batch.add({ expectsReplies: false, handleReply() {}, handleEnd() {} }, 0, write(batch), 0, LIMITS)
    add(batch, run, [6])
    batch.finish()
    for (let sequence = 1; sequence <= 6; sequence++)
      batch.groupOf(sequence)!.recordFailure(sequence, refusal(1))
    batch.complete(0, 1)
    expect(told(run)).toEqual([0, 1, 5, 6].map((index) => [index, `message ${index}`]))
    expect(told(other)).toEqual([[0, 'message 0']])
  })

  it('whose replies were lost reports all messages except those that were refused before', () => {
    const batch = new DatagramBatch()
    const run = new BulkRequest<string>()
    add(batch, run, [0, 1, 2])
    batch.finish()
    batch.groups[0]!.recordFailure(2, refusal(17))
    batch.fail(LOSS)
    expect(run.failures.map(({ index, outcome }) => [index, outcome])).toEqual([
      [0, { failure: LOSS }],
      [1, refusal(17)],
      [2, { failure: LOSS }],
    ])
  })

  it('is finished when all its datagrams are, and at once if it has none', async () => {
    const batch = new DatagramBatch()
    const run = new BulkRequest<string>()
    await run.finished()
    add(batch, run, [0, 1, 2], { bytes: 1 << 20, replies: 1 })
    batch.finish()
    let finished = false
    const end = run.finished().then(() => {
      finished = true
    })
    batch.complete(0, 2)
    await Promise.resolve()
    expect(finished).toBe(false)
    batch.complete(2, 3)
    await end
    expect(run.failures).toEqual([])
  })

  it('of dumps has a datagram for each, and passes on the replies to each', () => {
    const batch = new DatagramBatch()
    const replies: [string, number][] = []
    const run = new BulkRequest<string>({
      flags: NLM_F_DUMP,
      onReply: (subject, _view, message) => replies.push([subject, message.sequence]),
    })
    add(batch, run, [0, 1, 2])
    batch.finish()
    expect(batch.datagrams).toBe(3)
    const view = new DataView(new ArrayBuffer(0))
    for (const sequence of [1, 3, 3]) {
      batch.groupOf(sequence)!.handleReply(view, { type: 32, flags: 0, sequence, start: 0, end: 0 })
    }
    expect(replies).toEqual([
      ['message 0', 1],
      ['message 2', 3],
      ['message 2', 3],
    ])
  })

  it('has a copy of each message, without its header', () => {
    const batch = new DatagramBatch()
    const run = new BulkRequest<string>()
    for (const index of [0, 1, 2]) {
      const start = batch.writer.beginMessage(32, 1, batch.nextSequence)
      batch.writer.append(new Uint8Array(4 * (index + 1)).fill(index))
      batch.writer.endMessage(start)
      batch.add(run, index, start, 0, LIMITS)
    }
    const [entry] = batch.groups
    expect([1, 2, 3].map((sequence) => [...batch.payloadOf(entry!, sequence)])).toEqual([
      [0, 0, 0, 0],
      [1, 1, 1, 1, 1, 1, 1, 1],
      [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2],
    ])
  })
})
