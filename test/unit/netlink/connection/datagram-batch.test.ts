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

/** Puts a message of `size` bytes into the batch; gives its entry and, once settled, how it ended. */
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

/** How many messages each datagram of a sealed batch has. */
function counts(batch: DatagramBatch): number[] {
  return Array.from({ length: batch.datagrams }, (_, index) => {
    const start = index === 0 ? 0 : batch.ends[index - 1]!
    return messagesOf(batch.writer.bytes.slice(start, batch.ends[index])).length
  })
}

const flagsOf = (batch: DatagramBatch) =>
  messagesOf(batch.writer.bytes.slice(0, batch.writer.length)).map(({ flags }) => flags)

describe('messages of a batch', () => {
  it('stand in one datagram, and the last one asks for an acknowledgement', () => {
    const batch = new DatagramBatch()
    for (let index = 0; index < 3; index++) add(batch)
    batch.finish()
    expect(counts(batch)).toEqual([3])
    expect(flagsOf(batch)).toEqual([NLM_F_REQUEST, NLM_F_REQUEST, NLM_F_REQUEST | NLM_F_ACK])
  })

  it('are numbered one after another, and found by their number', () => {
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
  ])('are parted by %s', (_, limits, message, expected) => {
    const batch = new DatagramBatch()
    for (let index = 0; index < 12; index++) add(batch, { limits, ...message })
    batch.finish()
    expect(counts(batch)).toEqual(expected)
    expect(flagsOf(batch).filter((flags) => (flags & NLM_F_ACK) !== 0)).toHaveLength(expected.length)
  })

  it('travel alone when one of them is beyond every limit', () => {
    const batch = new DatagramBatch()
    for (const size of [20, 400, 20]) add(batch, { size, limits: { bytes: 100, replies: 1 } })
    batch.finish()
    expect(counts(batch)).toEqual([1, 1, 1])
  })

  it('keep apart from dumps, which end by themselves and ask for nothing', () => {
    const batch = new DatagramBatch()
    for (const flags of [0, NLM_F_DUMP, NLM_F_DUMP, 0, 0]) add(batch, { flags })
    batch.finish()
    const acknowledged = NLM_F_REQUEST | NLM_F_ACK
    expect(counts(batch)).toEqual([1, 1, 1, 2])
    expect(flagsOf(batch)).toEqual([acknowledged, 0x301, 0x301, NLM_F_REQUEST, acknowledged])
  })

  it('are no dump with one bit of the two alone (NLM_F_ROOT, NLM_F_MATCH)', () => {
    const batch = new DatagramBatch()
    for (const flags of [0x100, 0x200, 0]) add(batch, { flags })
    batch.finish()
    expect(counts(batch)).toEqual([3])
  })

  it('may need any number of datagrams', () => {
    const batch = new DatagramBatch()
    for (let index = 0; index < 200; index++) add(batch, { flags: NLM_F_DUMP })
    batch.finish()
    expect(counts(batch)).toEqual(new Array(200).fill(1))
  })
})

describe('a batch used again', () => {
  it('is empty, goes on counting and keeps its buffer', () => {
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

  it('makes nothing of being sealed empty, or twice', () => {
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

  it('of an answered datagram is the refusal, or that it was done', () => {
    const { batch, outcomes } = answered()
    batch.complete(0, 2)
    expect(outcomes).toEqual([[REFUSAL], [undefined], [REFUSAL], [undefined], [], []])
  })

  it('of a lost datagram is certain for the refused alone', () => {
    const { batch, outcomes } = answered()
    batch.fail(LOSS, 1, 2)
    expect(outcomes).toEqual([[], [], [REFUSAL], [{ failure: LOSS }], [], []])
  })

  it('of a lost batch takes in what stands in no datagram yet', () => {
    const { batch } = answered()
    const late = add(batch)
    batch.fail(LOSS)
    expect(late.outcomes).toEqual([{ failure: LOSS }])
  })

  it('of a datagram without its last answer is lost for the last message only', () => {
    const { batch, outcomes } = answered()
    batch.failLast(1, LOSS)
    batch.complete(1, 2)
    expect(outcomes).toEqual([[], [], [REFUSAL], [{ failure: LOSS }], [], []])
  })

  it('of that last message is the refusal all the same, if there was one', () => {
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
  it('leave room for the answers even if every message of it fails', () => {
    // What one answer costs at most: 896 bytes on Linux 6.12 (ipvs-netlink.md, 5.3), more with an extended acknowledgement.
    const { bytes, replies: answers } = datagramLimits({ sendBuffer: 12_960, receiveBuffer: 212_992 })
    expect(bytes).toBe(12_960)
    expect(answers).toBeGreaterThan(50)
    expect(answers * 896).toBeLessThan(212_992)
  })

  it('let one message through however small the buffer', () => {
    expect(datagramLimits({ sendBuffer: 4096, receiveBuffer: 256 }).replies).toBe(1)
  })
})
