import { ArgumentTypeError } from '../../errors.ts'
import type { Destination } from '../../ipvs/model/destination.ts'
import type { ResolvedServiceKey } from '../../ipvs/model/service-key.ts'
import { KnownFields } from '../../netlink/arguments/check.ts'
import { toSystemTime } from '../../system/boot-clock.ts'

/** Draining: the weight of a destination is set to 0, and it is removed when its connections have ended. */
export interface Drain {
  /** Seconds after which a destination is removed even if it still has connections. */
  readonly drain: number
  /**
   * The connections to wait for. `active` (the default): connections in use. `all`: also connections that are being opened or
   * closed. These linger for minutes after their end (TIME_WAIT), and include connections that the client has half closed.
   */
  readonly count?: 'active' | 'all' | undefined
  /**
   * UDP connections have no end: they expire after `timeouts.udp` seconds without a packet. `now` (the default) removes
   * destinations of UDP services at once; `drain` waits for their connections, which requires `count: 'all'`.
   */
  readonly udp?: 'now' | 'drain' | undefined
  /**
   * The scheduler `dh` refuses the new clients of a draining destination, and has no fallback flag. `drain` (the default)
   * drains nevertheless, with a warning; `now` removes destinations of `dh` services at once, and so cuts their connections.
   */
  readonly dh?: 'drain' | 'now' | undefined
}

/** A destination with weight 0 that is removed when its connections have ended, as a caller sees it. */
export interface DrainingDestination {
  /** The virtual service as text. */
  readonly service: string
  /** The destination, as `192.0.2.10:80`. */
  readonly destination: string
  /** The connections that have not ended. */
  readonly connections: number
  /**
   * The latest time at which it is removed, in milliseconds since 1970 by the system time of the report. A later change of the
   * system time does not affect the drain.
   */
  readonly deadline: number
  /** Whether the service is removed with it, once all its destinations have drained. */
  readonly removesService: boolean
}

/** The same with its deadline on the monotonic clock, which a change of the system time does not affect. */
export interface PendingRemoval extends Omit<DrainingDestination, 'deadline'> {
  /** Milliseconds of {@link monotonicNow}. */
  readonly removeBy: number
}

/** Converts pending removals for a caller. */
export function toDrainingDestinations(removals: readonly PendingRemoval[]): DrainingDestination[] {
  return removals.map(({ removeBy, ...rest }) => ({ ...rest, deadline: toSystemTime(removeBy) }))
}

/** The deadlines of draining destinations by {@link drainKey}, in milliseconds of {@link monotonicNow}. */
export type Deadlines = ReadonlyMap<string, number>

const FIELDS = new KnownFields(['drain', 'count', 'udp', 'dh'])
const ACCEPTED = "'now' or { drain: seconds }"

/** Validates the option `removal`; undefined stands for `now`. */
export function checkRemoval(removal: 'now' | Drain | undefined): Required<Drain> | undefined {
  if (removal === undefined || removal === 'now') return undefined
  if (typeof removal !== 'object' || removal === null)
    throw new ArgumentTypeError('removal', ACCEPTED, removal)
  FIELDS.check('removal', removal)
  const { drain, count = 'active', udp = 'now', dh = 'drain' } = removal
  if (typeof drain !== 'number' || !(drain >= 0) || drain > 1e9) {
    throw new ArgumentTypeError('removal.drain', 'a number of seconds from 0 to 1000000000', drain)
  }
  for (const [field, value, accepted] of [
    ['removal.count', count, ['active', 'all']],
    ['removal.udp', udp, ['now', 'drain']],
    ['removal.dh', dh, ['drain', 'now']],
  ] as const) {
    if (!accepted.some((word) => word === value))
      throw new ArgumentTypeError(field, accepted.join(' or '), value)
  }
  return { drain, count, udp, dh }
}

const SEPARATOR = ' -> '

/** The key of a draining destination in {@link Deadlines}. */
export function drainKey(service: string, endpoint: string): string {
  return `${service}${SEPARATOR}${endpoint}`
}

/** The service and the endpoint of a key. */
export function parseDrainKey(key: string): { readonly service: string; readonly endpoint: string } {
  const [service = '', endpoint = ''] = key.split(SEPARATOR)
  return { service, endpoint }
}

/** The next action for a destination that is removed by draining. */
export type DrainAction =
  | { readonly action: 'remove' }
  | { readonly action: 'drain' | 'wait'; readonly connections: number; readonly deadline: number }

/**
 * Returns the next action. The deadline of a destination that already has weight 0, for example after a restart, counts from
 * now. The weight is always set to 0 at least one read before the removal, because a connection may arrive meanwhile.
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
