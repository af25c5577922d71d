import { Ipvs } from '../../../src/index.ts'
import type { Transport } from '../../../src/netlink/transport/transport.ts'
import type { NetworkInterface } from '../../../src/testing/ipvs/address-type.ts'
import type { SimulatedKernel } from '../../../src/testing/simulated-kernel.ts'
import { callIpvsadm } from './call-ipvsadm.ts'
import { linesOf, listingOf } from './ipvsadm-output.ts'
import type { Namespace } from './namespace.ts'

let count = 0

/** A network namespace of a simulated kernel. */
export class SimulatedNamespace implements Namespace {
  readonly name = `simulated-${++count}`
  readonly path = this.name
  readonly transport: Transport
  readonly options: { readonly transport: Transport }
  readonly #kernel: SimulatedKernel
  readonly #interfaces = new Map<string, NetworkInterface>()
  #ipvs: Ipvs | undefined
  readonly #clients: Ipvs[] = []

  private constructor(kernel: SimulatedKernel) {
    this.#kernel = kernel
    this.transport = kernel.connect({ netns: this.name })
    this.options = { transport: this.transport }
  }

  static async make(
    kernel: SimulatedKernel,
    { loopback }: { loopback: 'up' | 'down' },
  ): Promise<SimulatedNamespace> {
    const namespace = new SimulatedNamespace(kernel)
    const up = loopback === 'up'
    namespace.#change({ name: 'lo', up, addresses: up ? ['127.0.0.1/8', '::1/128'] : [] })
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

  async addAddresses(...added: string[]): Promise<void> {
    const { addresses = [], ...lo } = this.#interfaces.get('lo')!
    this.#change({ ...lo, addresses: [...addresses, ...added] })
  }

  async addDummy(
    name: string,
    addresses: readonly string[] = [],
    state: 'up' | 'down' = 'up',
  ): Promise<void> {
    // Other arguments of `ip address add` follow the address.
    this.#change({ name, up: state === 'up', addresses: addresses.map((words) => words.split(' ')[0]!) })
  }

  async setMtu(name: string, mtu: number): Promise<void> {
    this.#change({ ...this.#interfaces.get(name)!, mtu })
  }

  async read(path: string): Promise<string> {
    let text = ''
    for await (const piece of this.transport.readFile(path)) text += Buffer.from(piece).toString('latin1')
    return text
  }

  async ipvsadm(...args: string[]): Promise<string> {
    return await this.#ipvsadm(args)
  }

  async saved(): Promise<string[]> {
    return linesOf(await this.ipvsadm('-S', '-n'))
  }

  async listed(...options: string[]): Promise<string[]> {
    return listingOf(await this.ipvsadm('-L', '-n', ...options))
  }

  async restore(rules: readonly string[]): Promise<void> {
    await this.#ipvsadm(['-R'], rules.map((rule) => `${rule}\n`).join(''))
  }

  async ip(...words: string[]): Promise<string> {
    return cannotRun(['ip', ...words])
  }

  async exec(...words: string[]): Promise<string> {
    return cannotRun(words)
  }

  async start(script: string): Promise<never> {
    return cannotRun([script])
  }

  spawn(...words: string[]): never {
    return cannotRun(words)
  }

  async dispose(): Promise<void> {
    for (const client of this.#clients) client.close()
    this.#kernel.deleteNamespace(this.name)
  }

  #change(changed: NetworkInterface): void {
    this.#interfaces.set(changed.name, changed)
    this.#kernel.setInterfaces([...this.#interfaces.values()], { netns: this.name })
  }

  async #ipvsadm(words: readonly string[], input?: string): Promise<string> {
    const { status, stdout, stderr } = await callIpvsadm(this, words, input)
    if (status === 0 && stderr === '') return stdout
    throw new Error(`ipvsadm ${words.join(' ')} ended with ${status}: ${stdout}${stderr}`)
  }
}

function cannotRun(words: readonly string[]): never {
  throw new Error(
    `A simulated kernel runs no programs (${words.join(' ')}): add the test to the list in real-only.ts`,
  )
}
