// A thread that reports the stage that it has reached, and stays at `stopAt` until it is terminated.
import { parentPort, workerData } from 'node:worker_threads'
import { dumps, load, OPTIONS } from './setup.mjs'

const { stopAt, netns } = workerData
const keepAlive = setInterval(() => {}, 1000)

async function reach(stage) {
  parentPort.postMessage(stage)
  if (stage === stopAt) await new Promise(() => {})
}

await reach('started')
const addon = load()
await reach('loaded')
const opening = Promise.all([
  addon.openSocket(OPTIONS),
  addon.openSocket({ ...OPTIONS, netns }),
  addon.openFile('/proc/net/dev', 0, netns),
])
await reach('opening')
const [socket, other, file] = await opening
await reach('opened')
addon.closeFile(file)
const exchanges = [socket.exchange(...dumps(300)), other.exchange(...dumps(300))]
await reach('exchanging')
socket.close()
await reach('closing')
await Promise.all(exchanges)
await reach('exchanged')
other.close()
await reach('closed')
clearInterval(keepAlive)
