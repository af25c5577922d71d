/** Bytes of a receive buffer that something takes besides its own (sizeof struct sk_buff, struct skb_shared_info). */
const BUFFER_HEAD = 256
const BUFFER_TAIL = 320

/** The largest block of a dump, and what the first is made of on a socket that never received (netlink_dump). */
const LARGEST_BLOCK = 32448
const SMALLEST_BLOCK = 3776

/** An answer as it is queued. */
export interface QueuedReply {
  readonly bytes: Uint8Array
  /** Whether its end is missing and recvmsg reports that. */
  readonly truncated?: boolean
}

interface QueueEntry extends QueuedReply {
  readonly cost: number
  readonly isBlock: boolean
}

/** What a read found. */
export type Received =
  | { readonly state: 'datagram'; readonly bytes: Uint8Array; readonly truncated: boolean }
  | { readonly state: 'empty' }
  | { readonly state: 'overrun' }

/** Answers that wait for a socket's owner to read them, as the kernel accounts them (netlink_attachskb, netlink_overrun). */
export class ReceiveQueue {
  readonly #limit: number
  readonly #smallCost: number
  readonly #queue: QueueEntry[] = []
  #used = 0
  #longestRead = 0
  /** Nothing is taken in until the queue has been read empty. */
  #congested = false
  #overrun = false

  /** `limit` is the size of the receive buffer, `smallCost` what an acknowledgement takes of it. */
  constructor(limit: number, smallCost: number) {
    this.#limit = limit
    this.#smallCost = smallCost
  }

  /** Bytes that the next block of a dump may have. */
  get blockSize(): number {
    return Math.max(this.#longestRead, SMALLEST_BLOCK)
  }

  /** Whether there is no room for the first block of a dump; it is made when there is (netlink_dump). */
  get isFull(): boolean {
    return this.#used >= this.#limit
  }

  /** Whether there is room enough for the next block of a dump to be made. */
  get takesBlocks(): boolean {
    return this.#used <= this.#limit / 2
  }

  /** Queues an answer; one that does not fit is lost and all that follow it. */
  push(answer: QueuedReply): boolean {
    const cost = this.#costOf(answer.bytes.length)
    if (this.#congested || (this.#used > 0 && this.#used + cost > this.#limit)) {
      if (!this.#congested) this.#overrun = true
      this.#congested = true
      return false
    }
    this.#enqueue(answer, cost, false)
    return true
  }

  /** Queues a block of a dump, for which there is always room. */
  pushBlock(answer: QueuedReply, size: number): void {
    this.#enqueue(answer, powerOfTwo(size + BUFFER_TAIL) + BUFFER_HEAD, true)
  }

  /** Loses what is queued but for the first `keep`, as if there had been no room; blocks of dumps are never lost. */
  dropAllBut(keep: number): void {
    const [...queued] = this.#queue
    this.#queue.length = 0
    this.#used = 0
    for (const [index, { cost, isBlock, ...answer }] of queued.entries()) {
      if (index < keep || isBlock) this.#enqueue(answer, cost, isBlock)
    }
    this.#overrun = true
    this.#congested = true
  }

  /**
   * Reads the next answer into a buffer of `room` bytes; that answers were lost is told before those that survived. To be
   * followed by {@link clearCongestion}.
   */
  receive(room: number): Received {
    if (this.#overrun) {
      this.#overrun = false
      return { state: 'overrun' }
    }
    const next = this.#queue.shift()
    if (next === undefined) return { state: 'empty' }
    this.#used -= next.cost
    this.#longestRead = Math.min(Math.max(this.#longestRead, room), LARGEST_BLOCK)
    const { bytes, truncated = false } = next
    if (bytes.length <= room) return { state: 'datagram', bytes, truncated }
    return { state: 'datagram', bytes: bytes.subarray(0, room), truncated: true }
  }

  /** Takes answers in again once all were read (netlink_rcv_wake). */
  clearCongestion(): void {
    if (this.#queue.length === 0) this.#congested = false
  }

  #enqueue(answer: QueuedReply, cost: number, isBlock: boolean): void {
    this.#queue.push({ ...answer, cost, isBlock })
    this.#used += cost
  }

  #costOf(length: number): number {
    if (length + BUFFER_TAIL <= this.#smallCost - BUFFER_HEAD) return this.#smallCost
    return powerOfTwo(length + BUFFER_TAIL) + BUFFER_HEAD
  }
}

function powerOfTwo(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(bytes))
}
