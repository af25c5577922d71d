import { ArgumentTypeError } from '../../errors.ts'
import type { Destination } from '../../ipvs/model/destination.ts'
import type { ResolvedServiceKey } from '../../ipvs/model/service-key.ts'
import { KnownFields } from '../../netlink/arguments/known-fields.ts'

/** How destinations are removed with care: their weight is taken away first. */
export interface Drain {
  /** Seconds after which a destination is removed although it still has connections. */
  readonly drain: number
  /**
   * Which connections are waited for. `active` (the default) are those in use; `all` are also those that are being opened or
   * closed, which linger for minutes after their end (TIME_WAIT; a client that closed its half first counts among them).
   */
  readonly count?: 'active' | 'all' | undefined
  /**
   * UDP has no end: its connections are gone when nothing came for `timeouts.udp` seconds. `now` (the default) does not wait
   * for those of UDP services, `drain` does, which takes `count: 'all'`.
   */
  readonly udp?: 'now' | 'drain' | undefined
}

/** A destination that has no weight any more and waits for the end of its connections. */
export interface DrainingDestination {
  /** Its virtual service as text. */
  readonly service: string
  /** The destination, as `192.0.2.10:80`. */
  readonly destination: string
  /** Connections that are waited for. */
  readonly connections: number
  /** When it is removed at the latest, in milliseconds since 1970. */
  readonly deadline: number
}

/** Since when destinations are waiting, by {@link drainKey}: their deadlines in milliseconds since 1970. */
export type Deadlines = ReadonlyMap<string, number>

const FIELDS = new KnownFields(['drain', 'count', 'udp'])
const ALLOWED = "'now' or { drain: seconds }"

/** Checks the option; undefined stands for removal at once. */
export function checkRemoval(removal: 'now' | Drain | undefined): Required<Drain> | undefined {
  if (removal === undefined || removal === 'now') return undefined
  if (typeof removal !== 'object' || removal === null)
    throw new ArgumentTypeError('removal', ALLOWED, removal)
  FIELDS.check('removal', removal)
  const { drain, count = 'active', udp = 'now' } = removal
  if (typeof drain !== 'number' || !(drain >= 0) || drain > 1e9) {
    throw new ArgumentTypeError('removal.drain', 'a number of seconds from 0 to 1000000000', drain)
  }
  for (const [field, value, words] of [
    ['removal.count', count, ['active', 'all']],
    ['removal.udp', udp, ['now', 'drain']],
  ] as const) {
    if (!words.some((word) => word === value)) throw new ArgumentTypeError(field, words.join(' or '), value)
  }
  return { drain, count, udp }
}

/** Between the service and the destination in what tells one draining destination from another. */
export const DRAIN_KEY_SEPARATOR = ' -> '

/** What tells one draining destination from another. */
export function drainKey(service: string, endpoint: string): string {
  return `${service}${DRAIN_KEY_SEPARATOR}${endpoint}`
}

/** What is to be done about a destination that is to go. */
export type DrainAction =
  | { readonly action: 'remove' }
  | { readonly action: 'drain' | 'wait'; readonly connections: number; readonly deadline: number }

/**
 * Says how far a destination that is to go has come. One whose weight was found to be 0 already, after a restart say, has its
 * time from then on. At least one reading lies between the loss of the weight and the removal: a connection may be on its way
 * in while the weight is taken away.
 */
export function nextDrainAction(
  { drain, count, udp }: Required<Drain>,
  { protocol }: ResolvedServiceKey,
  destination: Destination,
  known: number | undefined,
  now: number,
): DrainAction {
  if (protocol === 'udp' && udp === 'now') return { action: 'remove' }
  const { weight, activeConnections, inactiveConnections } = destination
  const connections = count === 'all' ? activeConnections + inactiveConnections : activeConnections
  const deadline = known ?? now + drain * 1000
  if (weight > 0) return now >= deadline ? { action: 'remove' } : { action: 'drain', connections, deadline }
  const isOver = now >= deadline || (known !== undefined && connections === 0)
  return isOver ? { action: 'remove' } : { action: 'wait', connections, deadline }
}
