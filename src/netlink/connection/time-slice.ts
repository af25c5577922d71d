/** Milliseconds after which long work lets the event loop run. */
const MAXIMUM_MILLISECONDS = 1.5

/** Steps between two checks of the clock. */
const STEPS_PER_CHECK = 64

/** Measures how long work has blocked the event loop, so that it can pause in time. */
export class TimeSlice {
  #start = performance.now()
  #steps = 0

  /** Starts a new slice, after the event loop has run. */
  begin(): void {
    this.#start = performance.now()
    this.#steps = 0
  }

  /** Whether it is time to pause. */
  get isOver(): boolean {
    return performance.now() - this.#start > MAXIMUM_MILLISECONDS
  }

  /** Counts a step, and checks the clock from time to time. Returns false if it is time to pause. */
  continues(): boolean {
    this.#steps++
    return this.#steps % STEPS_PER_CHECK !== 0 || !this.isOver
  }
}
