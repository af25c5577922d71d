/**
 * A list shorter than this came in one block, in which nothing comes twice: of 32 KiB it has room for 91 destinations, and
 * for some 80 where the kernel aligns their counters (nla_need_padding_for_64bit).
 */
const REPEATS_POSSIBLE = 64

/**
 * Entries of a dump without those that came twice, which happens when others change the table meanwhile: of these the last
 * counts, which is the newer reading.
 */
export class DumpDeduplicator<T> {
  readonly #keyOf: (entry: T) => string
  readonly #entries: T[] = []
  #positions: Map<string, number> | undefined

  constructor(keyOf: (entry: T) => string) {
    this.#keyOf = keyOf
  }

  /** The entries, in the order in which each came first. */
  get entries(): T[] {
    return this.#entries
  }

  add(entry: T): void {
    const places = this.#positions
    if (places === undefined) {
      this.#entries.push(entry)
      if (this.#entries.length === REPEATS_POSSIBLE) this.#positions = this.#indexEntries()
      return
    }
    const key = this.#keyOf(entry)
    const place = places.get(key)
    if (place === undefined) {
      places.set(key, this.#entries.length)
      this.#entries.push(entry)
    } else {
      this.#entries[place] = entry
    }
  }

  #indexEntries(): Map<string, number> {
    return new Map(this.#entries.map((entry, place) => [this.#keyOf(entry), place]))
  }
}
