/** Milliseconds after which long work lets the event loop go round. */
const MAXIMUM_MILLISECONDS = 1.5

/** Steps between two looks at the clock. */
const STEPS_PER_CHECK = 64

/** How long one piece of work has held up the event loop, so that it can stop in time. */
export class TimeSlice {
  #start = 0
  #steps = 0

  /** Begins anew: the event loop has just gone round. */
  begin(): void {
    this.#start = performance.now()
    this.#steps = 0
  }

  /** Whether it is time to let go. */
  get isOver(): boolean {
    return performance.now() - this.#start > MAXIMUM_MILLISECONDS
  }

  /** Counts a step, and now and then looks at the clock. */
  continues(): boolean {
    this.#steps++
    return this.#steps % STEPS_PER_CHECK !== 0 || !this.isOver
  }
}
