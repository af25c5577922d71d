import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { PATIENCE, run } from './run.mjs'

let count = 0

/** A network namespace with its own table of services. */
export class Namespace {
  /** The option of `Ipvs.open`. */
  path
  #name
  #device

  constructor(name) {
    this.#name = name
    this.#device = `end-${name}`
    this.path = `/run/netns/${name}`
  }

  static async make() {
    const namespace = new Namespace(`b${++count}`)
    await namespace.#add()
    return namespace
  }

  /** The words of a command line that run a program in this namespace. */
  enter(...words) {
    return ['ip', 'netns', 'exec', this.#name, ...words]
  }

  /** The number of entries of the table, and of destinations with this weight. */
  async contents(weight) {
    const table = await run(this.enter('cat', '/proc/net/ip_vs'))
    const lines = table.split('\n')
    const destinations = lines.filter((line) => line.startsWith('  -> ') && !line.includes('RemoteAddress'))
    return {
      services: lines.filter((line) => line.startsWith('TCP ')).length,
      destinations: destinations.length,
      weighted: destinations.filter((line) => Number(line.trim().split(/ +/)[3]) === weight).length,
    }
  }

  /**
   * Deletes the namespace and waits until the kernel has destroyed it, including its table. The kernel does this later, in a
   * worker, without a notification, and destroys network devices before tables. This function therefore deletes a second
   * namespace afterwards: the worker starts with it only when the first one is finished, so the first namespace is destroyed
   * when the device of the second one has disappeared.
   */
  async remove() {
    await this.#delete()
    const last = new Namespace(`${this.#name}last`)
    await last.#add()
    await last.#delete()
  }

  async #add() {
    await run(['ip', 'netns', 'add', this.#name])
    await run(['ip', 'link', 'add', this.#device, 'type', 'veth', 'peer', 'name', 'end', 'netns', this.#name])
    // The kernel accepts no destination if no address is up.
    await run(['ip', '-n', this.#name, 'link', 'set', 'lo', 'up'])
  }

  async #delete() {
    await run(['ip', 'netns', 'delete', this.#name])
    const end = performance.now() + PATIENCE
    while (existsSync(`/sys/class/net/${this.#device}`)) {
      if (performance.now() > end) throw new Error(`something keeps the namespace ${this.#name}`)
      await sleep(5)
    }
  }
}

/** Runs a function in a separate namespace. */
export async function inNamespace(use) {
  const namespace = await Namespace.make()
  try {
    return await use(namespace)
  } finally {
    await namespace.remove()
  }
}
