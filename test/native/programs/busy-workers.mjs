// Terminates workers in the middle of each kind of call. The test passes if the process survives.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

const program = new URL('busy-worker.mjs', import.meta.url)
const ROUNDS = 6

async function terminate(kind) {
  const worker = new Worker(program, { workerData: { kind } })
  const [kinds] = await once(worker, 'message')
  // A moment within the call; any will do, as long as they differ.
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 12))
  await worker.terminate()
  return kinds
}

const kinds = await terminate('none')
for (const kind of kinds) {
  for (let round = 0; round < ROUNDS; round++) await Promise.all([terminate(kind), terminate(kind)])
}
console.log(`${kinds.length} kinds of call`)
