import type { Step, StepKind } from '../model/step.ts'
import { OwnershipError } from '../ownership/ownership.ts'
import type { DrainingDestination } from '../plan/drain.ts'
import type { SkippedStep } from '../plan/plan-builder.ts'
import type { BackOff } from './back-off.ts'
import { lostRace } from './race.ts'

/**
 * What became of a step:
 * - `done`: the kernel has taken it.
 * - `overtaken`: somebody else had done it by then, or made it unnecessary.
 * - `undone`: the destination was to be removed after its connections had ended, and has been brought back meanwhile.
 * - `skipped`: not sent, or of no use, because what it needs has failed.
 * - `failed`: the kernel has refused it.
 */
export type StepOutcome = 'done' | 'overtaken' | 'undone' | 'skipped' | 'failed'

/** A step and what became of it. */
export interface StepResult {
  /** The step. */
  readonly step: Step
  /** What became of it. */
  readonly outcome: StepOutcome
  /** Why it failed or was skipped. */
  readonly error?: Error | undefined
}

/** What applying a desired state has done. */
export interface ApplyResult {
  /** Every step, in the order in which they were taken. */
  readonly steps: readonly StepResult[]
  /** What would bring the table nearer to the document and was not done, and why. */
  readonly skipped: readonly SkippedStep[]
  /** Destinations without weight whose connections have not ended; empty if that was waited for. */
  readonly draining: readonly DrainingDestination[]
  /** What was done and may not have the effect that is hoped for, a sentence each. */
  readonly warnings: readonly string[]
  /** How often the table was read and planned for: more than once when others changed it meanwhile. */
  readonly rounds: number
}

/** Some steps failed; the others were taken. Its `cause` is the first error. */
export class ApplyError extends Error {
  /** The class, for messages. */
  override readonly name = 'ApplyError'
  /** Constant. */
  readonly code = 'ERR_LVS_APPLY'
  // Private, so that a log of the error does not print the whole table.
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

  /** Every step with what became of it. */
  get result(): ApplyResult {
    return this.#result
  }
}

/** What became of the steps so far. A step that is planned once more counts once. */
export class ApplyReport {
  readonly #results = new Map<string, StepResult>()
  skipped: readonly SkippedStep[] = []
  draining: readonly DrainingDestination[] = []
  readonly warnings = new Set<string>()
  rounds = 0
  readonly #backOff: BackOff | undefined

  constructor(backOff?: BackOff) {
    this.#backOff = backOff
  }

  /** Whether a step failed lately and is not to be tried yet. */
  isBackingOff(step: Step): boolean {
    return this.#backOff?.isWaiting(keyOf(step)) === true
  }

  record(step: Step, outcome: StepOutcome, error?: Error): void {
    const key = keyOf(step)
    // What comes again has its place behind what was done in between.
    this.#results.delete(key)
    this.#results.set(key, { step, outcome, error })
  }

  /** What became of a step in an earlier round. */
  get(step: Step): StepResult | undefined {
    return this.#results.get(keyOf(step))
  }

  /** Whether a step about a destination has failed. */
  hasFailed(kind: StepKind, service: string, destination: string): boolean {
    return this.#results.get(keyFor(kind, service, destination, ''))?.outcome === 'failed'
  }

  /** Steps that failed or were skipped and are in no plan any more: somebody else has done them. */
  markAlreadyDone(planned: readonly Step[]): void {
    const still = new Set(planned.map(keyOf))
    for (const [key, { step, outcome }] of this.#results) {
      if ((outcome === 'failed' || outcome === 'skipped') && !still.has(key)) this.record(step, 'overtaken')
    }
  }

  /** Removals that failed because nothing was there any more: somebody else has removed it. */
  markAlreadyGone(): void {
    for (const { step, outcome, error } of this.#results.values()) {
      const code = (error as { code?: string } | undefined)?.code
      if (outcome === 'failed' && step.kind.startsWith('remove') && (code === 'ESRCH' || code === 'ENOENT')) {
        this.record(step, 'overtaken')
      }
    }
  }

  /** Notes that a service turned out to be somebody else's on the way. */
  recordConflict(service: string, explanation: string): void {
    const error = new OwnershipError([{ service, explanation }])
    for (const { step, outcome } of this.#results.values()) {
      if (step.service === service && outcome !== 'done') this.record(step, 'failed', error)
    }
  }

  /** The result; throws it when a step has failed. */
  finish(): ApplyResult {
    const { skipped, draining, warnings, rounds } = this
    for (const [key, { step, outcome, error }] of this.#backOff === undefined ? [] : this.#results) {
      // Who was overtaken by others again and again is right to try again at once: they may have stopped.
      const isRefused = outcome === 'failed' && (error === undefined || !lostRace(step.command, error))
      if (isRefused) this.#backOff?.fail(key)
      else if (outcome !== 'skipped') this.#backOff?.succeed(key)
    }
    const result = { steps: [...this.#results.values()], skipped, draining, warnings: [...warnings], rounds }
    if (result.steps.some(({ outcome }) => outcome === 'failed')) throw new ApplyError(result)
    return result
  }
}

function keyOf({ kind, service, destination, command }: Step): string {
  if (command.command === 'startDaemon') return keyFor(kind, service, destination, command.daemon.role)
  return keyFor(kind, service, destination, command.command === 'stopDaemon' ? String(command.role) : '')
}

function keyFor(kind: StepKind, service: string, destination: string, role: string): string {
  return `${kind} ${service} ${destination} ${role}`
}
