/** A function that is called at a set time. */
interface Timer {
  readonly due: number
  /** Timers due at the same time run in the order in which they were set. */
  readonly order: number
  run: (() => void) | undefined
}

/** The clock of the simulated kernel, which stands still until a test advances it. */
export class VirtualClock {
  #now = 0
  #timersSet = 0
  /** A binary heap. */
  readonly #timers: Timer[] = []

  /** Seconds since the kernel started. */
  get now(): number {
    return this.#now
  }

  /**
   * Advances the clock by seconds and processes all events in between: counters are sampled every two seconds, connections and
   * persistence templates expire, and removed destinations are discarded.
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

  /** Calls a function after some seconds. Returns a function that cancels the call. */
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
