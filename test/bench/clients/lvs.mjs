import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { inNamespace } from '../namespace.mjs'
import { OPERATIONS } from '../rules.mjs'
import { PATIENCE, runForJson } from '../run.mjs'
import { waysToRead } from './lvs-operations.mjs'

const program = (name) => fileURLToPath(new URL(name, import.meta.url))

/** After some rounds of these, V8 has compiled all code. */
const WARM_UP = { rounds: 10, table: { services: 400, destinations: 10 } }

/** This library in a long-lived process. `way` is the way in which it writes: `batch` or `calls`. */
class Warm {
  name = 'lvs'
  variant
  #way
  #process
  #gone = new AbortController()
  #waysToRead

  constructor(variant, way) {
    this.variant = variant
    this.#way = way
  }

  async start() {
    this.#process = fork(program('lvs-warm.mjs'))
    this.#process.once('exit', () => this.#gone.abort())
    this.#waysToRead = this.#way === 'calls' ? [] : await this.#ask('ways')
    for (let round = 0; round < WARM_UP.rounds; round++) {
      await inNamespace(async (namespace) => {
        await this.enter(namespace)
        for (const operation of OPERATIONS) await this.run(operation, WARM_UP.table)
        await this.leave()
      })
    }
  }

  enter(namespace) {
    return this.#ask('open', { netns: namespace.path })
  }

  async run(operation, table) {
    if (operation !== 'read') {
      return [{ variant: this.variant, ...(await this.#ask('run', { operation, table, way: this.#way })) }]
    }
    const samples = []
    for (const way of this.#waysToRead) {
      const variant = way === 'whole' ? this.variant : way
      samples.push({ variant, ...(await this.#ask('run', { operation, table, way })) })
    }
    return samples
  }

  leave() {
    return this.#ask('close')
  }

  stop() {
    this.#process.disconnect()
  }

  async #ask(ask, rest = {}) {
    this.#process.send({ ask, ...rest })
    const signal = AbortSignal.any([this.#gone.signal, AbortSignal.timeout(PATIENCE)])
    const [{ answer, error }] = await once(this.#process, 'message', { signal })
    if (error !== undefined) throw new Error(`lvs ${this.variant}, ${ask}: ${error}`)
    return answer
  }
}

/** This library in a new process for each operation. */
class Cold {
  name = 'lvs'
  variant = 'cold'
  #namespace
  #waysToRead

  async start() {
    // Not at the top: when the options are read, the library may not have been built.
    const { Ipvs } = await import('@lvs/netlink')
    this.#waysToRead = waysToRead(Ipvs).filter((way) => way !== 'overview')
  }

  enter(namespace) {
    this.#namespace = namespace
  }

  async run(operation, table) {
    const ways = operation === 'read' ? this.#waysToRead : ['batch']
    const samples = []
    for (const way of ways) {
      const words = [operation, table.services, table.destinations, way].map(String)
      const sample = await runForJson(
        this.#namespace.enter(process.execPath, program('lvs-cold.mjs'), ...words),
      )
      samples.push({ variant: way === 'stream' ? 'cold stream' : 'cold', ...sample })
    }
    return samples
  }
}

export const lvs = () => [new Warm('warm', 'batch'), new Cold(), new Warm('calls', 'calls')]
