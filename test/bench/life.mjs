import { inNamespace } from './namespace.mjs'
import { countOf, OPERATIONS } from './rules.mjs'

/**
 * The operations that a client runs in one namespace. A client that does not program a whole table leaves a partial one, so the
 * operations after it run in a separate namespace, with a table from the C program.
 */
function stagesOf(client) {
  return client.cap === undefined ? [OPERATIONS] : [OPERATIONS.slice(0, 1), OPERATIONS.slice(1)]
}

/**
 * Runs all operations of a client on a table, in new namespaces, because removed destinations would slow down additions for two
 * minutes. Returns a sample per operation, or more if a client has several ways. With `checking`, verifies the table after each
 * operation.
 */
export async function liveThrough(client, table, limit, { checking }) {
  const samples = []
  for (const operations of stagesOf(client)) {
    await inNamespace(async (namespace) => {
      if (operations[0] !== 'program') {
        limit.enter(namespace)
        await limit.run('program', table)
      }
      await client.enter(namespace)
      for (const operation of operations) {
        for (const sample of await client.run(operation, table)) {
          samples.push(complete(client, operation, table, sample))
        }
        if (checking && client.cap === undefined) await check(client, operation, table, namespace)
      }
      await client.leave?.()
    })
  }
  return samples
}

/** A sample with its description. Seconds are scaled to the whole table if only a part was done. */
function complete(client, operation, table, sample) {
  const whole = countOf(operation, table)
  const { commands = whole } = sample
  return {
    ...{ client: client.name, variant: client.variant, operation, ...table },
    ...sample,
    ...{ commands, scaled: commands < whole, seconds: (sample.seconds * whole) / commands },
  }
}

/** Checks that no client is faster because it skips work. */
async function check(client, operation, { services, destinations }, namespace) {
  const left = operation === 'remove' ? 0 : services
  const found = await namespace.contents(operation === 'program' ? 1 : 7)
  const total = left * destinations
  if (found.services === left && found.destinations === total && found.weighted === total) return
  throw new Error(`${client.name} ${client.variant}: after ${operation} there is ${JSON.stringify(found)}`)
}
