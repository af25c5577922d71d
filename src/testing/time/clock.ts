/** Something to be done when its time has come. */
interface Timer {
  readonly due: number
  /** Those due together run in the order in which they were set. */
  readonly order: number
  run: (() => void) | undefined
}

/** Time as the simulated kernel has it: it stands still unless it is moved. */
export class VirtualClock {
  #now = 0
  #timersSet = 0
  /** A binary heap. */
  readonly #timers: Timer[] = []

  /** Seconds since the kernel began. */
  get now(): number {
    return this.#now
  }

  /**
   * Lets seconds pass, with everything that happens in them: samples of counters every two, persistence that is forgotten,
   * connections that expire, removed destinations that are given up.
   */
  advance(seconds: number): void {
    const end = this.#now + seconds
    for (let next = this.#timers[0]; next !== undefined && next.due <= end; next = this.#timers[0]) {
      this.#removeFirst()
      if (next.run === undefined) continue
      this.#now = next.due
      next.run()
    }
    this.#now = end
  }

  /** Runs something in so many seconds; gives what takes it back. */
  after(seconds: number, run: () => void): () => void {
    const timer: Timer = { due: this.#now + seconds, order: this.#timersSet++, run }
    const timers = this.#timers
    let at = timers.push(timer) - 1
    for (let parent = (at - 1) >> 1; at > 0 && isBefore(timer, timers[parent]!); parent = (at - 1) >> 1) {
      timers[at] = timers[parent]!
      at = parent
    }
    timers[at] = timer
    return () => {
      timer.run = undefined
    }
  }

  #removeFirst(): void {
    const timers = this.#timers
    const last = timers.pop()!
    if (timers.length === 0) return
    let at = 0
    for (let child = 1; child < timers.length; child = 2 * at + 1) {
      if (child + 1 < timers.length && isBefore(timers[child + 1]!, timers[child]!)) child++
      if (!isBefore(timers[child]!, last)) break
      timers[at] = timers[child]!
      at = child
    }
    timers[at] = last
  }
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.due < other.due || (one.due === other.due && one.order < other.order)
}
