// Run under strace. Makes one exchange of the given kind between two marks, which are opens of files that do not exist.
import { accessSync, constants } from 'node:fs'
import { dumps, load, OPTIONS } from './setup.mjs'

const NOOP = { type: 1, length: 16 }

/** `count` commands that succeed without a reply, the last one with an ACK. */
function batch(count) {
  const bytes = Buffer.alloc(count * NOOP.length)
  for (let i = 0; i < count; i += 1) {
    bytes.writeUInt32LE(NOOP.length, i * NOOP.length)
    bytes.writeUInt16LE(NOOP.type, i * NOOP.length + 4)
    bytes.writeUInt16LE(i === count - 1 ? 5 : 1, i * NOOP.length + 6)
    bytes.writeUInt32LE(i, i * NOOP.length + 8)
  }
  return [bytes, Uint32Array.of(bytes.length), 1, 0, false, false, new Uint8Array(1024 * 1024)]
}

const request = { command: batch(1), batch: batch(500), dump: dumps(1) }[process.argv[2]]
function mark(name) {
  try {
    accessSync(`/lvs-${name}`, constants.F_OK)
  } catch {}
}

const socket = await load().openSocket(OPTIONS)
await socket.exchange(...dumps(1))
mark('begin')
const { state } = await socket.exchange(...request)
mark('end')
console.log(state)
