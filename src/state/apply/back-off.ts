import type { Step } from '../model/step.ts'
import { stepKey } from './apply-report.ts'
import type { StepResult } from './apply-result.ts'
import { lostRace } from './race.ts'

/** The longest delay in seconds, unless the interval is longer. */
const MAX_SECONDS = 60

interface Failure {
  readonly count: number
  /** Time of the next attempt in milliseconds, on the clock of `performance.now`. */
  readonly until: number
}

/**
 * Delays retries; the delay doubles with each failure. Every step has its own delay, so that a step that the kernel keeps
 * rejecting does not hold up the others.
 */
export class BackOff {
  readonly #interval: number
  readonly #failures = new Map<string, Failure>()
  #failedRounds = 0

  /** @param interval The first delay, in seconds. */
  constructor(interval: number) {
    this.#interval = interval
  }

  /** Whether a step failed and its delay is not over. */
  isDelayed(step: Step): boolean {
    return (this.#failures.get(stepKey(step))?.until ?? 0) > performance.now()
  }

  /** Records the outcomes of a round. */
  record(results: readonly StepResult[]): void {
    for (const { step, outcome, error } of results) {
      if (outcome === 'not-attempted') continue
      const key = stepKey(step)
      // A step that lost a race can be retried at once: the other process may have stopped.
      const isRejected = outcome === 'failed' && (error === undefined || !lostRace(step.command, error))
      if (isRejected) this.#recordFailure(key)
      else this.#failures.delete(key)
    }
  }

  /** Forgets all failures. */
  clear(): void {
    this.#failures.clear()
    this.#failedRounds = 0
  }

  /** Returns the seconds to the next round; `failed` says whether the last round failed as a whole. */
  secondsAfter(failed: boolean): number {
    this.#failedRounds = failed ? this.#failedRounds + 1 : 0
    return this.#delay(this.#failedRounds)
  }

  #recordFailure(key: string): void {
    const count = (this.#failures.get(key)?.count ?? 0) + 1
    this.#failures.set(key, { count, until: performance.now() + this.#delay(count) * 1000 })
  }

  #delay(failures: number): number {
    const longest = Math.max(MAX_SECONDS, this.#interval)
    return Math.min(longest, this.#interval * 2 ** Math.min(failures, 30))
  }
}
