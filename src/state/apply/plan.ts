import type { Step } from '../model/step.ts'
import type { PlannedSteps } from '../plan/compute-plan.ts'
import type { DrainingDestination } from '../plan/drain.ts'
import type { ApplyOptions } from '../plan/options.ts'
import type { SkippedStep } from '../plan/plan-builder.ts'
import type { ApplyResult } from './apply-result.ts'

/** What may still be chosen when a plan is carried out. */
export type PlanApplyOptions = Pick<ApplyOptions, 'wait' | 'interval' | 'signal'>

/** What has to be done to make the table what it is to be. As text it is a list of its steps. */
export class Plan {
  /** The steps in the order in which they are taken: what adds or gives more before what lowers or removes. */
  readonly steps: readonly Step[]
  /** What would bring the table nearer to the document and is not done, and why. */
  readonly skipped: readonly SkippedStep[]
  /** Destinations that wait for the end of their connections, or are going to. */
  readonly draining: readonly DrainingDestination[]
  readonly #apply: (options: PlanApplyOptions) => Promise<ApplyResult>

  /** @internal */
  constructor(
    { steps, skipped: left, draining }: PlannedSteps,
    apply: (options: PlanApplyOptions) => Promise<ApplyResult>,
  ) {
    this.steps = steps
    this.skipped = left
    this.draining = draining
    this.#apply = apply
  }

  /** Whether nothing is to be done, now or later. */
  get isEmpty(): boolean {
    return this.steps.length === 0 && this.draining.length === 0
  }

  /**
   * Makes the table what it is to be. It is read and planned for again, since others may have changed it after the plan was
   * made: what they did is not done twice, and what they undid is done.
   *
   * @throws {OwnershipError} before anything is touched, when the document names what is somebody else's.
   * @throws {ApplyError} when steps failed; the others were taken.
   */
  apply(options: PlanApplyOptions = {}): Promise<ApplyResult> {
    return this.#apply(options)
  }

  /** One step a line; empty when nothing is to be done. */
  toString(): string {
    return this.steps.map(({ text }) => text).join('\n')
  }
}
