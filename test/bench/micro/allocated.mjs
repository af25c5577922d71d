import { PerformanceObserver } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../statistics.mjs'

const TRIES = 5

/**
 * Bytes that a piece of work allocates on V8's heap. The process needs a young generation that can hold them all, because bytes
 * that were collected meanwhile cannot be counted.
 */
export async function allocated(work) {
  let collections = 0
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length
  })
  const counts = []
  for (let attempt = 0; attempt < TRIES; attempt++) {
    globalThis.gc()
    await sleep(10)
    observer.observe({ entryTypes: ['gc'] })
    collections = 0
    const before = process.memoryUsage().heapUsed
    await work()
    const after = process.memoryUsage().heapUsed
    await sleep(10)
    observer.disconnect()
    if (collections === 0) counts.push(after - before)
  }
  return counts.length === 0 ? Number.NaN : median(counts)
}
