/** A pause that another call can end early. It keeps the process alive while it lasts. */
export class WakeableTimer {
  #isWoken = false
  #resolve: (() => void) | undefined

  /** Resolves after this time, or as soon as {@link wake} is called, or at once if it was called since the last pause. */
  async sleep(milliseconds: number): Promise<void> {
    if (!this.#isWoken) {
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>((resolve) => {
        this.#resolve = resolve
        timer = setTimeout(resolve, milliseconds)
      })
      clearTimeout(timer)
      this.#resolve = undefined
    }
    this.#isWoken = false
  }

  /** Ends the current pause, or the next one. */
  wake(): void {
    this.#isWoken = true
    this.#resolve?.()
  }
}
