// The process ends with code 7 while threads are at the given stage; only the threads load the addon.
import { Worker } from 'node:worker_threads'

const [stage, netns] = process.argv.slice(2)
let reached = 0
for (let i = 0; i < 4; i += 1) {
  const worker = new Worker(new URL('worker.mjs', import.meta.url), { workerData: { stopAt: stage, netns } })
  worker.on('message', (message) => {
    if (message === stage) reached += 1
    if (reached === 4) process.exit(7)
  })
}
