import { inNamespace } from './namespace.mjs'
import { countOf, OPERATIONS } from './rules.mjs'

/**
 * How much is traced. Each call that is looked at costs a millisecond or more, and one command is as good as another; but
 * there have to be enough for the start of a program to weigh little.
 */
const EXTENT = { read: { services: 100, cap: 100 }, write: { services: 20, cap: 20 } }

/** Counts the system calls of those clients that cannot count them themselves, in runs that are not timed. */
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
