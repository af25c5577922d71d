import { NetlinkError } from '../../errors.ts'
import { raceAbort } from '../../netlink/arguments/abort.ts'
import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { resolveDesiredState } from '../document/resolve-desired-state.ts'
import type { DesiredState } from '../model/desired-state.ts'
import type { ResolvedState } from '../model/resolved-state.ts'
import type { DrainingDestination } from '../plan/drain.ts'
import { checkOptions, type PlanOptions } from '../plan/options.ts'
import { type ApplyStateOptions, applyState } from './apply.ts'
import { ApplyError, type ApplyResult } from './apply-result.ts'
import { BackOff } from './back-off.ts'
import type { ClientContext } from './client-context.ts'
import { WakeableTimer } from './wakeable-timer.ts'

/** Options of {@link Ipvs.reconcile}. */
export interface ReconcileOptions extends PlanOptions {
  /** Seconds between two rounds. Default 5. */
  readonly interval?: number | undefined
  /**
   * Called after every round that took steps or failed. What it throws becomes a process warning, and the reconciler continues.
   * Default: a process warning when rounds begin to fail.
   */
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
  /** When the round ended, in milliseconds since 1970. */
  readonly time: number
}

/** A call that waits until the table is in the desired state. */
interface Waiter {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Keeps a table in the desired state until it is stopped or its client is closed. */
export class Reconciler implements AsyncDisposable {
  /**
   * Resolves when the reconciler has stopped: by {@link Reconciler.stop}, by the signal, or because the client was closed. Never
   * rejects.
   */
  readonly stopped: Promise<void>
  readonly #context: ClientContext
  readonly #options: ApplyStateOptions & { readonly signal: AbortSignal }
  readonly #onRound: ((round: ReconcileRound) => void) | undefined
  readonly #stopping = new AbortController()
  readonly #backOff: BackOff
  readonly #timer = new WakeableTimer()
  readonly #firstRound: Promise<void>
  readonly #waiters: Waiter[] = []
  #endFirstRound = () => {}
  #desired: ResolvedState
  #lastRound: ReconcileRound | undefined
  #isConverged = false

  /** @internal */
  constructor(context: ClientContext, desired: DesiredState, { onRound, ...options }: ReconcileOptions) {
    this.#context = context
    const checked = checkOptions({ interval: 5, ...options, wait: false })
    this.#backOff = new BackOff(checked.interval)
    this.#options = {
      ...checked,
      signal: this.#stopping.signal,
      isDelayed: (step) => this.#backOff.isDelayed(step),
    }
    this.#onRound = onRound
    this.#firstRound = new Promise((resolve) => {
      this.#endFirstRound = resolve
    })
    this.#desired = resolveDesiredState(desired)
    this.stopped = this.#run(checked.signal)
  }

  /** The last round that ended, whether it took steps or not; undefined before the first one. */
  get lastRound(): ReconcileRound | undefined {
    return this.#lastRound
  }

  /** The destinations that were draining at the end of the last round. */
  get draining(): readonly DrainingDestination[] {
    return this.#lastRound?.result?.draining ?? []
  }

  /**
   * Resolves when a round ends with the table in the desired state: every step succeeded or was unnecessary, and no destination
   * is draining. Resolves at once if that is true of the last round. Steps that `allow` or the ownership excludes do not count.
   *
   * @throws {NetlinkError} `ERR_LVS_CLOSED` if the reconciler stops before.
   */
  async converged({ signal }: CallOptions = {}): Promise<void> {
    signal?.throwIfAborted()
    if (this.#stopping.signal.aborted) throw stoppedError()
    if (this.#isConverged) return
    const next = new Promise<void>((resolve, reject) => this.#waiters.push({ resolve, reject }))
    await raceAbort(next, signal)
  }

  /**
   * Replaces the desired state and starts a round. Delays of steps that failed before are forgotten.
   *
   * @throws {DesiredStateError} if the document is not a valid desired state; the old one stays.
   */
  update(desired: DesiredState): void {
    this.#desired = resolveDesiredState(desired)
    this.#isConverged = false
    this.#backOff.clear()
    this.#timer.wake()
  }

  /** Stops. Commands that were already sent are executed; nothing is removed. Idempotent. */
  stop(): Promise<void> {
    this.#stopping.abort()
    this.#timer.wake()
    return this.stopped
  }

  /** Stops at the end of an `await using` block, but not before the first round has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#firstRound
    await this.stop()
  }

  async #run(callerSignal: AbortSignal | undefined): Promise<void> {
    // One listener for the whole life: signals that are combined anew each round stay registered with the caller's (Node.js 20).
    const stop = () => void this.stop()
    if (callerSignal?.aborted === true) this.#stopping.abort()
    callerSignal?.addEventListener('abort', stop, { once: true })
    const { signal } = this.#stopping
    while (!signal.aborted) {
      const seconds = await this.#runRound()
      this.#endFirstRound()
      if (!signal.aborted) await this.#timer.sleep(seconds * 1000)
    }
    callerSignal?.removeEventListener('abort', stop)
    this.#endFirstRound()
    for (const { reject } of this.#waiters.splice(0)) reject(stoppedError())
  }

  /** Runs a round; returns the seconds to the next one. */
  async #runRound(): Promise<number> {
    const desired = this.#desired
    let result: ApplyResult | undefined
    let error: Error | undefined
    try {
      result = await applyState(this.#context, desired, this.#options)
    } catch (thrown) {
      if (this.#stopping.signal.aborted) return 0
      error = thrown as Error
      result = error instanceof ApplyError ? error.result : undefined
    }
    if (isClosed(error)) {
      this.#stopping.abort()
      return 0
    }
    if (result !== undefined) this.#backOff.record(result.steps)
    const pause = this.#backOff.secondsAfter(result === undefined)
    const before = this.#lastRound
    this.#lastRound = { result, error, pause, time: Date.now() }
    this.#report(this.#lastRound, before)
    this.#isConverged = isDesired(result) && desired === this.#desired
    if (this.#isConverged) for (const { resolve } of this.#waiters.splice(0)) resolve()
    return pause
  }

  #report(round: ReconcileRound, before: ReconcileRound | undefined): void {
    const { error, pause, result } = round
    if (this.#onRound === undefined) {
      if (error === undefined || before?.error !== undefined) return
      process.emitWarning(`${error.message}; the reconciler retries in ${pause} s`, {
        type: 'ReconcileWarning',
      })
    } else if (error !== undefined || (result !== undefined && result.steps.length > 0)) {
      try {
        this.#onRound(round)
      } catch (thrown) {
        process.emitWarning(`onRound threw ${thrown}`, { type: 'ReconcileWarning', detail: stackOf(thrown) })
      }
    }
  }
}

function isDesired(result: ApplyResult | undefined): boolean {
  return (
    result !== undefined &&
    result.draining.length === 0 &&
    result.steps.every(({ outcome }) => outcome === 'done' || outcome === 'already-done') &&
    result.skipped.every(({ reason }) => reason !== 'last-destination')
  )
}

function isClosed(error: Error | undefined): boolean {
  return error instanceof NetlinkError && error.code === 'ERR_LVS_CLOSED'
}

function stoppedError(): NetlinkError {
  return new NetlinkError('ERR_LVS_CLOSED', 'The reconciler has stopped', 'unknown')
}

function stackOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? '') : ''
}
