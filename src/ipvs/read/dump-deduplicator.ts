/**
 * Entries of a dump without those that came twice, which happens when others change the table meanwhile: of these the last
 * counts, which is the newer reading.
 */
export class DumpDeduplicator<T> {
  readonly #keyOf: (entry: T) => string
  readonly #entries = new Map<string, T>()

  constructor(keyOf: (entry: T) => string) {
    this.#keyOf = keyOf
  }

  /** The entries, in the order in which each came first. */
  get entries(): T[] {
    return [...this.#entries.values()]
  }

  add(entry: T): void {
    this.#entries.set(this.#keyOf(entry), entry)
  }
}
