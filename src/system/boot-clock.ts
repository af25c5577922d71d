import { readFile } from 'node:fs/promises'

/**
 * Milliseconds on CLOCK_MONOTONIC, which no change of the system time affects. All processes read the same value, but it starts
 * anew when the machine boots: store it together with {@link readBootId}.
 */
export function monotonicNow(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000
}

/** Identifies the boot of the machine (random(4)); empty if the system does not say. */
export async function readBootId(): Promise<string> {
  try {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
  } catch {
    return ''
  }
}

/** Converts a time on the monotonic clock to milliseconds since 1970, by the current system time. */
export function toSystemTime(monotonic: number): number {
  return Math.round(Date.now() + monotonic - monotonicNow())
}
