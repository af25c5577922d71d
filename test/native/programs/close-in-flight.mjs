// Closes sockets at every moment of an exchange, even before its thread has started.
import { check, descriptors, dumps, load, OPTIONS } from './setup.mjs'

const addon = load()
await addon.openSocket(OPTIONS).then((socket) => socket.close())
const before = descriptors()
const endings = { complete: 0, failed: 0, 'not-started': 0 }

for (let round = 0; round < 40; round += 1) {
  const sockets = await Promise.all(Array.from({ length: 8 }, () => addon.openSocket(OPTIONS)))
  const exchanges = sockets.flatMap((socket) => [
    socket.exchange(...dumps(100)),
    socket.exchange(...dumps(100)),
  ])
  for (let i = 0; i < round % 10; i += 1) await new Promise((resolve) => setImmediate(resolve))
  for (const socket of sockets) {
    socket.close()
    const error = await socket.exchange(...dumps(1)).catch((reason) => reason)
    check(error.code === 'ERR_SOCKET_CLOSED', `closed at once, whatever is under way: ${error}`)
  }
  for (const report of await Promise.all(exchanges)) {
    endings[report.state] += 1
    if (report.state === 'complete' || report.state === 'not-started') continue
    check(report.state === 'failed' && report.errno === 125, `cancelled: ${JSON.stringify(report)}`)
    check(
      report.syscall === (report.awaiting ? 'recvmmsg' : 'sendmsg'),
      `between calls: ${JSON.stringify(report)}`,
    )
  }
}
check(descriptors() === before, `descriptors: ${descriptors()}, not ${before}`)
check(endings.failed > 0, 'some were cancelled')
check(endings['not-started'] > 0, 'some had not begun')
console.log(JSON.stringify(endings))
