// Each operation in each way that this library offers. The input is ready before the clock starts, like the messages of the C
// program.
import { readFileSync } from 'node:fs'
import { commandsOf } from '../rules.mjs'

/** One call per command, all awaited together. */
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

/** Ways to read; each returns a value with the length of the table. */
const READ = {
  whole: (ipvs) => ipvs.services(),
  stream: (ipvs) => count(ipvs.eachService()),
  overview: (ipvs) => count(ipvs.overview()),
}

/** The ways to read that this build of the library supports. */
export function waysToRead(Ipvs) {
  const { prototype } = Ipvs
  return ['whole', 'stream', ...(prototype.overview ? ['overview'] : [])]
}

/**
 * Prepares an operation. Returns a function that runs it. `way` is `batch` or `calls`, or one of `whole`, `stream`, `overview`.
 */
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
 * The number of system calls so far: the client's own count for netlink sockets and, for an overview, which reads a file, the
 * kernel's count of the reads of the process. They include a few reads by which threads wake the event loop.
 */
export function systemCalls({ activity }, way) {
  if (way === 'overview') return Number(/syscr: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))[1])
  return activity.sends + activity.receives
}
