import { ArgumentTypeError } from '../../errors.ts'
import { KnownFields } from '../../netlink/arguments/check.ts'
import type { StepKind } from '../model/step.ts'
import type { NamedSet } from '../ownership/file-ledger.ts'
import type { OwnershipPredicate } from '../ownership/ledger.ts'
import { checkRemoval, type Drain } from './drain.ts'

/** Options of a plan. */
export interface PlanOptions {
  /**
   * Accepts the services that the caller owns: owned services that the document omits are removed, and services that the
   * predicate rejects are never changed. Without `owns` and `set` the caller owns the entries that this client created; other
   * services in the document are changed, but nothing is removed from them.
   */
  readonly owns?: OwnershipPredicate | undefined
  /** The caller owns the services that were created under a name. A file records them across restarts. */
  readonly set?: NamedSet | undefined
  /**
   * `keep` leaves the weights of existing destinations to another program, such as a health checker; new destinations get
   * the weight of the document. Default `set`.
   */
  readonly weights?: 'set' | 'keep' | undefined
  /**
   * The kinds of steps that are allowed; others are listed as skipped. `setFallback` and `clearFallback` are allowed with
   * `drainDestination` and with `updateService`. Default: all.
   */
  readonly allow?: readonly StepKind[] | undefined
  /** How destinations are removed: `now`, the default, or after their connections have ended. */
  readonly removal?: 'now' | Drain | undefined
  /** Aborts the call; commands that were already sent may be executed. */
  readonly signal?: AbortSignal | undefined
}

/** Options of applying a plan. */
export interface ApplyOptions extends PlanOptions {
  /**
   * Whether to wait until draining destinations have been removed. Without waiting, apply again later to remove the
   * destinations that are due. Default true.
   */
  readonly wait?: boolean | undefined
  /** Seconds between two checks of the connections. Default 1. */
  readonly interval?: number | undefined
}

/** Validated options with the defaults filled in. */
export interface CheckedOptions {
  readonly owns: OwnershipPredicate | undefined
  readonly set: NamedSet | undefined
  readonly keepWeights: boolean
  readonly allow: ReadonlySet<StepKind> | undefined
  readonly drain: Required<Drain> | undefined
  readonly signal: AbortSignal | undefined
  readonly wait: boolean
  readonly interval: number
}

const PLAN_FIELDS = ['owns', 'set', 'weights', 'allow', 'removal', 'signal'] as const
const FIELDS = new KnownFields([...PLAN_FIELDS, 'wait', 'interval'])
const KINDS = Object.keys({
  addService: true,
  updateService: true,
  removeService: true,
  addDestination: true,
  updateDestination: true,
  drainDestination: true,
  setFallback: true,
  clearFallback: true,
  removeDestination: true,
  setTimeouts: true,
  startDaemon: true,
  stopDaemon: true,
} satisfies Record<StepKind, true>)

/** Validates options and fills in the defaults. */
export function checkOptions(options: ApplyOptions): CheckedOptions {
  FIELDS.check('options', options)
  const { owns, set, weights = 'set', allow, removal, signal, wait = true, interval = 1 } = options
  if (owns !== undefined && typeof owns !== 'function') {
    throw new ArgumentTypeError('owns', 'a function that returns whether the caller owns a service', owns)
  }
  if (owns !== undefined && set !== undefined) {
    throw new ArgumentTypeError('set', 'omitted with `owns`: only one of them can define ownership', set)
  }
  if (weights !== 'set' && weights !== 'keep')
    throw new ArgumentTypeError('weights', "'set' or 'keep'", weights)
  if (typeof wait !== 'boolean') throw new ArgumentTypeError('wait', 'true or false', wait)
  checkSeconds('interval', interval)
  return {
    ...{ owns, set, signal, wait, interval },
    keepWeights: weights === 'keep',
    allow: checkAllow(allow),
    drain: checkRemoval(removal),
  }
}

/** Validates an interval in seconds. */
export function checkSeconds(field: string, seconds: unknown): number {
  if (typeof seconds === 'number' && seconds > 0 && seconds <= 86_400) return seconds
  throw new ArgumentTypeError(field, 'a number of seconds above 0, at most 86400', seconds)
}

function checkAllow(allow: readonly StepKind[] | undefined): ReadonlySet<StepKind> | undefined {
  if (allow === undefined) return undefined
  const accepted = `a list of kinds of step (${KINDS.join(', ')})`
  if (!Array.isArray(allow)) throw new ArgumentTypeError('allow', accepted, allow)
  for (const kind of allow as unknown[]) {
    if (!KINDS.includes(String(kind))) throw new ArgumentTypeError('allow', accepted, kind)
  }
  return new Set(allow)
}
