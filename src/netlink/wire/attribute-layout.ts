import { LITTLE_ENDIAN } from './wire.ts'

/** More attributes than a record of any table has at one level. */
const MAXIMUM_ATTRIBUTES = 64

/**
 * The headers of the attributes of the previous record. Most records of a table have the same layout, so comparing headers
 * replaces parsing them. A cache belongs to one `AttributeSet`, whose `read` is the plain path. `docs/design/performance.md`
 * lists what it saves.
 */
export class AttributeLayoutCache {
  readonly #headers = new Int32Array(MAXIMUM_ATTRIBUTES)
  readonly #offsets = new Int32Array(MAXIMUM_ATTRIBUTES)
  #count = 0
  #size = 0
  #isKnown = false

  /** Whether the bytes between `start` and `end` have this layout. */
  matches(view: DataView, start: number, end: number): boolean {
    if (!this.#isKnown || end - start !== this.#size) return false
    for (let index = 0; index < this.#count; index++) {
      if (view.getInt32(start + this.#offsets[index]!, LITTLE_ENDIAN) !== this.#headers[index]) return false
    }
    return true
  }

  /** Discards the layout. Nothing matches before {@link complete}. */
  clear(): void {
    this.#count = 0
    this.#isKnown = false
  }

  /** Records the header of an attribute at `at`, `offset` bytes after the first one. */
  add(view: DataView, at: number, offset: number): void {
    if (this.#count < MAXIMUM_ATTRIBUTES) {
      this.#headers[this.#count] = view.getInt32(at, LITTLE_ENDIAN)
      this.#offsets[this.#count] = offset
    }
    this.#count++
  }

  /** Ends the layout: it has `size` bytes, and nothing but the recorded attributes. */
  complete(size: number): void {
    this.#size = size
    this.#isKnown = this.#count <= MAXIMUM_ATTRIBUTES
  }
}
