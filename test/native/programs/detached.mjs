// Detaches or shrinks the buffers of exchanges that are in progress, and collects the garbage. Prints "alive" at the end.
// Run with --expose-gc.
import { createRequire } from 'node:module'

const addon = createRequire(import.meta.url)('../../../build/Release/lvs_netlink.node')
const kind = process.argv[2]

/** RTM_GETLINK as a dump, as often as `count`. */
function requests(count) {
  const one = 32
  const bytes = Buffer.alloc(one * count)
  const ends = new Uint32Array(count)
  for (let i = 0; i < count; i++) {
    bytes.writeUInt32LE(one, i * one)
    bytes.writeUInt16LE(18, i * one + 4)
    bytes.writeUInt16LE(0x301, i * one + 6)
    bytes.writeUInt32LE(i + 1, i * one + 8)
    ends[i] = (i + 1) * one
  }
  return { bytes, ends }
}

const socket = await addon.openSocket({ protocol: 0, receiveBuffer: 1 << 20, sendBuffer: 1 << 20 })
for (let round = 0; round < 50; round++) {
  const { bytes, ends } = requests(200)
  const size = 1 << 20
  const resizable = kind === 'resized' || kind === 'resized-datagrams'
  const make = (length) => new ArrayBuffer(length, resizable ? { maxByteLength: length } : undefined)
  const [datagrams, replies] = [new Uint8Array(make(bytes.length)), new Uint8Array(make(size))]
  datagrams.set(bytes)
  let running
  try {
    running = socket.exchange(datagrams, ends, ends.length, 0, false, false, replies)
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error
    continue
  }
  if (kind === 'resized') replies.buffer.resize(0)
  else if (kind === 'resized-datagrams') datagrams.buffer.resize(0)
  else structuredClone(0, { transfer: [kind === 'detached' ? replies.buffer : datagrams.buffer] })
  globalThis.gc()
  const noise = Array.from({ length: 4 }, () => new Uint8Array(size).fill(0x55))
  try {
    await running
  } catch (error) {
    if (error.message !== 'replies must keep its memory until the exchange ends') throw error
  }
  if (noise.some((each) => each.some((byte) => byte !== 0x55))) throw new Error('foreign memory was written')
}
socket.close()
console.log('alive')
