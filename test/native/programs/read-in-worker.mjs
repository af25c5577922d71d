// Threads that read a file of another namespace through a stream, to the end or until they are terminated.
import { createReadStream, read } from 'node:fs'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { check, descriptors, load } from './setup.mjs'

async function readAll({ netns, stay }) {
  const addon = load()
  const close = (descriptor, done) => {
    addon.closeFile(descriptor)
    done(null)
  }
  const descriptor = await addon.openFile('/proc/net/dev', 0, netns)
  let bytes = 0
  for await (const piece of createReadStream('', {
    fd: descriptor,
    highWaterMark: 16,
    fs: { read, close },
  })) {
    bytes += piece.length
    parentPort.postMessage(bytes)
    if (stay) await new Promise((resolve) => setTimeout(resolve, 1_000_000))
  }
}

async function main(netns) {
  const live = (stay) =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url), { workerData: { netns, stay } })
      let bytes = 0
      worker.on('message', (count) => {
        bytes = count
        if (stay) void worker.terminate()
      })
      worker.on('error', reject)
      worker.on('exit', () => resolve(bytes))
    })
  check((await live(false)) > 100, 'the whole file was read')
  const before = descriptors()
  for (const stay of [true, false, true]) {
    await live(stay)
    check(descriptors() === before, `no descriptor is left: ${descriptors()}, not ${before}`)
  }
}

await (isMainThread ? main(process.argv[2]) : readAll(workerData))
