/** Network namespaces of tests: IPVS has a table of its own in each, and its end takes all with it. */

import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { onTestFinished } from 'vitest'
import { Ipvs } from '../../src/index.ts'
import './kernel.ts'
import { shell } from './shell.ts'

let count = 0

/** A network namespace that lasts as long as the test that made it. */
export class Namespace {
  readonly name: string
  /** For `Ipvs.open` and `ip -n`. */
  readonly path: string
  #ipvs: Ipvs | undefined
  readonly #clients: Ipvs[] = []
  readonly #programs: ChildProcess[] = []

  private constructor(name: string) {
    this.name = name
    this.path = `/run/netns/${name}`
  }

  static async make({ loopback }: { loopback: 'up' | 'down' }): Promise<Namespace> {
    const namespace = new Namespace(`lvs-${process.pid}-${++count}`)
    await shell.run(['ip', 'netns', 'add', namespace.name])
    if (loopback === 'up') await namespace.ip('link', 'set', 'lo', 'up')
    namespace.#ipvs = await namespace.open()
    return namespace
  }

  /** A client of this namespace. */
  get ipvs(): Ipvs {
    return this.#ipvs!
  }

  /** One more client, closed at the end. */
  async open(): Promise<Ipvs> {
    const client = await Ipvs.open({ netns: this.path })
    this.#clients.push(client)
    return client
  }

  /** Runs `ip` on this namespace. */
  ip(...words: string[]): Promise<string> {
    return shell.run(['ip', '-n', this.name, ...words])
  }

  /** Gives the loopback interface addresses, so that hosts of a test can live on it. */
  async addAddresses(...addresses: string[]): Promise<void> {
    const batch = addresses.map((address) => `address add ${address} dev lo\n`).join('')
    await shell.run(['ip', '-n', this.name, '-batch', '-'], batch)
  }

  /** Makes a network interface that leads nowhere, with addresses; it is up unless asked otherwise. */
  async addDummy(
    name: string,
    addresses: readonly string[] = [],
    state: 'up' | 'down' = 'up',
  ): Promise<void> {
    const lines = [
      `link add ${name} type dummy`,
      `link set ${name} ${state}`,
      ...addresses.map((address) => `address add ${address} dev ${name}`),
    ]
    await shell.run(['ip', '-n', this.name, '-batch', '-'], `${lines.join('\n')}\n`)
  }

  /** Runs a program in this namespace and gives what it printed. */
  exec(program: string, ...args: string[]): Promise<string> {
    return shell.run(['ip', 'netns', 'exec', this.name, program, ...args])
  }

  ipvsadm(...args: string[]): Promise<string> {
    return this.exec('ipvsadm', ...args)
  }

  /** The lines that `ipvsadm -S -n` prints. */
  async saved(): Promise<string[]> {
    return linesOf(await this.ipvsadm('-S', '-n'))
  }

  /** The lines that `ipvsadm -L -n` prints below its headings, with single spaces. */
  async listed(...options: string[]): Promise<string[]> {
    return linesOf(await this.ipvsadm('-L', '-n', ...options)).filter((line) => !HEADINGS.test(line))
  }

  /** Gives rules to `ipvsadm -R`, one a line. */
  async restore(rules: readonly string[]): Promise<void> {
    const words = ['ip', 'netns', 'exec', this.name, 'ipvsadm', '-R']
    const complaints = await shell.run(words, rules.map((rule) => `${rule}\n`).join(''))
    if (complaints !== '') throw new Error(`ipvsadm -R: ${complaints}`)
  }

  /** Starts a Node.js program in this namespace; it is ended with the test. Its first line says that it is ready. */
  async start(script: string, ...args: string[]): Promise<ChildProcess> {
    const program = this.spawn(process.execPath, '-e', script, ...args)
    program.stdout.setEncoding('utf8')
    await Promise.race([
      once(program.stdout, 'data'),
      once(program, 'exit').then(([code]) => {
        throw new Error(`A program of the test ended with ${code} before it was ready`)
      }),
    ])
    return program
  }

  /** Starts any program in this namespace; it is ended with the test. */
  spawn(program: string, ...args: string[]): ChildProcessByStdio<Writable, Readable, null> {
    const words = ['netns', 'exec', this.name, program, ...args]
    const child = spawn('ip', words, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#programs.push(child)
    return child
  }

  async dispose(): Promise<void> {
    for (const client of this.#clients) client.close()
    for (const program of this.#programs) {
      if (program.exitCode !== null || program.signalCode !== null) continue
      program.kill('SIGKILL')
      await once(program, 'exit')
    }
    await shell.run(['ip', 'netns', 'delete', this.name])
  }
}

/** Makes a network namespace for the running test, its loopback interface up unless asked otherwise. */
export async function makeNamespace(
  options: { loopback: 'up' | 'down' } = { loopback: 'up' },
): Promise<Namespace> {
  const namespace = await Namespace.make(options)
  onTestFinished(() => namespace.dispose())
  return namespace
}

const HEADINGS = /^(IP Virtual Server|Prot |-> RemoteAddress|IPVS connection entries|pro expire)/

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim().replaceAll(/ +/g, ' '))
    .filter((line) => line !== '')
}
