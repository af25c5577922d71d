import { ArgumentTypeError } from '../../errors.ts'
import { KnownFields } from '../../netlink/arguments/check.ts'
import { EMPTY_TABLE } from '../model/table.ts'
import { checkSeconds } from '../plan/options.ts'
import type { SharedPoller } from './shared-poller.ts'
import { diffTables, type TableChange } from './table-changes.ts'

/** Options of {@link Ipvs.watch}. */
export interface WatchOptions {
  /** Seconds between two reads. Default 2, the period in which the kernel updates its counters. */
  readonly interval?: number | undefined
  /** Whether to report changes of counters and rates. Default false. */
  readonly rates?: boolean | undefined
  /** Whether to report the existing entries as added first. Default false. */
  readonly initial?: boolean | undefined
  /** Ends the iteration, which throws the reason of the signal. */
  readonly signal?: AbortSignal | undefined
}

const FIELDS = new KnownFields(['interval', 'rates', 'initial', 'signal'])

/** Validates the options at once, then reads only as fast as the changes are consumed. */
export function watchTable(
  poller: SharedPoller,
  options: WatchOptions,
): AsyncGenerator<TableChange, void, undefined> {
  FIELDS.check('options', options)
  const { interval = 2, rates = false, initial = false, signal } = options
  checkSeconds('interval', interval)
  for (const [field, value] of Object.entries({ rates, initial })) {
    if (typeof value !== 'boolean') throw new ArgumentTypeError(field, 'true or false', value)
  }
  return watchReadings(poller, { interval, rates, initial, signal })
}

interface CheckedWatchOptions {
  readonly interval: number
  readonly rates: boolean
  readonly initial: boolean
  readonly signal: AbortSignal | undefined
}

async function* watchReadings(
  poller: SharedPoller,
  { interval, rates, initial, signal }: CheckedWatchOptions,
): AsyncGenerator<TableChange, void, undefined> {
  let before = await poller.now(signal)
  if (initial) yield* diffTables({ ...EMPTY_TABLE, timeouts: before.timeouts }, before, { rates })
  for (;;) {
    const after = await poller.next(interval, signal)
    yield* diffTables(before, after, { rates })
    before = after
  }
}
