import { setTimeout } from 'node:timers/promises'
import { pause } from '../model/pause.ts'
import { readWholeTable } from '../model/read-table.ts'
import type { TableClient } from '../model/table-client.ts'
import type { CurrentTable } from '../model/target.ts'

/** Milliseconds that a timer may be late. */
const REUSE_MILLISECONDS = 100

/**
 * Readings of one client's table that all who watch it share. Everybody looks at multiples of his own interval, so that those
 * with the same interval, or with one that is a multiple of another's, are due at the same moment.
 */
export class SharedPoller {
  readonly #ipvs: TableClient
  /** When the last reading was due; it may be under way. */
  #due = Number.NEGATIVE_INFINITY
  #reading: Promise<CurrentTable> | undefined

  constructor(ipvs: TableClient) {
    this.#ipvs = ipvs
  }

  /** The table as it is now, within a millisecond. */
  now(signal: AbortSignal | undefined): Promise<CurrentTable> {
    return this.#read(Math.floor(performance.now()), signal)
  }

  /** The table at the next multiple of an interval in seconds. */
  async next(interval: number, signal: AbortSignal | undefined): Promise<CurrentTable> {
    const step = interval * 1000
    const now = performance.now()
    const due = (Math.floor(now / step) + 1) * step
    await pause(due - now, signal)
    return this.#read(due, signal)
  }

  /** Reads, unless somebody has since the moment in question. */
  #read(due: number, signal: AbortSignal | undefined): Promise<CurrentTable> {
    if (due > this.#due || this.#reading === undefined) {
      this.#due = due
      const reading = readWholeTable(this.#ipvs)
      this.#reading = reading
      // Who is due at the same moment may be an instant late. After that the table is not held on to.
      const forget = () => {
        if (this.#reading === reading) this.#reading = undefined
      }
      reading.then(() => setTimeout(REUSE_MILLISECONDS, undefined, { ref: false }).then(forget), forget)
    }
    return raceAbort(this.#reading, signal)
  }
}

async function raceAbort<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  signal.throwIfAborted()
  let stopListening = () => {}
  const aborted = new Promise<never>((_, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    stopListening = () => signal.removeEventListener('abort', abort)
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    stopListening()
  }
}
