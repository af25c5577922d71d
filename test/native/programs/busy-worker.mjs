// A worker that repeats one kind of call until it is terminated, at any point of the call.
import { parentPort, workerData } from 'node:worker_threads'
import { dumps, FRAME, load, OPTIONS } from './setup.mjs'

process.on('unhandledRejection', () => {})
const addon = load()
const closed = await addon.openSocket(OPTIONS)
closed.close()
const socket = await addon.openSocket(OPTIONS)
const request = dumps(1)
const longRequest = dumps(2)
const ignore = () => {}

function attempt(call) {
  try {
    call()
  } catch {}
}

let framesUnderWay = 0
/** A few at once: the kernel needs milliseconds to close such a socket, and a worker ends when all are closed. */
function sendFrame(interfaceIndex) {
  if (framesUnderWay >= 4) return
  framesUnderWay++
  const sent = () => framesUnderWay--
  addon.sendFrame(interfaceIndex, FRAME).then(sent, sent)
}

function countTo(limit) {
  let sum = 0
  for (let n = 0; n < limit; n++) sum += n
  return sum
}

const KINDS = {
  'a getter among the options': () =>
    attempt(() =>
      addon.openSocket({
        get protocol() {
          return countTo(2000)
        },
        receiveBuffer: '',
      }),
    ),
  'a getter that does not end': () =>
    attempt(() =>
      addon.openSocket({
        get protocol() {
          return countTo(Infinity)
        },
      }),
    ),
  'a getter that throws': () =>
    attempt(() =>
      addon.openSocket({
        get protocol() {
          throw new Error('no')
        },
      }),
    ),
  'an unhandled rejection': () => void closed.exchange(...request),
  'a wrong type': () => attempt(() => socket.exchange(1)),
  'a wrong number': () => attempt(() => socket.exchange(request[0], request[1], 7)),
  opening: () => void addon.openSocket(OPTIONS).then((opened) => opened.close(), ignore),
  'opening in vain': () => void addon.openSocket({ ...OPTIONS, netns: '/missing' }).catch(ignore),
  'opening a file': () =>
    void addon.openFile('/proc/net/dev', 0).then((file) => addon.closeFile(file), ignore),
  'closing what is not open': () => attempt(() => addon.closeFile(12345)),
  'sending a frame': () => sendFrame(1),
  'sending a frame in vain': () => sendFrame(2 ** 31 - 1),
  'a long exchange': () => void socket.exchange(...longRequest).catch(ignore),
  'an exchange': () => void Promise.resolve(socket.exchange(...request)).catch(ignore),
}

const call = KINDS[workerData.kind]
parentPort.postMessage(Object.keys(KINDS))
for (let n = 1; ; n++) {
  call?.()
  // Asynchronous calls must be able to complete from time to time.
  if (n % 30 === 0) await new Promise(setImmediate)
}
