import { readFileSync } from 'node:fs'

/** The beginning of the address of the first service. */
const ADDRESS = Uint8Array.of(10, 0, 0)

/** Recorded records, all of one length. */
export class Records {
  #bytes
  #length
  /** The offset of the address of a service in its record. */
  #address

  constructor(name) {
    this.#bytes = readFileSync(new URL(`../recorded/${name}.bin`, import.meta.url))
    this.#length = this.#bytes.readUInt32LE()
    this.#address = this.#bytes.indexOf(ADDRESS)
  }

  get bytesEach() {
    return this.#length
  }

  get perBlock() {
    return Math.floor(this.#bytes.length / this.#length)
  }

  /** Writes up to a block of records, from number `from` on. Returns their number. */
  write(replies, view, at, sequence, from, total) {
    const count = Math.min(this.perBlock, total - from)
    replies.set(this.#bytes.subarray(0, count * this.#length), at)
    for (let i = 0; i < count; i++) view.setUint32(at + i * this.#length + 8, sequence, true)
    return count
  }

  /** Sets different addresses in services that were just written. */
  number(view, at, from, count) {
    for (let i = 0; i < count; i++)
      view.setUint32(at + i * this.#length + this.#address, 0x0a000001 + from + i)
  }
}
