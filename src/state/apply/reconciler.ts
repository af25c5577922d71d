import { setTimeout } from 'node:timers/promises'
import { resolveDesiredState } from '../document/resolve-desired-state.ts'
import type { DesiredState } from '../model/desired-state.ts'
import type { ResolvedState } from '../model/resolved-state.ts'
import { checkOptions, type PlanOptions } from '../plan/options.ts'
import { type ApplyStateOptions, applyState } from './apply.ts'
import { ApplyError, type ApplyResult } from './apply-result.ts'
import { BackOff } from './back-off.ts'
import type { ClientContext } from './client-context.ts'

/** Options of {@link Ipvs.reconcile}. */
export interface ReconcileOptions extends PlanOptions {
  /** Seconds between two rounds. Default 5. */
  readonly interval?: number | undefined
  /** Called after every round that took steps or failed. It must not throw. */
  readonly onRound?: ((round: ReconcileRound) => void) | undefined
}

/** A round: the table was read and corrected where it differed. */
export interface ReconcileRound {
  /** The steps and their outcomes; undefined if the table could not be read. */
  readonly result: ApplyResult | undefined
  /** The error: an {@link ApplyError} if steps failed. */
  readonly error: Error | undefined
  /** Seconds to the next round. */
  readonly pause: number
}

/** Keeps a table in the desired state until it is stopped. */
export class Reconciler implements AsyncDisposable {
  /** Resolves when the reconciler has stopped, by {@link Reconciler.stop} or the signal. Never rejects. */
  readonly stopped: Promise<void>
  readonly #context: ClientContext
  readonly #options: ApplyStateOptions & { readonly signal: AbortSignal }
  readonly #onRound: (round: ReconcileRound) => void
  readonly #stopping = new AbortController()
  readonly #backOff: BackOff
  #desired: ResolvedState
  #wakeUp = new AbortController()

  /** @internal */
  constructor(context: ClientContext, desired: DesiredState, { onRound, ...options }: ReconcileOptions) {
    this.#context = context
    const checked = checkOptions({ interval: 5, ...options, wait: false })
    this.#backOff = new BackOff(checked.interval)
    this.#options = {
      ...checked,
      signal: AbortSignal.any([
        this.#stopping.signal,
        ...(checked.signal === undefined ? [] : [checked.signal]),
      ]),
      isDelayed: (step) => this.#backOff.isDelayed(step),
    }
    this.#onRound = onRound ?? (() => undefined)
    this.#desired = resolveDesiredState(desired)
    this.stopped = this.#run()
  }

  /**
   * Replaces the desired state and starts a round. Delays of steps that failed before are forgotten.
   *
   * @throws {DesiredStateError} if the document is not a valid desired state; the old one stays.
   */
  update(desired: DesiredState): void {
    this.#desired = resolveDesiredState(desired)
    this.#backOff.clear()
    this.#wakeUp.abort()
  }

  /** Stops. Commands that were already sent are executed; nothing is removed. Idempotent. */
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
    while (!signal.aborted) {
      const wakeUp = new AbortController()
      this.#wakeUp = wakeUp
      const seconds = await this.#runRound()
      const either = AbortSignal.any([signal, wakeUp.signal])
      await setTimeout(seconds * 1000, undefined, { signal: either }).catch(() => undefined)
    }
  }

  /** Runs a round; returns the seconds to the next one. */
  async #runRound(): Promise<number> {
    let result: ApplyResult | undefined
    let error: Error | undefined
    try {
      result = await applyState(this.#context, this.#desired, this.#options)
    } catch (thrown) {
      if (this.#options.signal.aborted) return 0
      error = thrown as Error
      result = error instanceof ApplyError ? error.result : undefined
    }
    if (result !== undefined) this.#backOff.record(result.steps)
    const pause = this.#backOff.secondsAfter(result === undefined)
    if (error !== undefined || (result !== undefined && result.steps.length > 0)) {
      this.#onRound({ result, error, pause })
    }
    return pause
  }
}
