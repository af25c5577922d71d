import type { Step, StepKind } from '../model/step.ts'
import type { Ownership, OwnershipConflict } from '../ownership/ownership.ts'
import type { Deadlines, Drain, DrainingDestination } from './drain.ts'

/** What a plan has to go by besides the two tables. */
export interface PlanRules {
  readonly ownership: Ownership
  /** Whether the weights of destinations that exist are somebody else's. */
  readonly keepWeights: boolean
  /** The kinds of step that are allowed; undefined for all. */
  readonly allow: ReadonlySet<StepKind> | undefined
  /** How destinations are removed; undefined for at once. */
  readonly drain: Required<Drain> | undefined
  /** The destinations that are draining already. */
  readonly deadlines: Deadlines
  /** Milliseconds since 1970. */
  readonly now: number
}

/** A step that would bring the table nearer to what is desired, and is not taken. */
export interface SkippedStep {
  /** The step. */
  readonly step: Step
  /**
   * Why: `not-owned`, it would remove what the caller has not made; `not-allowed`, its kind is not among those that are
   * allowed; `last-destination`, it would leave a service without a destination, because what was to replace it is not
   * there.
   */
  readonly reason: 'not-owned' | 'not-allowed' | 'last-destination'
}

/** Steps of a plan as they are found. */
export class PlanBuilder {
  /** What makes room: daemons that end, timeouts. */
  readonly first: Step[] = []
  /** What adds, or gives more. */
  readonly additive: Step[] = []
  /** What takes weight away. */
  readonly weightReductions: Step[] = []
  /** Destinations that go. */
  readonly destinationRemovals: Step[] = []
  /** Services that go. */
  readonly serviceRemovals: Step[] = []
  /** Daemons that begin. */
  readonly last: Step[] = []
  readonly draining: DrainingDestination[] = []
  readonly skipped: SkippedStep[] = []
  readonly conflicts: OwnershipConflict[] = []
}
