// What this library does for each operation, in each way it offers. The input is ready before the clock starts, as the
// messages of the C program are.
import { readFileSync } from 'node:fs'
import { commandsOf } from '../rules.mjs'

/** One call a command, all awaited together. */
function eachByItself(ipvs, commands) {
  return Promise.all(
    commands.map(({ command, service, destination }) =>
      destination === undefined ? ipvs[command](service) : ipvs[command](service, destination),
    ),
  )
}

const WRITE = { calls: eachByItself, batch: (ipvs, commands) => ipvs.batch(commands) }

async function count(services) {
  let length = 0
  for await (const _ of services) length++
  return { length }
}

/** Ways to read; each gives something of the length of the table. */
const READ = {
  whole: (ipvs) => ipvs.services(),
  stream: (ipvs) => count(ipvs.eachService()),
  overview: (ipvs) => count(ipvs.overview()),
}

/** The ways to read that this build of the library has. */
export function waysToRead(Ipvs) {
  const { prototype } = Ipvs
  return ['whole', 'stream', ...(prototype.overview ? ['overview'] : [])]
}

/** Prepares an operation: what it gives does it. `way` is `batch` or `calls`, or one of `whole`, `stream`, `overview`. */
export function prepare(operation, table, way) {
  if (operation === 'read') {
    return async (ipvs) => {
      const { length } = await READ[way](ipvs)
      if (length !== table.services) throw new Error(`read ${length} services of ${table.services}`)
    }
  }
  const commands = commandsOf(operation, table)
  return (ipvs) => WRITE[way](ipvs, commands)
}

/**
 * System calls so far: on netlink sockets as the client counts them, and for an overview, which reads a file, the
 * process's reads as the kernel counts them. Among those are a few by which threads wake the event loop.
 */
export function systemCalls({ activity }, way) {
  if (way === 'overview') return Number(/syscr: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))[1])
  return activity.sends + activity.receives
}
