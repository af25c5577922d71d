/** Overhead of a reply in the receive buffer in bytes (sizeof struct sk_buff, struct skb_shared_info). */
const BUFFER_HEAD = 256
const BUFFER_TAIL = 320

/** Sizes of the largest block of a dump, and of the first block on a socket that has not received yet (netlink_dump). */
const LARGEST_BLOCK = 32448
const SMALLEST_BLOCK = 3776

/** A queued reply. */
export interface QueuedReply {
  readonly bytes: Uint8Array
  /** Whether its end is missing and recvmsg reports it. */
  readonly truncated?: boolean
}

interface QueueEntry extends QueuedReply {
  readonly cost: number
  readonly isBlock: boolean
}

/** The result of a read. */
export type Received =
  | { readonly state: 'datagram'; readonly bytes: Uint8Array; readonly truncated: boolean }
  | { readonly state: 'empty' }
  | { readonly state: 'overrun' }

/** The receive queue of a socket with the kernel's accounting (netlink_attachskb, netlink_overrun). */
export class ReceiveQueue {
  readonly #limit: number
  readonly #smallCost: number
  readonly #queue: QueueEntry[] = []
  #used = 0
  #longestRead = 0
  /** Whether replies are dropped until the queue has been read to its end. */
  #congested = false
  #overrun = false

  /** @param limit Size of the receive buffer. @param smallCost Bytes of it that an acknowledgement uses. */
  constructor(limit: number, smallCost: number) {
    this.#limit = limit
    this.#smallCost = smallCost
  }

  /** Size of the next block of a dump in bytes. */
  get blockSize(): number {
    return Math.max(this.#longestRead, SMALLEST_BLOCK)
  }

  /** Whether the first block of a dump has to wait for room (netlink_dump). */
  get isFull(): boolean {
    return this.#used >= this.#limit
  }

  /** Whether there is room for the next block of a dump. */
  get takesBlocks(): boolean {
    return this.#used <= this.#limit / 2
  }

  /** Queues a reply. A reply that does not fit is lost, and so are all replies that follow it. */
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

  /** Queues a block of a dump, which always fits. */
  pushBlock(answer: QueuedReply, size: number): void {
    this.#enqueue(answer, powerOfTwo(size + BUFFER_TAIL) + BUFFER_HEAD, true)
  }

  /** Drops every queued reply except the first `keep`, as if they had not fitted; blocks of dumps are never dropped. */
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
   * Reads the next reply into a buffer of `room` bytes; an overrun is reported before the replies that survived. Call
   * {@link clearCongestion} afterwards.
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

  /** Accepts replies again if all were read (netlink_rcv_wake). */
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
