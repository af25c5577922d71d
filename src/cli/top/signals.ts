/** Signals that end a program that has something to put back first, with the exit status that a shell reports for them. */
const ENDING_SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 } as const

/** Exit status after the terminal is gone. */
export const HUNG_UP = ENDING_SIGNALS.SIGHUP
/** Exit status after Ctrl-C: in a terminal whose keys are read one by one it is a key and no signal. */
export const INTERRUPTED = ENDING_SIGNALS.SIGINT

/** Calls when one of them comes. Gives a function that leaves them alone again. */
export function onEndingSignal(end: (status: number) => void): () => void {
  const listeners = Object.entries(ENDING_SIGNALS).map(
    ([signal, status]) => [signal, () => end(status)] as const,
  )
  for (const [signal, listener] of listeners) process.on(signal, listener)
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener)
  }
}
