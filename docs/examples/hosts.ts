/** Hosts for examples: network namespaces on one bridge, created with iproute2 and deleted at the end. */

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A web server that answers every request with its name, and a client that prints the answers. */
const SERVER = `
  require('http').createServer((request, response) => {
    response.writeHead(200, { connection: 'close' }).end(process.argv[1])
  }).listen(80, '0.0.0.0', () => console.log('listening'))`
const CLIENT = `
  const get = (url) => new Promise((resolve, reject) => {
    require('http').get(url, { agent: false, timeout: 5000 }, (response) => {
      let text = ''
      response.on('data', (piece) => { text += piece }).on('end', () => resolve(text))
    }).on('error', reject).on('timeout', function () { this.destroy(new Error('no answer within 5 s')) })
  })
  const [url, times] = process.argv.slice(1)
  ;(async () => { for (let n = 0; n < times; n++) console.log(await get(url)) })()`

/** A network of hosts. */
export class Hosts implements AsyncDisposable {
  readonly #switch = `switch-${process.pid}`
  readonly #hosts: Host[] = []
  #network: Promise<void> | undefined

  /** Adds a host with an address such as `192.0.2.1/24` on its `eth0`. */
  async add(name: string, address: string): Promise<Host> {
    this.#network ??= this.#createSwitch()
    await this.#network
    const host = new Host(name)
    this.#hosts.push(host)
    const port = `port${this.#hosts.length}`
    await run('ip', ['netns', 'add', host.namespace])
    await run('ip', [
      '-n',
      this.#switch,
      'link',
      'add',
      port,
      'type',
      'veth',
      'peer',
      'eth0',
      'netns',
      host.namespace,
    ])
    await run('ip', ['-n', this.#switch, 'link', 'set', port, 'master', 'bridge', 'up'])
    await host.run('ip', 'link', 'set', 'lo', 'up')
    await host.run('ip', 'address', 'add', address, 'dev', 'eth0')
    await host.run('ip', 'link', 'set', 'eth0', 'up')
    return host
  }

  async #createSwitch(): Promise<void> {
    await run('ip', ['netns', 'add', this.#switch])
    await run('ip', ['-n', this.#switch, 'link', 'add', 'bridge', 'type', 'bridge'])
    await run('ip', ['-n', this.#switch, 'link', 'set', 'bridge', 'up'])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const host of this.#hosts) await host.stop()
    await run('ip', ['netns', 'delete', this.#switch])
  }
}

/** One host. */
export class Host {
  readonly name: string
  readonly namespace: string
  /** Path of its network namespace, for `Ipvs.open`. */
  readonly netns: string
  #server: ChildProcess | undefined

  constructor(name: string) {
    this.name = name
    this.namespace = `${name}-${process.pid}`
    this.netns = `/run/netns/${this.namespace}`
  }

  /** Runs a program on this host and returns its standard output. */
  async run(program: string, ...args: string[]): Promise<string> {
    const { stdout } = await run('ip', ['netns', 'exec', this.namespace, program, ...args])
    return stdout
  }

  async sysctl(name: string, value: string): Promise<void> {
    await this.run('sh', '-c', `echo ${value} > /proc/sys/${name.replaceAll('.', '/')}`)
  }

  /** Starts a web server on port 80 that answers with `text`. */
  async serve(text: string): Promise<void> {
    const args = ['netns', 'exec', this.namespace, process.execPath, '-e', SERVER, text]
    this.#server = spawn('ip', args, { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(this.#server.stdout!, 'data')
  }

  /** Fetches a page a number of times, each over a new connection, and returns the answers. */
  async fetch(url: string, times: number): Promise<string[]> {
    return (await this.run(process.execPath, '-e', CLIENT, url, String(times))).trim().split('\n')
  }

  async stop(): Promise<void> {
    this.#server?.kill()
    await run('ip', ['netns', 'delete', this.namespace])
  }
}
