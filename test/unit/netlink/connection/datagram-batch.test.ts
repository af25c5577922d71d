import { describe, expect, it } from 'vitest'
import {
  DatagramBatch,
  type DatagramLimits,
  datagramLimits,
  type MessageGroup,
} from '../../../../src/netlink/connection/datagram-batch.ts'
import type { Outcome, TransportFailure } from '../../../../src/netlink/connection/failures.ts'
import { NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST } from '../../../../src/netlink/wire/uapi.ts'
import { messagesOf } from '../../../support/netlink/answers.ts'

const WIDE: DatagramLimits = { bytes: 1 << 20, replies: 1000 }
const LOSS: TransportFailure = { code: 'ERR_LVS_OVERRUN', message: 'lost', outcome: 'unknown' }
const REFUSAL: NonNullable<Outcome> = { refusal: { errno: 17, message: undefined } }

/** Adds a message of `size` bytes to the batch. Returns its group and, once it has ended, its outcome. */
function add(batch: DatagramBatch, { size = 20, flags = 0, limits = WIDE, replies = false } = {}) {
  const { writer } = batch
  const sequence = batch.nextSequence
  const start = writer.beginMessage(32, flags | NLM_F_REQUEST, sequence)
  writer.reserve(size - 16)
  writer.endMessage(start)
  const outcomes: Outcome[] = []
  const owner = {
    expectsReplies: replies,
    handleReply() {},
    handleEnd: (_index: number, outcome: Outcome) => void outcomes.push(outcome),
  }
  return { entry: batch.add(owner, 0, start, flags, limits), outcomes }
}

/** The number of messages in each datagram of a finished batch. */
function counts(batch: DatagramBatch): number[] {
  return Array.from({ length: batch.datagrams }, (_, index) => {
    const start = index === 0 ? 0 : batch.ends[index - 1]!
    return messagesOf(batch.writer.bytes.slice(start, batch.ends[index])).length
  })
}

const flagsOf = (batch: DatagramBatch) =>
  messagesOf(batch.writer.bytes.slice(0, batch.writer.length)).map(({ flags }) => flags)

describe('messages of a batch', () => {
  it('share one datagram, and the last one requests an acknowledgement', () => {
    const batch = new DatagramBatch()
    for (let index = 0; index < 3; index++) add(batch)
    batch.finish()
    expect(counts(batch)).toEqual([3])
    expect(flagsOf(batch)).toEqual([NLM_F_REQUEST, NLM_F_REQUEST, NLM_F_REQUEST | NLM_F_ACK])
  })

  it('have consecutive numbers, and are found by their number', () => {
    const batch = new DatagramBatch()
    batch.reset(0xefff_fffe)
    const entries = [add(batch), add(batch), add(batch)].map(({ entry }) => entry)
    expect(
      messagesOf(batch.writer.bytes.slice(0, batch.writer.length)).map(({ sequence }) => sequence),
    ).toEqual([0xefff_fffe, 0xefff_ffff, 0xf000_0000])
    expect([0xefff_fffe, 0xefff_ffff, 0xf000_0000].map((sequence) => batch.groupOf(sequence))).toEqual(
      entries,
    )
    expect([0, 1, 0xefff_fffd, 0xf000_0001].map((sequence) => batch.groupOf(sequence))).toEqual(
      new Array(4).fill(undefined),
    )
  })

  it.each([
    ['bytes', { bytes: 100, replies: 1000 }, {}, [5, 5, 2]],
    ['answers', { bytes: 1 << 20, replies: 5 }, {}, [5, 5, 2]],
    [
      'answers, of which a message with a reply has two',
      { bytes: 1 << 20, replies: 5 },
      { replies: true },
      [2, 2, 2, 2, 2, 2],
    ],
    [
      '128 KiB whatever the socket takes',
      datagramLimits({ sendBuffer: 1 << 20, receiveBuffer: 1 << 22 }),
      { size: 40_000 },
      [3, 3, 3, 3],
    ],
  ])('are separated by %s', (_, limits, message, expected) => {
    const batch = new DatagramBatch()
    for (let index = 0; index < 12; index++) add(batch, { limits, ...message })
    batch.finish()
    expect(counts(batch)).toEqual(expected)
    expect(flagsOf(batch).filter((flags) => (flags & NLM_F_ACK) !== 0)).toHaveLength(expected.length)
  })

  it('have their own datagram if they exceed every limit', () => {
    const batch = new DatagramBatch()
    for (const size of [20, 400, 20]) add(batch, { size, limits: { bytes: 100, replies: 1 } })
    batch.finish()
    expect(counts(batch)).toEqual([1, 1, 1])
  })

  it('are separate from dumps, which need no acknowledgement', () => {
    const batch = new DatagramBatch()
    for (const flags of [0, NLM_F_DUMP, NLM_F_DUMP, 0, 0]) add(batch, { flags })
    batch.finish()
    const acknowledged = NLM_F_REQUEST | NLM_F_ACK
    expect(counts(batch)).toEqual([1, 1, 1, 2])
    expect(flagsOf(batch)).toEqual([acknowledged, 0x301, 0x301, NLM_F_REQUEST, acknowledged])
  })

  it('are not a dump with only one of the bits NLM_F_ROOT and NLM_F_MATCH', () => {
    const batch = new DatagramBatch()
    for (const flags of [0x100, 0x200, 0]) add(batch, { flags })
    batch.finish()
    expect(counts(batch)).toEqual([3])
  })

  it('may require any number of datagrams', () => {
    const batch = new DatagramBatch()
    for (let index = 0; index < 200; index++) add(batch, { flags: NLM_F_DUMP })
    batch.finish()
    expect(counts(batch)).toEqual(new Array(200).fill(1))
  })
})

describe('a reused batch', () => {
  it('is empty, continues its numbers and keeps its buffer', () => {
    const batch = new DatagramBatch()
    add(batch)
    batch.finish()
    const { bytes } = batch.writer
    batch.reset(batch.nextSequence)
    expect([batch.datagrams, batch.groups.length, batch.writer.length, batch.nextSequence]).toEqual([
      0, 0, 0, 2,
    ])
    add(batch)
    batch.finish()
    expect(counts(batch)).toEqual([1])
    expect(batch.writer.bytes).toBe(bytes)
  })

  it('can be finished when it is empty, or twice', () => {
    const batch = new DatagramBatch()
    batch.finish()
    expect(batch.datagrams).toBe(0)
    add(batch)
    batch.finish()
    batch.finish()
    expect(batch.datagrams).toBe(1)
  })
})

describe('the outcome', () => {
  const refuse = (entry: MessageGroup) => entry.recordFailure(entry.firstSequence, REFUSAL)

  /** Three datagrams of two messages; the first message of each was refused. */
  function answered() {
    const batch = new DatagramBatch()
    const messages = Array.from({ length: 6 }, () => add(batch, { limits: { bytes: 40, replies: 9 } }))
    batch.finish()
    for (const index of [0, 2, 4]) refuse(messages[index]!.entry)
    return { batch, outcomes: messages.map((message) => message.outcomes) }
  }

  it('of an answered datagram is the refusal or done', () => {
    const { batch, outcomes } = answered()
    batch.complete(0, 2)
    expect(outcomes).toEqual([[REFUSAL], [undefined], [REFUSAL], [undefined], [], []])
  })

  it('of a lost datagram is certain only for refused messages', () => {
    const { batch, outcomes } = answered()
    batch.fail(LOSS, 1, 2)
    expect(outcomes).toEqual([[], [], [REFUSAL], [{ failure: LOSS }], [], []])
  })

  it('of a lost batch includes the messages of the open datagram', () => {
    const { batch } = answered()
    const late = add(batch)
    batch.fail(LOSS)
    expect(late.outcomes).toEqual([{ failure: LOSS }])
  })

  it('of a datagram without its last reply is lost only for the last message', () => {
    const { batch, outcomes } = answered()
    batch.failLast(1, LOSS)
    batch.complete(1, 2)
    expect(outcomes).toEqual([[], [], [REFUSAL], [{ failure: LOSS }], [], []])
  })

  it('of that last message is its refusal, if there was one', () => {
    const { batch, outcomes } = answered()
    refuse(batch.groups[3]!)
    batch.failLast(1, LOSS)
    batch.complete(1, 2)
    expect(outcomes[3]).toEqual([REFUSAL])
  })

  it('is reported once', () => {
    const { batch, outcomes } = answered()
    batch.complete(0, 1)
    batch.fail(LOSS)
    batch.complete(0, 3)
    expect(outcomes.map((told) => told.length)).toEqual([1, 1, 1, 1, 1, 1])
  })
})

describe('the limits of a datagram', () => {
  it('leave room for the replies even if every message of it fails', () => {
    // The maximum cost of one reply: 896 bytes on Linux 6.12 (ipvs-netlink.md, 5.3), more with an extended acknowledgement.
    const { bytes, replies: answers } = datagramLimits({ sendBuffer: 12_960, receiveBuffer: 212_992 })
    expect(bytes).toBe(12_960)
    expect(answers).toBeGreaterThan(50)
    expect(answers * 896).toBeLessThan(212_992)
  })

  it('allow one message, however small the buffer is', () => {
    expect(datagramLimits({ sendBuffer: 4096, receiveBuffer: 256 }).replies).toBe(1)
  })
})
