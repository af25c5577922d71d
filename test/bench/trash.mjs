import { inNamespace } from './namespace.mjs'
import { medianOf } from './statistics.mjs'

/**
 * The cost of programming the same table again after a flush: the kernel keeps removed destinations for two minutes or more and
 * compares each new one with all of them. The C program runs it, so that the result does not depend on a client.
 */
export async function measureTrash(limit, destinations, rounds) {
  const table = { services: 1000, destinations }
  const fresh = []
  const again = []
  for (let round = 0; round < rounds; round++) {
    await inNamespace(async (namespace) => {
      limit.enter(namespace)
      const once = async (operation) => (await limit.run(operation, table))[0]
      fresh.push(await once('program'))
      await limit.run('flush', { services: 0, destinations: 0 })
      again.push(await once('program'))
    })
  }
  const freshSeconds = medianOf(fresh, 'seconds')
  const againSeconds = medianOf(again, 'seconds')
  return {
    ...{ ...table, rounds, freshSeconds, againSeconds, ratio: againSeconds / freshSeconds },
    ...{ calls: medianOf(again, 'calls'), rssBytes: medianOf(again, 'rssBytes') },
  }
}
