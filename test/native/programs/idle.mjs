// Opens, exchanges and then just has no more to do: an idle open socket must not keep the process.
import { dumps, load, OPTIONS } from './setup.mjs'

const socket = await load().openSocket(OPTIONS)
console.log((await socket.exchange(...dumps(1))).state)
globalThis.kept = socket
