import { setTimeout } from 'node:timers/promises'

/** Races the steps of a long call against the caller's signal, with one listener for any number of steps. */
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

  /** Resolves or rejects with `work`, and rejects when the signal is aborted. */
  race<T>(work: Promise<T>): Promise<T> {
    return this.#aborted === undefined ? work : Promise.race([work, this.#aborted])
  }

  /** Stops listening. */
  dispose(): void {
    this.#stopListening()
  }
}

/** Resolves or rejects with `work`, and rejects with the signal's reason when it is aborted. */
export async function raceAbort<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  signal?.throwIfAborted()
  const race = new AbortRace(signal)
  try {
    return await race.race(work)
  } finally {
    race.dispose()
  }
}

/** Resolves after this time. Rejects with the signal's reason when it is aborted. */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}
