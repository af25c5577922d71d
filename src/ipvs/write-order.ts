/** A write that builds on a reading. */
interface Merge {
  /** What is read; merges that wait together for the same share one reading. */
  readonly subject: string
  readonly read: () => Promise<unknown>
  readonly proceed: (reading: PromiseSettledResult<unknown>) => void
}

type Job = { readonly write: () => void } | { readonly merge: Merge }

/**
 * Keeps the writes of one client in the order in which they were asked for, although some of them must read first. While
 * nothing has to be read, a write is handed on at once. Merges that follow one another read at the same time, and those
 * of one subject read once and build on each other.
 */
export class WriteOrder {
  #jobs: Job[] = []
  #running = false

  /** Whether merges are waiting, so that a write has to wait as well. */
  get busy(): boolean {
    return this.#running
  }

  /** Calls `write` when the merges asked for before it have been handed on. */
  write<T>(write: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const proceed = () => {
        try {
          resolve(write())
        } catch (error) {
          reject(error)
        }
      }
      if (this.#running) this.#jobs.push({ write: proceed })
      else proceed()
    })
  }

  /**
   * Reads, then calls `write` with what was read. The reading may be shared: `write` may change it, to show later merges
   * what this one has made of it. A failed reading rejects all that share it with the same error.
   */
  merge<R, T>(subject: string, read: () => Promise<R>, write: (reading: R) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const proceed = (reading: PromiseSettledResult<unknown>) => {
        try {
          if (reading.status === 'rejected') reject(reading.reason)
          else resolve(write(reading.value as R))
        } catch (error) {
          reject(error)
        }
      }
      this.#jobs.push({ merge: { subject, read, proceed } })
      if (this.#running) return
      this.#running = true
      queueMicrotask(() => void this.#run())
    })
  }

  async #run(): Promise<void> {
    while (this.#jobs.length > 0) {
      const jobs = this.#jobs
      this.#jobs = []
      let merges: Merge[] = []
      for (const job of jobs) {
        if ('merge' in job) {
          merges.push(job.merge)
          continue
        }
        await proceedTogether(merges)
        merges = []
        job.write()
      }
      await proceedTogether(merges)
    }
    this.#running = false
  }
}

/** Reads for a row of merges, then lets them write, in order. */
async function proceedTogether(merges: readonly Merge[]): Promise<void> {
  if (merges.length === 0) return
  const readings = new Map<string, Promise<unknown>>()
  for (const { subject, read } of merges) {
    if (!readings.has(subject)) readings.set(subject, read())
  }
  const results = await Promise.allSettled(readings.values())
  const bySubject = new Map([...readings.keys()].map((subject, index) => [subject, results[index]!]))
  for (const { subject, proceed } of merges) proceed(bySubject.get(subject)!)
}
