/**
 * The entries of a dump without duplicates, which occur when another process changes the table meanwhile. The last of several
 * counts, which was read later.
 */
export class DumpDeduplicator<T> {
  /** Whether there were duplicates. */
  hasDuplicates = false
  readonly #keyOf: (entry: T) => string
  readonly #entries = new Map<string, T>()

  constructor(keyOf: (entry: T) => string) {
    this.#keyOf = keyOf
  }

  /** The entries, in the order in which each was read first. */
  get entries(): T[] {
    return [...this.#entries.values()]
  }

  add(entry: T): void {
    const key = this.#keyOf(entry)
    if (this.#entries.has(key)) this.hasDuplicates = true
    this.#entries.set(key, entry)
  }
}
