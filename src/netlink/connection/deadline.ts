/** A limit of time for one thing after another. One timer serves them all; it keeps the process alive only meanwhile. */
export class Deadline {
  readonly #milliseconds: number
  #timer: NodeJS.Timeout | undefined
  #expire: (() => void) | undefined

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds
  }

  /** The result, at once where it is there; undefined when it takes longer from now on than allowed. */
  withTimeout<T>(result: T | Promise<T>): T | Promise<T | undefined> {
    return result instanceof Promise ? this.#wait(result) : result
  }

  #wait<T>(result: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const expire = () => resolve(undefined)
      const settled = () => {
        if (this.#expire === expire) this.#timer?.unref()
      }
      this.#start(expire)
      result.then(resolve, reject)
      result.then(settled, settled)
    })
  }

  /** Lets go of the timer. What is held then is held without limit. */
  clear(): void {
    clearTimeout(this.#timer)
  }

  #start(expire: () => void): void {
    this.#expire = expire
    if (this.#timer === undefined) this.#timer = setTimeout(() => this.#expire?.(), this.#milliseconds)
    else this.#timer.refresh().ref()
  }
}
