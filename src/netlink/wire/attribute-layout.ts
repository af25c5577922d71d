import { LITTLE_ENDIAN } from './wire.ts'

/** More attributes at one level than a record of any table has. */
const MAXIMUM_ATTRIBUTES = 64

/**
 * Where the headers of attributes stand, and what they say. The records of a table mostly look alike, so that it is enough
 * to see that the headers are those of the record before: half the time of taking it apart.
 */
export class AttributeLayoutCache {
  readonly #headers = new Int32Array(MAXIMUM_ATTRIBUTES)
  readonly #offsets = new Int32Array(MAXIMUM_ATTRIBUTES)
  #count = 0
  #size = 0
  #isKnown = false

  /** Whether what lies between `start` and `end` has this layout. */
  matches(view: DataView, start: number, end: number): boolean {
    if (!this.#isKnown || end - start !== this.#size) return false
    const headers = this.#headers
    const places = this.#offsets
    for (let index = 0; index < this.#count; index++) {
      if (view.getInt32(start + places[index]!, LITTLE_ENDIAN) !== headers[index]) return false
    }
    return true
  }

  /** Forgets what there was; nothing fits until {@link end}. */
  clear(): void {
    this.#count = 0
    this.#isKnown = false
  }

  /** Takes in the header of an attribute at `at`, which is `place` bytes behind the first one. */
  add(view: DataView, at: number, place: number): void {
    if (this.#count < MAXIMUM_ATTRIBUTES) {
      this.#headers[this.#count] = view.getInt32(at, LITTLE_ENDIAN)
      this.#offsets[this.#count] = place
    }
    this.#count++
  }

  /** There are no more, and nothing else; `size` is how many bytes there were in all. */
  end(size: number): void {
    this.#size = size
    this.#isKnown = this.#count <= MAXIMUM_ATTRIBUTES
  }
}
