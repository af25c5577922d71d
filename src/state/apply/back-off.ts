/** The longest wait, in seconds, if the interval itself is not longer. */
const MAX_SECONDS = 60

interface Failure {
  readonly count: number
  /** Until when it is not tried again; milliseconds on the clock of `performance.now`. */
  readonly until: number
}

/**
 * How long to wait with what has failed: twice as long each time. What fails is waited with by itself, so that a step that the
 * kernel keeps refusing does not hold up the others.
 */
export class BackOff {
  readonly #interval: number
  readonly #failures = new Map<string, Failure>()
  #rounds = 0

  /** @param interval Seconds of the first wait. */
  constructor(interval: number) {
    this.#interval = interval
  }

  /** Whether a step has failed lately. */
  isWaiting(step: string): boolean {
    return (this.#failures.get(step)?.until ?? 0) > performance.now()
  }

  /** Notes that a step has failed once more. */
  fail(step: string): void {
    const count = (this.#failures.get(step)?.count ?? 0) + 1
    this.#failures.set(step, { count, until: performance.now() + this.#wait(count) * 1000 })
  }

  /** Notes that a step was taken. */
  succeed(step: string): void {
    this.#failures.delete(step)
  }

  /** Forgets all failures. */
  clear(): void {
    this.#failures.clear()
    this.#rounds = 0
  }

  /** Seconds to wait after a round that could not be gone through at all, or could. */
  pauseAfter(failed: boolean): number {
    this.#rounds = failed ? this.#rounds + 1 : 0
    return this.#wait(this.#rounds)
  }

  #wait(failures: number): number {
    const longest = Math.max(MAX_SECONDS, this.#interval)
    return Math.min(longest, this.#interval * 2 ** Math.min(failures, 30))
  }
}
