import { readFileSync, writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Runs something within this process: seconds, peak resident memory while it ran, and how long the event loop was kept
 * from a timer that was due every `resolution` milliseconds (these included). Where everything is slow, one a millisecond
 * would be a good part of what is measured. No garbage is collected first: asked for often enough, that makes V8 forget code
 * that was not run between, and a process is warm no more.
 */
export async function measure(work, resolution = 10) {
  const delay = monitorEventLoopDelay({ resolution })
  delay.enable()
  // The sampler counts from its first tick on.
  await sleep(3 * resolution)
  forgetPeak()
  const start = process.hrtime.bigint()
  const result = await work()
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  const rssBytes = peak()
  // What kept the loop to the very end shows at the next tick.
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

/** Has the kernel take the peak of resident memory anew, from what is resident now. */
function forgetPeak() {
  writeFileSync('/proc/self/clear_refs', '5')
}

function peak() {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024
}
