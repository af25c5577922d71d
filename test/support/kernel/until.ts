import { pause } from './kernel.ts'

/** Polls until a value satisfies a condition, and returns it; returns the last value after twenty seconds. */
export async function waitUntil<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  const end = Date.now() + 20_000
  for (;;) {
    const answer = await ask()
    if (holds(answer) || Date.now() > end) return answer
    await pause()
  }
}
