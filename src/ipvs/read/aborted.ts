/** What a caller's signal means for work that takes many steps. One listener, however many steps wait. */
export class AbortRace {
  readonly signal: AbortSignal | undefined
  readonly #aborted: Promise<never> | undefined
  #stopListening = () => {}

  constructor(signal: AbortSignal | undefined) {
    this.signal = signal
    if (signal === undefined) return
    this.#aborted = new Promise((_, reject) => {
      const abort = () => reject(signal.reason)
      if (signal.aborted) abort()
      signal.addEventListener('abort', abort, { once: true })
      this.#stopListening = () => signal.removeEventListener('abort', abort)
    })
    this.#aborted.catch(() => undefined)
  }

  /** Waits for something, as long as the caller does. */
  race<T>(work: Promise<T>): Promise<T> {
    return this.#aborted === undefined ? work : Promise.race([work, this.#aborted])
  }

  /** Listens no longer. */
  dispose(): void {
    this.#stopListening()
  }
}
