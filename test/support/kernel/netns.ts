import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { Ipvs } from '../../../src/index.ts'
import { KernelTransport } from '../../../src/netlink/transport/kernel-transport.ts'
import type { Transport } from '../../../src/netlink/transport/transport.ts'
import { linesOf, listingOf } from './ipvsadm-output.ts'
import type { Namespace } from './namespace.ts'
import { shell } from './shell.ts'

let count = 0

/** A network namespace of the running kernel. */
export class Netns implements Namespace {
  readonly name: string
  readonly path: string
  readonly transport: Transport
  readonly options: { readonly netns: string }
  #ipvs: Ipvs | undefined
  readonly #clients: Ipvs[] = []
  readonly #programs: ChildProcess[] = []

  private constructor(name: string) {
    this.name = name
    this.path = `/run/netns/${name}`
    this.options = { netns: this.path }
    this.transport = new KernelTransport(this.options)
  }

  static async make({ loopback }: { loopback: 'up' | 'down' }): Promise<Netns> {
    const namespace = new Netns(`lvs-${process.pid}-${++count}`)
    await shell.run(['ip', 'netns', 'add', namespace.name])
    if (loopback === 'up') await namespace.ip('link', 'set', 'lo', 'up')
    namespace.#ipvs = await namespace.open()
    return namespace
  }

  get ipvs(): Ipvs {
    return this.#ipvs!
  }

  async open(): Promise<Ipvs> {
    const client = await Ipvs.open(this.options)
    this.#clients.push(client)
    return client
  }

  ip(...words: string[]): Promise<string> {
    return shell.run(['ip', '-n', this.name, ...words])
  }

  async addAddresses(...addresses: string[]): Promise<void> {
    const batch = addresses.map((address) => `address add ${address} dev lo\n`).join('')
    await shell.run(['ip', '-n', this.name, '-batch', '-'], batch)
  }

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

  async setMtu(name: string, bytes: number): Promise<void> {
    await this.ip('link', 'set', name, 'mtu', String(bytes))
  }

  read(path: string): Promise<string> {
    return this.exec('cat', path)
  }

  exec(program: string, ...args: string[]): Promise<string> {
    return shell.run(['ip', 'netns', 'exec', this.name, program, ...args])
  }

  ipvsadm(...args: string[]): Promise<string> {
    return this.exec('ipvsadm', ...args)
  }

  async saved(): Promise<string[]> {
    return linesOf(await this.ipvsadm('-S', '-n'))
  }

  async listed(...options: string[]): Promise<string[]> {
    return listingOf(await this.ipvsadm('-L', '-n', ...options))
  }

  async restore(rules: readonly string[]): Promise<void> {
    const words = ['ip', 'netns', 'exec', this.name, 'ipvsadm', '-R']
    const violations = await shell.run(words, rules.map((rule) => `${rule}\n`).join(''))
    if (violations !== '') throw new Error(`ipvsadm -R: ${violations}`)
  }

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

  spawn(program: string, ...args: string[]): ChildProcessByStdio<Writable, Readable, null> {
    const words = ['netns', 'exec', this.name, program, ...args]
    const child = spawn('ip', words, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#programs.push(child)
    return child
  }

  async dispose(): Promise<void> {
    for (const program of this.#programs) {
      if (program.exitCode !== null || program.signalCode !== null) continue
      program.kill('SIGKILL')
      await once(program, 'exit')
    }
    // An unanswered connection keeps a namespace for a minute, and before Linux 7.1 its services would hide those of others in
    // /proc/net/ip_vs. A test may have closed the client or unloaded IPVS.
    await this.ipvs.flush().catch(() => {})
    for (const client of this.#clients) client.close()
    await shell.run(['ip', 'netns', 'delete', this.name])
  }
}
