// node --expose-gc test/native/leak.mjs [exchanges] [openings] [MiB allowed] Exchanges and opens for a long time and watches
// the process: memory and descriptors must not grow.
import { descriptors, dumps, FRAME, load, OPTIONS } from './programs/setup.mjs'

const exchanges = Number(process.argv[2] ?? 200_000)
const openings = Number(process.argv[3] ?? 5_000)
const allowed = Number(process.argv[4] ?? 8) * 1024 * 1024
const INTERVALS = 10

const addon = load()
const MiB = (bytes) => (bytes / 1024 / 1024).toFixed(1)
let flat = true

function sample() {
  global.gc()
  return { rss: process.memoryUsage.rss(), descriptors: descriptors() }
}

/** Runs `work` some hundred times to warm up, then `total` times while it measures. */
async function watch(name, total, work) {
  for (let i = 0; i < total / INTERVALS; i += 1) await work()
  const first = sample()
  console.log(`${name}: warm with ${MiB(first.rss)} MiB, ${first.descriptors} descriptors`)
  const begin = process.hrtime.bigint()
  for (let interval = 1; interval <= INTERVALS; interval += 1) {
    for (let i = 0; i < total / INTERVALS; i += 1) await work()
    const now = sample()
    console.log(
      `${name}: ${(total / INTERVALS) * interval} done, ${MiB(now.rss)} MiB (${MiB(now.rss - first.rss)} more), ${now.descriptors} descriptors`,
    )
    if (now.rss - first.rss > allowed || now.descriptors > first.descriptors) flat = false
  }
  console.log(`${name}: ${(Number(process.hrtime.bigint() - begin) / 1000 / total).toFixed(1)} µs each`)
}

// Also makes Node.js open the files for standard output.
console.log(`Node ${process.version}: ${exchanges} exchanges, ${openings} openings`)
const socket = await addon.openSocket(OPTIONS)
const short = dumps(1)
/** Two datagrams, so that the result is always a promise. */
const long = dumps(2)
await watch('exchange', exchanges, () => socket.exchange(...short))
await watch('long exchange', exchanges / 10, () => socket.exchange(...long))
await watch('refused exchange', exchanges / 10, async () => {
  const one = socket.exchange(...long)
  await socket.exchange(...short).catch(() => {})
  await one
})
socket.close()
await watch('open and close', openings, async () => (await addon.openSocket(OPTIONS)).close())
await watch('open, exchange and close', openings, async () => {
  const other = await addon.openSocket(OPTIONS)
  await other.exchange(...short)
  other.close()
})
await watch('open elsewhere', openings, async () =>
  (await addon.openSocket({ ...OPTIONS, netns: '/proc/self/ns/net' })).close(),
)
await watch('fail to open', openings, () =>
  addon.openSocket({ ...OPTIONS, netns: '/missing' }).catch(() => {}),
)
await watch('open file', openings, async () =>
  addon.closeFile(await addon.openFile('/proc/net/dev', 0, '/proc/self/ns/net')),
)
await watch('lock file', openings, async () => {
  const descriptor = await addon.openFile('/dev/null', 0)
  addon.lockFile(descriptor)
  addon.closeFile(descriptor)
})
// The kernel needs milliseconds to close such a socket (synchronize_net in packet_release).
const frames = openings / 10
await watch('send a frame', frames, () => addon.sendFrame(1, FRAME))
await watch('send a frame elsewhere', frames, () => addon.sendFrame(1, FRAME, '/proc/self/ns/net'))
await watch('fail to send a frame', frames, () => addon.sendFrame(2 ** 31 - 1, FRAME).catch(() => {}))
console.log(flat ? 'flat' : 'NOT FLAT')
process.exitCode = flat ? 0 : 1
