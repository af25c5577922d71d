import { inNamespace } from './namespace.mjs'
import { countOf, OPERATIONS } from './rules.mjs'

/**
 * The operations that a client does in one namespace. A client that does no whole table leaves a part of one behind, so
 * what comes after gets a namespace of its own, with a table that the limit made.
 */
function stagesOf(client) {
  return client.cap === undefined ? [OPERATIONS] : [OPERATIONS.slice(0, 1), OPERATIONS.slice(1)]
}

/**
 * Takes a client through all operations on a table, each namespace new: what was removed before would be in the way of
 * what is added for two minutes. Gives a sample an operation, or more where a client has several ways. With `checking`,
 * looks into the table after each.
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

/** A sample with what it is about. Seconds are scaled to the whole where only a part was done. */
function complete(client, operation, table, sample) {
  const whole = countOf(operation, table)
  const { commands = whole } = sample
  return {
    ...{ client: client.name, variant: client.variant, operation, ...table },
    ...sample,
    ...{ commands, scaled: commands < whole, seconds: (sample.seconds * whole) / commands },
  }
}

/** No client is faster by leaving something out. */
async function check(client, operation, { services, destinations }, namespace) {
  const left = operation === 'remove' ? 0 : services
  const found = await namespace.contents(operation === 'program' ? 1 : 7)
  const total = left * destinations
  if (found.services === left && found.destinations === total && found.weighted === total) return
  throw new Error(`${client.name} ${client.variant}: after ${operation} there is ${JSON.stringify(found)}`)
}
