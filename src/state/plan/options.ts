import { ArgumentTypeError } from '../../errors.ts'
import { KnownFields } from '../../netlink/arguments/known-fields.ts'
import type { StepKind } from '../model/step.ts'
import type { OwnershipPredicate } from '../ownership/ownership.ts'
import type { NamedSet } from '../ownership/set-ledger.ts'
import { checkRemoval, type Drain } from './drain.ts'

/** What a plan may do. */
export interface PlanOptions {
  /**
   * Which services are the caller's: what of these the document does not name is removed, and no other is touched. Without
   * `owns` and `set` the caller owns what this client has made; other services that the document names are changed, but
   * nothing of them is removed.
   */
  readonly owns?: OwnershipPredicate | undefined
  /** The caller's services are those that were made under a name, which is remembered across restarts in a file. */
  readonly set?: NamedSet | undefined
  /**
   * `keep` leaves the weights of destinations that exist to somebody else, such as health checks; new ones get theirs.
   * Default `set`.
   */
  readonly weights?: 'set' | 'keep' | undefined
  /** The kinds of step that are allowed; the others are listed as left alone. Default: all. */
  readonly allow?: readonly StepKind[] | undefined
  /** How destinations are removed: `now`, the default, or after their connections have ended. */
  readonly removal?: 'now' | Drain | undefined
  /** Gives up; what has been sent by then may be done. */
  readonly signal?: AbortSignal | undefined
}

/** How a plan is carried out. */
export interface ApplyOptions extends PlanOptions {
  /**
   * Whether to wait until destinations that lose their connections first are gone. Without waiting, apply again later: what
   * is due by then is removed. Default true.
   */
  readonly wait?: boolean | undefined
  /** Seconds from one look at connections to the next. Default 1. */
  readonly interval?: number | undefined
}

/** Options with nothing left open. */
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
  removeDestination: true,
  setTimeouts: true,
  startDaemon: true,
  stopDaemon: true,
} satisfies Record<StepKind, true>)

/** Checks options and fills in what they leave open. */
export function checkOptions(options: ApplyOptions): CheckedOptions {
  FIELDS.check('options', options)
  const { owns, set, weights = 'set', allow, removal, signal, wait = true, interval = 1 } = options
  if (owns !== undefined && typeof owns !== 'function') {
    throw new ArgumentTypeError('owns', 'a function that says of a service whether it is the caller’s', owns)
  }
  if (owns !== undefined && set !== undefined) {
    throw new ArgumentTypeError('set', 'left out with `owns`: one of them says what is the caller’s', set)
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

/** Checks a time between two looks, in seconds. */
export function checkSeconds(field: string, seconds: unknown): number {
  if (typeof seconds === 'number' && seconds > 0 && seconds <= 86_400) return seconds
  throw new ArgumentTypeError(field, 'a number of seconds above 0, at most 86400', seconds)
}

function checkAllow(allow: readonly StepKind[] | undefined): ReadonlySet<StepKind> | undefined {
  if (allow === undefined) return undefined
  const allowed = `a list of kinds of step (${KINDS.join(', ')})`
  if (!Array.isArray(allow)) throw new ArgumentTypeError('allow', allowed, allow)
  for (const kind of allow as unknown[]) {
    if (!KINDS.includes(String(kind))) throw new ArgumentTypeError('allow', allowed, kind)
  }
  return new Set(allow)
}
