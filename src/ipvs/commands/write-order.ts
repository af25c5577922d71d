/** A write that depends on data that is read first. */
export interface OrderedReadModifyWrite<R, T> {
  /** The object that is written. Jobs with the same target run one after another, and each reads for itself. */
  readonly target: string
  /** The data that is read; jobs that wait for the same source at the same time share one read. */
  readonly source: string
  readonly read: () => Promise<R>
  /** Sends the write at once. The result settles when the write has ended. */
  readonly write: (reading: R) => Promise<T>
}

interface PendingReadModifyWrite {
  readonly target: string
  readonly source: string
  readonly read: () => Promise<unknown>
  /** Sends the write, and resolves when it has ended, even if it failed. */
  readonly proceed: (reading: PromiseSettledResult<unknown>) => Promise<void>
}

type Job = { readonly write: () => void } | { readonly merge: PendingReadModifyWrite }

/**
 * Keeps the writes of a client in the order of the calls, although some must read first. A write is sent at once unless a job
 * that reads first is waiting. Consecutive jobs read at the same time.
 */
export class WriteOrder {
  /** Whether commands that read first are waiting, so that a write must wait as well. */
  isBusy = false
  #jobs: Job[] = []

  /** Calls `write` after all earlier commands have been sent. */
  write<T>(write: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const proceed = () => void callAsync(write).then(resolve, reject)
      if (this.isBusy) this.#jobs.push({ write: proceed })
      else proceed()
    })
  }

  /** Reads, then writes. If the read fails, all jobs that share it reject with the same error. */
  readModifyWrite<R, T>({ target, source, read, write }: OrderedReadModifyWrite<R, T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const proceed = async (reading: PromiseSettledResult<unknown>) => {
        if (reading.status === 'rejected') return reject(reading.reason)
        await callAsync(() => write(reading.value as R)).then(resolve, reject)
      }
      this.#jobs.push({ merge: { target, source, read, proceed } })
      if (this.isBusy) return
      this.isBusy = true
      queueMicrotask(() => void this.#run())
    })
  }

  async #run(): Promise<void> {
    while (this.#jobs.length > 0) {
      const jobs = this.#jobs
      this.#jobs = []
      let row: PendingReadModifyWrite[] = []
      const targets = new Set<string>()
      for (const job of jobs) {
        if ('merge' in job) {
          if (targets.has(job.merge.target)) {
            await runGroup(row, true)
            row = []
            targets.clear()
          }
          row.push(job.merge)
          targets.add(job.merge.target)
        } else {
          await runGroup(row, false)
          row = []
          targets.clear()
          job.write()
        }
      }
      await runGroup(row, false)
    }
    this.isBusy = false
  }
}

/** Reads for a group of jobs, then lets them write in order; with `untilDone`, waits until all have ended. */
async function runGroup(row: readonly PendingReadModifyWrite[], untilDone: boolean): Promise<void> {
  if (row.length === 0) return
  const readings = new Map<string, Promise<unknown>>()
  for (const { source, read } of row) {
    if (!readings.has(source)) readings.set(source, callAsync(read))
  }
  const results = await Promise.allSettled(readings.values())
  const bySource = new Map([...readings.keys()].map((source, index) => [source, results[index]!]))
  const done = Promise.all(row.map(({ source, proceed }) => proceed(bySource.get(source)!)))
  if (untilDone) await done
}

/** Calls at once; turns an exception into a rejection. */
async function callAsync<T>(call: () => Promise<T>): Promise<T> {
  return call()
}
