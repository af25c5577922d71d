import { fileURLToPath } from 'node:url'
import { runForJson } from '../run.mjs'
import { countCalls, tracedNetwork } from '../strace.mjs'

/**
 * A Node.js program that runs one command after another. It is too slow for a whole table, so it runs only the first `cap`
 * commands.
 */
class OneByOne {
  name
  variant = ''
  slow = true
  /** The maximum number of commands of an operation that it runs. */
  cap
  #program
  #scratch
  #namespace

  constructor(name, cap, { scratch }) {
    this.name = name
    this.cap = cap
    this.#program = fileURLToPath(new URL(`${name}-program.mjs`, import.meta.url))
    this.#scratch = scratch
  }

  enter(namespace) {
    this.#namespace = namespace
  }

  async run(operation, table) {
    return [await runForJson(this.#namespace.enter(...this.#words(operation, table)))]
  }

  async trace(operation, table, cap) {
    const report = `${this.#scratch}/${this.name}.calls`
    const words = this.#namespace.enter(...tracedNetwork(report, ...this.#words(operation, table, cap)))
    const { network, commands } = await countCalls(report, words)
    return [{ variant: '', network, commands }]
  }

  #words(operation, { services, destinations }, cap = this.cap) {
    const numbers = [services, destinations, cap].map(String)
    return [process.execPath, this.#program, operation, ...numbers]
  }
}

export const exec = (context) => [new OneByOne('exec', 40, context)]
export const netlink = (context) => [new OneByOne('netlink', 300, context)]
