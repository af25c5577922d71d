import type { Step } from '../model/step.ts'
import type { DrainingDestination } from '../plan/drain.ts'
import type { SkippedStep } from '../plan/plan-builder.ts'

/**
 * The outcome of a step:
 * - `done`: the kernel executed it.
 * - `already-done`: another process had already taken the step, or made it unnecessary.
 * - `reverted`: the step would have removed a draining destination, which another process or a newer document brought back.
 * - `not-attempted`: it was not sent, or had no effect, because a step that it depends on failed.
 * - `failed`: the kernel rejected it.
 */
export type StepOutcome = 'done' | 'already-done' | 'reverted' | 'not-attempted' | 'failed'

/** A step and its outcome. */
export interface StepResult {
  /** The step. */
  readonly step: Step
  /** The outcome. */
  readonly outcome: StepOutcome
  /** The reason, if it failed or was not attempted. */
  readonly error?: Error | undefined
}

/** The result of applying a desired state. */
export interface ApplyResult {
  /** All steps in the order in which they were taken. */
  readonly steps: readonly StepResult[]
  /** Steps that the desired state calls for and that were not taken, with the reason. */
  readonly skipped: readonly SkippedStep[]
  /** Destinations whose connections have not ended; empty if the call waited for them. */
  readonly draining: readonly DrainingDestination[]
  /** Sentences about steps that may not have the intended effect. */
  readonly warnings: readonly string[]
  /** Number of times that the table was read and planned: more than one if other processes changed it meanwhile. */
  readonly rounds: number
}

/** Some steps failed; the others were taken. Its `cause` is the first error. */
export class ApplyError extends Error {
  /** The class, for messages. */
  override readonly name = 'ApplyError'
  /** Constant. */
  readonly code = 'ERR_LVS_APPLY'
  // Private, so that logging the error does not print the whole table.
  readonly #result: ApplyResult

  constructor(result: ApplyResult) {
    const failed = result.steps.filter(({ outcome }) => outcome === 'failed')
    const [first] = failed
    super(
      `${failed.length} of ${result.steps.length} steps failed; the first is to ${first?.step.text}: ${first?.error?.message}`,
      { cause: first?.error },
    )
    this.#result = result
  }

  /** All steps with their outcomes. */
  get result(): ApplyResult {
    return this.#result
  }
}
