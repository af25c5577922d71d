// Becomes an ordinary user, then opens a socket in the current namespace and one in the namespace at the given path, and sends
// a frame.
import { dumps, FRAME, load, OPTIONS } from './setup.mjs'

const addon = load()
process.setgroups([])
process.setgid(65534)
process.setuid(65534)

const socket = await addon.openSocket(OPTIONS)
const { state } = await socket.exchange(...dumps(1))
const away = await addon.openSocket({ ...OPTIONS, netns: process.argv[2] }).catch((error) => error)
const frame = await addon.sendFrame(1, FRAME).catch((error) => error)
console.log(
  JSON.stringify({
    home: { receiveBuffer: socket.receiveBuffer, state },
    away: { code: away.code, syscall: away.syscall, path: away.path },
    frame: { code: frame.code, syscall: frame.syscall },
  }),
)
