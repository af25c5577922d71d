import { pause } from './kernel.ts'

/** Asks until an answer is as it should be; after twenty seconds the last one is given back, to be looked at. */
export async function waitUntil<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  const end = Date.now() + 20_000
  for (;;) {
    const answer = await ask()
    if (holds(answer) || Date.now() > end) return answer
    await pause()
  }
}
