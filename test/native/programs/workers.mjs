// 50 threads, some at a time, each terminated at a different stage, before the main thread has loaded the addon and again
// afterwards.
import { Worker } from 'node:worker_threads'
import { check, descriptors, dumps, load, OPTIONS } from './setup.mjs'

const STAGES = [
  'started',
  'loaded',
  'opening',
  'opened',
  'exchanging',
  'closing',
  'exchanged',
  'closed',
  'never',
]
const netns = process.argv[2]

function live(stopAt) {
  const worker = new Worker(new URL('worker.mjs', import.meta.url), { workerData: { stopAt, netns } })
  return new Promise((resolve, reject) => {
    worker.on('message', (stage) => stage === stopAt && worker.terminate())
    worker.on('error', reject)
    worker.on('exit', (code) => resolve(code))
  })
}

async function wave(begin) {
  const stages = Array.from({ length: 10 }, (_, i) => STAGES[(begin + i) % STAGES.length])
  const codes = await Promise.all(stages.map(live))
  for (const [i, stage] of stages.entries()) {
    check(codes[i] === (stage === 'never' ? 0 : 1), `a thread terminated at ${stage} ended with ${codes[i]}`)
  }
}

await live('closed')
const before = descriptors()
for (let begin = 0; begin < 50; begin += 10) {
  await wave(begin)
  check(descriptors() === before, `${descriptors()} descriptors after ${begin + 10} threads, not ${before}`)
}
const socket = await load().openSocket(OPTIONS)
await wave(0)
const { state } = await socket.exchange(...dumps(1))
check(state === 'complete', `the main thread's socket still works: ${state}`)
socket.close()
check(descriptors() === before, `${descriptors()} descriptors at the end, not ${before}`)
console.log('60 threads')
