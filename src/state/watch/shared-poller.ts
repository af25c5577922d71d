import { setTimeout } from 'node:timers/promises'
import { pause, raceAbort } from '../../netlink/arguments/abort.ts'
import { type CurrentTable, readTable, type TableClient } from '../model/table.ts'

/** Maximum delay of a timer in milliseconds. */
const REUSE_MILLISECONDS = 100

/**
 * Reads the table once for all watchers of a client. Watchers read at multiples of their interval, so that those with equal
 * intervals, or with one interval a multiple of the other, are due at the same moment.
 */
export class SharedPoller {
  readonly #client: TableClient
  /** The time at which the last read was due; it may be in progress. */
  #due = Number.NEGATIVE_INFINITY
  #reading: Promise<CurrentTable> | undefined

  constructor(client: TableClient) {
    this.#client = client
  }

  /** Reads the table now, to within a millisecond. */
  now(signal: AbortSignal | undefined): Promise<CurrentTable> {
    return this.#read(Math.floor(performance.now()), signal)
  }

  /** Reads the table at the next multiple of an interval in seconds. */
  async next(interval: number, signal: AbortSignal | undefined): Promise<CurrentTable> {
    const step = interval * 1000
    const now = performance.now()
    const due = (Math.floor(now / step) + 1) * step
    await pause(due - now, signal)
    return this.#read(due, signal)
  }

  /** Reads the table, unless a read was due at that time or later. */
  #read(due: number, signal: AbortSignal | undefined): Promise<CurrentTable> {
    if (due > this.#due || this.#reading === undefined) {
      this.#due = due
      const reading = readTable(this.#client)
      this.#reading = reading
      // The timers of watchers that are due together fire one after the other. After that the table can be garbage-collected.
      const forget = () => {
        if (this.#reading === reading) this.#reading = undefined
      }
      reading.then(() => setTimeout(REUSE_MILLISECONDS, undefined, { ref: false }).then(forget), forget)
    }
    return raceAbort(this.#reading, signal)
  }
}
