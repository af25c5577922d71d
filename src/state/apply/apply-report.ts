import type { Step, StepKind } from '../model/step.ts'
import { type OwnershipConflict, OwnershipError } from '../ownership/ledger.ts'
import { type PendingRemoval, toDrainingDestinations } from '../plan/drain.ts'
import type { SkippedStep } from '../plan/plan-builder.ts'
import { ApplyError, type ApplyResult, type StepOutcome, type StepResult } from './apply-result.ts'
import { errorCode } from './race.ts'

/** The outcomes of one call so far. A step that a later round plans again appears once. */
export class ApplyReport {
  rounds = 0
  skipped: readonly SkippedStep[] = []
  draining: readonly PendingRemoval[] = []
  readonly warnings = new Set<string>()
  readonly #results = new Map<string, StepResult>()

  record(step: Step, outcome: StepOutcome, error?: Error): void {
    const key = stepKey(step)
    // A repeated step moves behind the steps taken in between.
    this.#results.delete(key)
    this.#results.set(key, { step, outcome, error })
  }

  /** The latest outcome of a step, from this round or an earlier one. */
  find(step: Step): StepResult | undefined {
    return this.#results.get(stepKey(step))
  }

  /** Whether a step on a destination has failed. */
  hasFailed(kind: StepKind, service: string, destination: string): boolean {
    return this.#results.get(formatKey(kind, service, destination, ''))?.outcome === 'failed'
  }

  /** Marks earlier failures that the new plan no longer contains: another process has done those steps. */
  markAlreadyDone(planned: readonly Step[]): void {
    const remaining = new Set(planned.map(stepKey))
    this.#change(
      'already-done',
      ({ step, outcome }) =>
        (outcome === 'failed' || outcome === 'not-attempted') && !remaining.has(stepKey(step)),
    )
  }

  /** Marks removals that failed because the service or destination no longer existed. */
  markAlreadyGone(): void {
    this.#change('already-done', ({ step, outcome, error }) => {
      const isGone = ['ESRCH', 'ENOENT'].includes(errorCode(error) ?? '')
      return outcome === 'failed' && step.kind.startsWith('remove') && isGone
    })
  }

  /** Marks the steps on a service that turned out to belong to another owner. */
  recordConflict(conflict: OwnershipConflict): void {
    this.#change(
      'failed',
      ({ step, outcome }) => step.service === conflict.service && outcome !== 'done',
      new OwnershipError([conflict]),
    )
  }

  /**
   * Returns the result.
   *
   * @throws {ApplyError} if a step failed.
   */
  finish(): ApplyResult {
    const { skipped, rounds } = this
    const result: ApplyResult = {
      steps: [...this.#results.values()],
      skipped,
      draining: toDrainingDestinations(this.draining),
      warnings: [...this.warnings],
      rounds,
    }
    if (result.steps.some(({ outcome }) => outcome === 'failed')) throw new ApplyError(result)
    return result
  }

  /** Records another outcome for the steps that a condition selects. */
  #change(outcome: StepOutcome, isSelected: (result: StepResult) => boolean, error?: Error): void {
    // A copy: `record` moves the entry to the end of the map, where an iteration over the map would meet it again.
    for (const { step } of [...this.#results.values()].filter(isSelected)) this.record(step, outcome, error)
  }
}

/** Identifies a step across rounds. */
export function stepKey({ kind, service, destination, command }: Step): string {
  if (command.command === 'startDaemon') return formatKey(kind, service, destination, command.daemon.role)
  const role = command.command === 'stopDaemon' ? String(command.role) : ''
  return formatKey(kind, service, destination, role)
}

function formatKey(kind: StepKind, service: string, destination: string, role: string): string {
  return `${kind} ${service} ${destination} ${role}`
}
