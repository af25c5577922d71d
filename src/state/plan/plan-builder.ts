import type { Step, StepKind } from '../model/step.ts'
import type { Ledger, OwnershipConflict } from '../ownership/ledger.ts'
import type { Drain, PendingRemoval } from './drain.ts'

/** The rules of a plan besides the two tables. */
export interface PlanRules {
  readonly ledger: Pick<Ledger, 'claim' | 'owns' | 'ownsDaemon' | 'explain' | 'deadlines'>
  /** Whether another program sets the weights of existing destinations. */
  readonly keepWeights: boolean
  /** The kinds of steps that are allowed; undefined for all. */
  readonly allow: ReadonlySet<StepKind> | undefined
  /** How destinations are drained; undefined removes them at once. */
  readonly drain: Required<Drain> | undefined
  /** Milliseconds since 1970. */
  readonly now: number
}

/** A step that the desired state requires but that is not taken. */
export interface SkippedStep {
  /** The step. */
  readonly step: Step
  /**
   * The reason. `not-owned`: it would remove an entry that the caller does not own; `not-allowed`: its kind is not allowed;
   * `last-destination`: it would leave a service without a destination because the replacement is missing.
   */
  readonly reason: 'not-owned' | 'not-allowed' | 'last-destination'
}

/** Collects the steps of a plan by phase. The phases are in the order in which they are executed. */
export class PlanBuilder {
  readonly rules: PlanRules
  /** Stops daemons, sets timeouts. */
  readonly preparations: Step[] = []
  /** Adds services and destinations, and changes that do not lower a weight. */
  readonly additions: Step[] = []
  /** Lowers weights. */
  readonly weightReductions: Step[] = []
  readonly destinationRemovals: Step[] = []
  /** Clears fallback flags that drains had set. */
  readonly fallbackRemovals: Step[] = []
  readonly serviceRemovals: Step[] = []
  /** Starts daemons: the kernel refuses them while a destination has another family than its service. */
  readonly daemonStarts: Step[] = []
  readonly skipped: SkippedStep[] = []
  readonly draining: PendingRemoval[] = []
  /** The services whose fallback flag is set because destinations drain, although the document does not set it. */
  readonly fallbacks = new Set<string>()
  /** Sentences about consequences of the plan. */
  readonly warnings: string[] = []
  readonly conflicts: OwnershipConflict[] = []

  constructor(rules: PlanRules) {
    this.rules = rules
  }
}
