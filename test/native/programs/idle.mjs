// Opens a socket, makes an exchange and then does nothing: an idle open socket must not keep the process alive.
import { dumps, load, OPTIONS } from './setup.mjs'

const socket = await load().openSocket(OPTIONS)
console.log((await socket.exchange(...dumps(1))).state)
globalThis.kept = socket
