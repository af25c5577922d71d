import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { PATIENCE, run } from './run.mjs'

let count = 0

/** A network namespace with its own table of services. */
export class Namespace {
  /** For `Ipvs.open`. */
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

  /** Words that run a program in here. */
  enter(...words) {
    return ['ip', 'netns', 'exec', this.#name, ...words]
  }

  /** What the table holds, and how many of its destinations have a weight. */
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
   * Ends the namespace and waits until the kernel has cleared it away, table included. It does so later, in a worker, and
   * tells nobody; and it ends network devices before tables. So a second namespace goes after it: the worker takes that
   * one up when it is through with the first, and when its device is gone, the first is gone altogether.
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
    // The kernel takes no destination where no address is up.
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

/** Runs something in a namespace of its own. */
export async function inNamespace(use) {
  const namespace = await Namespace.make()
  try {
    return await use(namespace)
  } finally {
    await namespace.remove()
  }
}
