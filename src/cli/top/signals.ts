/** Signals on which the program restores the terminal and exits, with the exit status that a shell reports for them. */
const ENDING_SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 } as const

/** Exit status after the terminal was closed. */
export const HUNG_UP = ENDING_SIGNALS.SIGHUP
/** Exit status after Ctrl-C, which in raw mode is a key and sends no signal. */
export const INTERRUPTED = ENDING_SIGNALS.SIGINT

/** Calls `end` on the first of these signals. Returns a function that removes the handlers. */
export function onEndingSignal(end: (status: number) => void): () => void {
  const listeners = Object.entries(ENDING_SIGNALS).map(
    ([signal, status]) => [signal, () => end(status)] as const,
  )
  for (const [signal, listener] of listeners) process.on(signal, listener)
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener)
  }
}
