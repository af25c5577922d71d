import { inNamespace } from './namespace.mjs'
import { countOf, OPERATIONS } from './rules.mjs'

/**
 * The number of traced commands. Each traced system call costs a millisecond or more, and all commands are alike; but there
 * must be enough of them that the start of a program hardly counts.
 */
const EXTENT = { read: { services: 100, cap: 100 }, write: { services: 20, cap: 20 } }

/** Counts the system calls of the clients that do not count them, in runs that are not timed. */
export async function traceAll(clients, limit, destinations, say) {
  const counts = []
  for (const client of clients.filter(({ trace }) => trace !== undefined)) {
    say(`counting the system calls of ${client.name}`)
    for (const operation of OPERATIONS) {
      counts.push(...(await traceOne(client, operation, limit, destinations)))
    }
  }
  return counts
}

function traceOne(client, operation, limit, destinations) {
  const { services, cap } = operation === 'read' ? EXTENT.read : EXTENT.write
  const table = { services, destinations }
  return inNamespace(async (namespace) => {
    if (operation !== 'program') {
      limit.enter(namespace)
      await limit.run('program', table)
    }
    client.enter(namespace)
    const found = await client.trace(operation, table, cap)
    return found.map((count) => ({
      ...{ client: client.name, operation },
      ...count,
      commands: count.commands ?? countOf(operation, table),
    }))
  })
}
