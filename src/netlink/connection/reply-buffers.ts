/** Room for some hundreds of records: large enough to save hops, small enough to leave the event loop free between. */
const REPLY_BYTES = 256 * 1024

/** Where answers arrive. */
export interface ReplyBuffer {
  readonly bytes: Uint8Array
  readonly view: DataView
}

/** Buffers that are used again and again. One that the kernel may still write into is not given back. */
export class ReplyBufferPool {
  readonly #free: ReplyBuffer[] = []

  acquire(): ReplyBuffer {
    const buffer = this.#free.pop()
    if (buffer !== undefined) return buffer
    const bytes = new Uint8Array(REPLY_BYTES)
    return { bytes, view: new DataView(bytes.buffer) }
  }

  release(buffer: ReplyBuffer): void {
    this.#free.push(buffer)
  }
}
