import { setTimeout } from 'node:timers/promises'
import { resolveDesiredState } from '../document/normalise.ts'
import type { DesiredState } from '../model/desired-state.ts'
import type { TableClient } from '../model/table-client.ts'
import type { ResolvedState } from '../model/target.ts'
import { type CheckedOptions, checkOptions, type PlanOptions } from '../plan/options.ts'
import { applyState } from './apply.ts'
import { ApplyError, type ApplyResult } from './apply-result.ts'
import { BackOff } from './back-off.ts'

/** How a table is kept. */
export interface ReconcileOptions extends PlanOptions {
  /** Seconds from one look at the table to the next. Default 5. */
  readonly interval?: number | undefined
  /** Is told of every look at the table that found something to do, or failed. It must not throw. */
  readonly onRound?: ((round: ReconcileRound) => void) | undefined
}

/** One look at the table. */
export interface ReconcileRound {
  /** What was done; undefined when the table could not be read. */
  readonly result: ApplyResult | undefined
  /** What went wrong: an {@link ApplyError} when steps failed. */
  readonly error: Error | undefined
  /** Seconds to the next look. */
  readonly pause: number
}

/** Keeps a table what it is to be, until it is stopped. */
export class Reconciler implements AsyncDisposable {
  /** Resolves when it has stopped, by {@link Reconciler.stop} or the signal. It never rejects. */
  readonly stopped: Promise<void>
  readonly #ipvs: TableClient
  readonly #options: CheckedOptions
  readonly #onRound: (round: ReconcileRound) => void
  readonly #stopping = new AbortController()
  readonly #backOff: BackOff
  #target: ResolvedState
  #wakeUp = new AbortController()

  /** @internal */
  constructor(ipvs: TableClient, desired: DesiredState, { onRound, ...options }: ReconcileOptions) {
    this.#ipvs = ipvs
    const { signal } = options
    this.#options = {
      ...checkOptions({ interval: 5, ...options, wait: false }),
      signal: signal === undefined ? this.#stopping.signal : AbortSignal.any([signal, this.#stopping.signal]),
    }
    this.#onRound = onRound ?? (() => undefined)
    this.#backOff = new BackOff(this.#options.interval)
    this.#target = resolveDesiredState(desired)
    this.stopped = this.#run()
  }

  /**
   * Keeps something else from now on. Waiting for what failed before begins anew.
   *
   * @throws {DesiredStateError} when it is not a desired state; then the old one stays.
   */
  update(desired: DesiredState): void {
    this.#target = resolveDesiredState(desired)
    this.#backOff.clear()
    this.#wakeUp.abort()
  }

  /** Stops. What has been sent is done; nothing is removed. Idempotent. */
  stop(): Promise<void> {
    this.#stopping.abort()
    return this.stopped
  }

  /** Stops at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #run(): Promise<void> {
    const { signal } = this.#options
    while (signal?.aborted !== true) {
      const wake = new AbortController()
      this.#wakeUp = wake
      const pause = await this.#runRound()
      const ends = signal === undefined ? wake.signal : AbortSignal.any([signal, wake.signal])
      await setTimeout(pause * 1000, undefined, { signal: ends }).catch(() => undefined)
    }
  }

  /** Looks at the table once; gives the seconds to the next look. */
  async #runRound(): Promise<number> {
    let result: ApplyResult | undefined
    let error: Error | undefined
    try {
      result = await applyState(this.#ipvs, this.#target, this.#options, this.#backOff)
    } catch (thrown) {
      if (this.#options.signal?.aborted === true) return 0
      error = thrown as Error
      result = error instanceof ApplyError ? error.result : undefined
    }
    const pause = this.#backOff.pauseAfter(error !== undefined && result === undefined)
    if (error !== undefined || (result !== undefined && result.steps.length > 0)) {
      this.#onRound({ result, error, pause })
    }
    return pause
  }
}
