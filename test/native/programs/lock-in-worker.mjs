// A worker that locks a file is terminated, which releases the lock.
import { constants } from 'node:fs'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { check, load } from './setup.mjs'

const addon = load()
const file = isMainThread ? process.argv[2] : workerData
const descriptor = await addon.openFile(file, constants.O_RDWR)
if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url), { workerData: file })
  await new Promise((resolve) => worker.once('message', resolve))
  check(!addon.lockFile(descriptor), 'the worker has the lock')
  await worker.terminate()
  check(addon.lockFile(descriptor), 'the lock went with the worker')
} else {
  parentPort.postMessage(addon.lockFile(descriptor))
  setInterval(() => {}, 1000)
}
