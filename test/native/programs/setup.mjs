// Shared by the programs: the addon, two requests, a frame and a count of descriptors.
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'

const path =
  process.env.LVS_ADDON ?? new URL('../../../build/Release/lvs_netlink.node', import.meta.url).pathname

/** Loads the addon into the calling thread. */
export const load = () => createRequire(import.meta.url)(path)

export const OPTIONS = { protocol: 16, receiveBuffer: 2 * 1024 * 1024, sendBuffer: 1024 * 1024 }

/** CTRL_CMD_GETFAMILY: all families; about 20 microseconds and 3 KiB. */
const DUMP = Buffer.from('14000000100001030100000000000000' + '03010000', 'hex')

/** `count` dumps one after another, as arguments of exchange(). */
export function dumps(count, replies = new Uint8Array((count + 16) * 4096 + 64 * 1024)) {
  const ends = Uint32Array.from({ length: count }, (_, i) => DUMP.length * (i + 1))
  return [Buffer.concat(Array.from({ length: count }, () => DUMP)), ends, count, 0, false, false, replies]
}

/** A frame with a protocol number for experiments, which no process receives. */
export const FRAME = Uint8Array.from({ length: 60 }, (_, at) => [0x88, 0xb5][at - 12] ?? 0)

export const descriptors = () => readdirSync('/proc/self/fd').length

/** Ends a program that has found a mistake. */
export function check(condition, message) {
  if (condition) return
  console.error(`not so: ${message}`)
  process.exit(1)
}
