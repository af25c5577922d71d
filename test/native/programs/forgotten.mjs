// Run with --expose-gc. Drops all references to sockets, buffers and promises before, during and after use.
import { check, descriptors, dumps, load, OPTIONS } from './setup.mjs'

const addon = load()
const tick = () => new Promise((resolve) => setImmediate(resolve))
async function collect() {
  for (let i = 0; i < 10; i += 1) {
    global.gc()
    await tick()
  }
}

await addon.openSocket(OPTIONS).then((socket) => socket.close())
const before = descriptors()

// Never used.
for (let i = 0; i < 20; i += 1) await addon.openSocket(OPTIONS)
await collect()
check(
  descriptors() === before,
  `idle sockets are closed when collected: ${descriptors()} descriptors, not ${before}`,
)

// Only an exchange in progress refers to them; its promise is kept.
async function begin() {
  const socket = await addon.openSocket(OPTIONS)
  return socket.exchange(...dumps(300))
}
const reports = Array.from({ length: 8 }, begin)
await collect()
for (const { state, datagram } of await Promise.all(reports)) {
  check(
    state === 'complete' && datagram === 300,
    `an exchange outlives its socket object: ${state} ${datagram}`,
  )
}

// Not even the promise is kept.
for (let i = 0; i < 8; i += 1) void begin()
for (let i = 0; i < 20; i += 1) void addon.openSocket(OPTIONS)
await collect()
while (descriptors() !== before) await collect()
console.log('all collected')
