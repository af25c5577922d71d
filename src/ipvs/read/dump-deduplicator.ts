/**
 * Collects the entries of a dump without the duplicates that occur when another process changes the table meanwhile. Of several
 * duplicates the last one counts, because it was read last.
 */
export class DumpDeduplicator<T> {
  /** Whether there were duplicates. */
  hasDuplicates = false
  readonly #keyOf: (entry: T) => string
  readonly #blockSize: number
  readonly #entries: T[] = []
  /** The places of the entries by key, once there can be duplicates. */
  #places: Map<string, number> | undefined

  /** @param blockSize Number of entries that always fit one block of the kernel; within a block no entry occurs twice. */
  constructor(keyOf: (entry: T) => string, blockSize = 0) {
    this.#keyOf = keyOf
    this.#blockSize = blockSize
  }

  /** The entries, in the order in which each was read first. */
  get entries(): T[] {
    return this.#entries
  }

  add(entry: T): void {
    if (this.#entries.length < this.#blockSize) {
      this.#entries.push(entry)
      return
    }
    this.#places ??= new Map(this.#entries.map((each, place) => [this.#keyOf(each), place]))
    const key = this.#keyOf(entry)
    const place = this.#places.get(key)
    if (place === undefined) {
      this.#places.set(key, this.#entries.length)
      this.#entries.push(entry)
    } else {
      this.hasDuplicates = true
      this.#entries[place] = entry
    }
  }
}
