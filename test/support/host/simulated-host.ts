/**
 * A host in memory for roles: IPVS is the simulated kernel of the library, the rest is {@link SimulatedNetwork}. A test can
 * kill a process at any change. The host survives that and can be opened by another process.
 */

import { NetworkError } from '../../../src/errors.ts'
import type { RoleHost } from '../../../src/host/facts/host-access.ts'
import type { DestinationInput } from '../../../src/ipvs/model/destination.ts'
import type { ServiceInput } from '../../../src/ipvs/model/service.ts'
import { formatService } from '../../../src/ipvs/model/service-key.ts'
import type { BatchCommand } from '../../../src/ipvs/write/batch-command.ts'
import type { InterfaceAddressInput } from '../../../src/route/model/interface-address.ts'
import { Ipvs } from '../../../src/state/ipvs.ts'
import { SimulatedKernel } from '../../../src/testing/simulated-kernel.ts'
import { SimulatedNetwork } from './simulated-network.ts'

/** The initial state of a host. Omitted parts are as on a new host. */
export interface InitialState {
  readonly sysctls?: Readonly<Record<string, string>>
  readonly addresses?: readonly InterfaceAddressInput[]
  readonly services?: readonly (ServiceInput & { readonly destinations: readonly DestinationInput[] })[]
  readonly interfaces?: readonly string[]
  readonly loopback?: 'up' | 'down'
}

/** The error of every call of a process that was killed. */
export class ProcessKilled extends Error {}

/** When a process is killed: before or after its n-th change, counted from 0. */
export interface CrashPoint {
  readonly at: number
  readonly when: 'before' | 'after'
  /** Called at that moment. */
  readonly onCrash?: () => void
}

export class SimulatedHost implements RoleHost {
  readonly netns = undefined
  readonly #kernel: SimulatedKernel
  readonly #network: SimulatedNetwork
  readonly #crashPoint: CrashPoint | undefined
  #client: Promise<Ipvs> | undefined
  #isKilled = false
  /** Number of changes by this process. */
  changes = 0

  private constructor(kernel: SimulatedKernel, network: SimulatedNetwork, crashPoint?: CrashPoint) {
    this.#kernel = kernel
    this.#network = network
    this.#crashPoint = crashPoint
  }

  static create(initial: InitialState = {}): SimulatedHost {
    const { interfaces = ['eth0'], loopback = 'up', services = [], addresses = [], sysctls = {} } = initial
    const network = new SimulatedNetwork()
    network.addLink('lo', 'loopback', true)
    for (const name of interfaces) network.addLink(name, 'ether', true)
    for (const [name, value] of Object.entries(sysctls)) network.sysctls.set(name, value)
    for (const address of addresses) network.addAddress(address)
    const kernel = new SimulatedKernel({ interfaces: network.interfaces })
    kernel.setState({
      services: services.map((service) => ({ ...service, destinations: service.destinations.toReversed() })),
    })
    const host = new SimulatedHost(kernel, network)
    if (loopback === 'down') host.#setLinkUp('lo', false)
    return host
  }

  /** The same host in another process. */
  reopen(crashPoint?: CrashPoint): SimulatedHost {
    return new SimulatedHost(this.#kernel, this.#network, crashPoint)
  }

  /** The whole state of the host, for comparison. */
  dump(): unknown {
    const { sysctls, links, addresses, routes } = this.#network
    const { services, daemons } = this.#kernel.state()
    return {
      sysctls: sortedEntries(sysctls),
      links: sortedEntries(links).map(([name, { up }]) => [name, up]),
      addresses: sortedEntries(addresses),
      routes: sortedEntries(routes),
      services: sortedEntries(new Map(services.map((service) => [formatService(service), service]))),
      daemons,
    }
  }

  sysctl(name: string): string | undefined {
    return this.#network.sysctls.get(name)
  }

  /** Changes a sysctl as another process would. */
  setSysctlFromOutside(name: string, value: string): void {
    this.#network.setSysctl(name, value)
  }

  /** Announced addresses, in order: `192.0.2.1 on eth0`. */
  get announced(): readonly string[] {
    return this.#network.announced
  }

  /** `192.0.2.1/32 on lo`, sorted. */
  get addresses(): string[] {
    return [...this.#network.addresses.keys()].sort()
  }

  /** Virtual services in text, sorted. */
  get services(): string[] {
    return this.#kernel.state().services.map(formatService).sort()
  }

  /** Roles of the running synchronisation daemons, sorted. */
  get daemons(): unknown[] {
    return this.#kernel
      .state()
      .daemons.map(({ role }) => role)
      .sort()
  }

  readonly sysctls: RoleHost['sysctls'] = {
    findText: async (name) => this.#read(() => this.#network.sysctls.get(name)),
    setText: async (name, text) => await this.#change(() => this.#network.setSysctl(name, text)),
  }

  readonly network: RoleHost['network'] = {
    links: async () => this.#read(() => [...this.#network.links.values()]),
    findLink: async (name) => this.#read(() => this.#network.links.get(name)),
    updateLink: async (name, { up }) => {
      if (!this.#network.links.has(name)) throw missingLink(name)
      await this.#change(() => this.#setLinkUp(name, up))
    },
    ensureLink: async ({ name, kind }) => {
      if (this.#read(() => this.#network.links.has(name))) return false
      await this.#change(() => this.#network.addLink(name, 'ipip', false, kind))
      return true
    },
    ensureNoLink: async (name) => {
      if (!this.#read(() => this.#network.links.has(name))) return false
      await this.#change(() => this.#network.removeLink(name))
      return true
    },
    addresses: async ({ interface: name, family } = {}) => {
      if (name !== undefined && !this.#read(() => this.#network.links.has(name))) throw missingLink(name)
      return this.#read(() => [...this.#network.addresses.values()]).filter(
        (address) =>
          (name === undefined || address.interface === name) &&
          (family === undefined || address.family === family),
      )
    },
    ensureAddress: async (address) => {
      if (!this.#read(() => this.#network.links.has(address.interface))) throw missingLink(address.interface)
      await this.#change(() => this.#network.addAddress(address))
      return true
    },
    ensureNoAddress: async ({ address, interface: name }) => {
      await this.#change(() => this.#network.addresses.delete(`${address} on ${name}`))
      return true
    },
    routes: async ({ family } = {}) =>
      this.#read(() => [...this.#network.routes.values()]).filter(
        (route) => family === undefined || route.family === family,
      ),
    ensureRoute: async (route) => {
      await this.#change(() => this.#network.addRoute(route))
      return true
    },
    ensureNoRoute: async (route) => {
      await this.#change(() => this.#network.removeRoute(route))
      return true
    },
    announce: async (address, name) => {
      this.#read(() => this.#network.announced.push(`${address} on ${name}`))
    },
  }

  async ipvs(): ReturnType<RoleHost['ipvs']> {
    this.#client ??= Ipvs.open({ transport: this.#kernel })
    const ipvs = await this.#client
    return {
      services: async () => await this.#read(() => ipvs.services()),
      service: async (key) => await this.#read(() => ipvs.service(key)),
      removeService: async (key) => await this.#change(() => ipvs.removeService(key)),
      // A process can be killed between the commands.
      batch: async (commands) => {
        for (const command of commands as Iterable<BatchCommand>) {
          await this.#change(() => ipvs.batch([command]))
        }
      },
      daemons: async () => await this.#read(() => ipvs.daemons()),
      startDaemon: async (daemon) => await this.#change(() => ipvs.startDaemon(daemon)),
      stopDaemon: async (role) => await this.#change(() => ipvs.stopDaemon(role)),
    }
  }

  #setLinkUp(name: string, up: boolean | undefined): void {
    this.#network.setLinkUp(name, up)
    this.#kernel.setInterfaces(this.#network.interfaces)
  }

  #read<T>(read: () => T): T {
    if (this.#isKilled) throw new ProcessKilled()
    return read()
  }

  /** Makes a change, and kills the process before or after it. */
  async #change(make: () => unknown): Promise<void> {
    const isLast = this.#read(() => this.#crashPoint?.at === this.changes)
    this.changes++
    if (isLast && this.#crashPoint?.when === 'before') this.#kill()
    await make()
    this.#kernel.setInterfaces(this.#network.interfaces)
    if (isLast) this.#kill()
  }

  #kill(): never {
    this.#isKilled = true
    this.#crashPoint?.onCrash?.()
    throw new ProcessKilled()
  }
}

function sortedEntries<T>(table: ReadonlyMap<string, T>): [name: string, value: T][] {
  return [...table].sort(([a], [b]) => (a < b ? -1 : 1))
}

function missingLink(name: string): NetworkError {
  return new NetworkError({
    code: 'ENODEV',
    errno: 19,
    command: 'link',
    subject: name,
    kernelMessage: undefined,
    explanation: 'there is none',
  })
}
