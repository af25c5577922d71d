import { ArgumentTypeError } from '../../errors.ts'
import { KnownFields } from '../../netlink/arguments/known-fields.ts'
import { checkSeconds } from '../plan/options.ts'
import type { SharedPoller } from './shared-poller.ts'
import { diffTables, EMPTY_TABLE, type TableChange } from './table-changes.ts'

/** How a table is watched. */
export interface WatchOptions {
  /** Seconds from one reading to the next. Default 2, as often as the kernel brings its counters up to date. */
  readonly interval?: number | undefined
  /** Whether counters and rates that change are told too. Default false. */
  readonly rates?: boolean | undefined
  /** Whether to begin with everything that is there, as added. Default false. */
  readonly initial?: boolean | undefined
  /** Ends it: the iteration throws the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

const FIELDS = new KnownFields(['interval', 'rates', 'initial', 'signal'])

/** Checks the options at once, then watches as fast as changes are consumed. */
export function watchTable(
  poll: SharedPoller,
  options: WatchOptions,
): AsyncGenerator<TableChange, void, undefined> {
  FIELDS.check('options', options)
  const { interval = 2, rates = false, initial = false, signal } = options
  checkSeconds('interval', interval)
  for (const [field, value] of Object.entries({ rates, initial })) {
    if (typeof value !== 'boolean') throw new ArgumentTypeError(field, 'true or false', value)
  }
  return watchReadings(poll, { interval, rates, initial, signal })
}

interface CheckedWatch {
  readonly interval: number
  readonly rates: boolean
  readonly initial: boolean
  readonly signal: AbortSignal | undefined
}

async function* watchReadings(
  poll: SharedPoller,
  { interval, rates, initial, signal }: CheckedWatch,
): AsyncGenerator<TableChange, void, undefined> {
  let before = await poll.now(signal)
  if (initial) yield* diffTables({ ...EMPTY_TABLE, timeouts: before.timeouts }, before, { rates })
  for (;;) {
    const after = await poll.next(interval, signal)
    yield* diffTables(before, after, { rates })
    before = after
  }
}
