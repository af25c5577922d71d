import { readFileSync, writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Measures a function in this process: seconds, peak resident memory meanwhile, and the delay of a timer that was due every
 * `resolution` milliseconds (these included). On slow machines a timer every millisecond would distort the result. Garbage is
 * not collected before: frequent forced collections make V8 discard the code that was not run in between, and the process would
 * no longer be warm.
 */
export async function measure(work, resolution = 10) {
  const delay = monitorEventLoopDelay({ resolution })
  delay.enable()
  // The sampler measures from its first tick on.
  await sleep(3 * resolution)
  forgetPeak()
  const start = process.hrtime.bigint()
  const result = await work()
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  const rssBytes = peak()
  // A delay at the very end becomes visible at the next tick.
  await sleep(2 * resolution)
  delay.disable()
  return {
    result,
    sample: {
      seconds,
      rssBytes,
      loopDelayMs: delay.max / 1e6,
      loopDelayP99Ms: delay.percentile(99) / 1e6,
    },
  }
}

/** Makes the kernel reset the peak of resident memory to the current value. */
function forgetPeak() {
  writeFileSync('/proc/self/clear_refs', '5')
}

function peak() {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024
}
