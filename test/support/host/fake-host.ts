/**
 * A host in memory: sysctls with the side effects that the kernel has, links, addresses, routes, services, daemons. It can
 * die before or after any change, as a process that is killed; the host itself lives on and can be opened anew.
 */

import { IpvsError, NetworkError } from '../../../src/errors.ts'
import type { RoleHost } from '../../../src/host/facts/host-access.ts'
import type { Daemon, DaemonInput } from '../../../src/ipvs/model/daemon.ts'
import type { DestinationInput } from '../../../src/ipvs/model/destination.ts'
import type { Service, ServiceInput } from '../../../src/ipvs/model/service.ts'
import { checkServiceKey, formatService } from '../../../src/ipvs/model/service-key.ts'
import type { BatchCommand } from '../../../src/ipvs/write/batch-command.ts'
import type { InterfaceAddress, InterfaceAddressInput } from '../../../src/route/model/interface-address.ts'
import type { Link } from '../../../src/route/model/link.ts'
import type { Route } from '../../../src/route/model/route.ts'

/** What a test says of a host at its beginning; what it leaves out is as on a host just set up. */
export interface InitialState {
  readonly sysctls?: Readonly<Record<string, string>>
  readonly addresses?: readonly InterfaceAddressInput[]
  readonly services?: readonly (ServiceInput & { readonly destinations: readonly DestinationInput[] })[]
  readonly daemons?: readonly DaemonInput[]
  readonly interfaces?: readonly string[]
  readonly loopback?: 'up' | 'down'
}

interface State {
  readonly sysctls: Map<string, string>
  readonly links: Map<string, Link>
  readonly addresses: Map<string, InterfaceAddress>
  readonly routes: Map<string, Route>
  readonly services: Map<string, { service: ServiceInput; destinations: Map<string, DestinationInput> }>
  readonly daemons: Map<string, Daemon>
  readonly announced: string[]
}

/** The process was killed. */
export class Killed extends Error {}

/** Where a process is killed: at its n-th change, from 0, before or after it was made. */
export interface CrashPoint {
  readonly at: number
  readonly when: 'before' | 'after'
  /** Called at that moment. */
  readonly onDeath?: () => void
}

const SETTINGS_V4 = {
  arp_ignore: '0',
  arp_announce: '0',
  rp_filter: '0',
  send_redirects: '1',
  accept_redirects: '1',
  promote_secondaries: '0',
  forwarding: '0',
}

export class FakeHost implements RoleHost {
  readonly netns = undefined
  readonly #state: State
  #death: CrashPoint | undefined
  #dead = false
  /** Changes made so far. */
  changes = 0

  private constructor(state: State, death?: CrashPoint) {
    this.#state = state
    this.#death = death
  }

  static make(beginning: InitialState = {}): FakeHost {
    const { interfaces = ['eth0'], loopback = 'up' } = beginning
    const host = new FakeHost({
      sysctls: new Map([
        ['net.ipv4.ip_forward', '0'],
        ['net.ipv6.conf.all.forwarding', '0'],
        ['net.ipv4.vs.expire_nodest_conn', '0'],
        ['net.ipv4.vs.backup_only', '0'],
      ]),
      links: new Map(),
      addresses: new Map(),
      routes: new Map(),
      services: new Map(),
      daemons: new Map(),
      announced: [],
    })
    host.#addSysctls('all')
    host.#addSysctls('default')
    host.#addLink('lo', 'loopback', loopback === 'up')
    for (const name of interfaces) host.#addLink(name, 'ether', true)
    for (const [name, value] of Object.entries(beginning.sysctls ?? {})) host.#state.sysctls.set(name, value)
    for (const address of beginning.addresses ?? []) host.#addAddress(address)
    for (const { destinations, ...service } of beginning.services ?? []) {
      host.#command({ command: 'addService', service })
      for (const destination of destinations) {
        host.#command({ command: 'addDestination', service, destination })
      }
    }
    for (const daemon of beginning.daemons ?? []) host.#state.daemons.set(daemon.role, daemon as Daemon)
    return host
  }

  /** The same host as another process sees it. */
  reopen(death?: CrashPoint): FakeHost {
    return new FakeHost(this.#state, death)
  }

  /** Everything on it, to be compared. */
  dump(): unknown {
    const { announced, services, links, ...tables } = this.#state
    return {
      ...Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, sorted<unknown>(table)])),
      links: sorted(links).map(([name, { up }]) => [name, up]),
      services: sorted(services).map(([key, { service, destinations }]) => [
        key,
        service.scheduler ?? 'wlc',
        sorted(destinations).map(([endpoint, { forwarding }]) => [endpoint, forwarding]),
      ]),
    }
  }

  get announced(): readonly string[] {
    return this.#state.announced
  }

  sysctl(name: string): string | undefined {
    return this.#state.sysctls.get(name)
  }

  /** What somebody else does. */
  interfere(name: string, value: string): void {
    this.#setSysctl(name, value)
  }

  /** `192.0.2.1/32 on lo`, sorted. */
  get addresses(): string[] {
    return sorted(this.#state.addresses).map(([place]) => place)
  }

  get services(): string[] {
    return sorted(this.#state.services).map(([key]) => key)
  }

  get daemons(): string[] {
    return sorted(this.#state.daemons).map(([role]) => role)
  }

  #addSysctls(owner: string): void {
    for (const [setting, value] of Object.entries(SETTINGS_V4)) {
      this.#state.sysctls.set(`net.ipv4.conf.${owner}.${setting}`, value)
    }
    if (owner === 'all') this.#state.sysctls.delete('net.ipv4.conf.all.forwarding')
    else this.#state.sysctls.set(`net.ipv6.conf.${owner}.forwarding`, '0')
  }

  #addLink(name: string, type: Link['type'], up: boolean, kind?: string): void {
    const arp = type === 'ether'
    const index = this.#state.links.size + 1
    this.#state.links.set(name, { index, name, type, up, running: up, arp, mtu: 1500, kind })
    this.#addSysctls(name.replaceAll('.', '/'))
  }

  #addAddress({ address: given, interface: name, label, nodad }: InterfaceAddressInput): void {
    const [address = '', prefix] = given.split('/')
    const family = address.includes(':') ? 'ipv6' : 'ipv4'
    const prefixLength = Number(prefix ?? (family === 'ipv4' ? 32 : 128))
    const flags = nodad ? (['permanent', 'nodad'] as const) : (['permanent'] as const)
    this.#state.addresses.set(`${address}/${prefixLength} on ${name}`, {
      address,
      prefixLength,
      interface: name,
      family,
      scope: 'global',
      flags,
      ...(family === 'ipv4' ? { label: label ?? name } : {}),
    })
  }

  /** inet_forward_change() and addrconf_fixup_forwarding(). */
  #setSysctl(name: string, value: string): void {
    const { sysctls } = this.#state
    if (!sysctls.has(name)) throw new Error(`no sysctl ${name}`)
    const changed = (sysctls.get(name) === '0') !== (value === '0')
    sysctls.set(name, value)
    const isSwitch = name === 'net.ipv4.ip_forward' || name === 'net.ipv6.conf.all.forwarding'
    if (!isSwitch || !changed) return
    const family = name.split('.')[1]
    for (const other of sysctls.keys()) {
      if (other.startsWith(`net.${family}.conf.`) && other.endsWith('.forwarding')) sysctls.set(other, value)
    }
    if (family === 'ipv4') sysctls.set('net.ipv4.conf.all.accept_redirects', value === '0' ? '1' : '0')
  }

  #command(given: BatchCommand): void {
    if (given.command === 'addService') {
      const key = formatService(checkServiceKey(given.service))
      if (this.#state.services.has(key)) throw refusal('addService', 'EEXIST')
      this.#state.services.set(key, { service: given.service, destinations: new Map() })
    } else if (given.command === 'updateService') {
      const entry = this.#serviceOf(given.service)
      entry.service = { ...entry.service, ...given.changes }
    } else if (given.command === 'addDestination' || given.command === 'updateDestination') {
      const entry = this.#serviceOf(given.service)
      const { address, port = entry.service.port } = given.destination
      entry.destinations.set(`${address} ${port}`, { ...given.destination, port } as DestinationInput)
    } else {
      throw new Error(`${given.command} is beyond the fake host`)
    }
  }

  #serviceOf(reference: Parameters<typeof checkServiceKey>[0]) {
    const entry = this.#state.services.get(formatService(checkServiceKey(reference)))
    if (entry === undefined) throw refusal('service', 'ESRCH')
    return entry
  }

  #look(): void {
    if (this.#dead) throw new Killed()
  }

  /** A change, at which the process may be killed. */
  #change(make: () => void): void {
    this.#look()
    const isLast = this.#death?.at === this.changes
    this.changes++
    if (isLast && this.#death?.when === 'before') this.#die()
    make()
    if (isLast) this.#die()
  }

  #die(): never {
    this.#dead = true
    this.#death?.onDeath?.()
    throw new Killed()
  }

  readonly sysctls: RoleHost['sysctls'] = {
    findText: async (name) => {
      this.#look()
      return this.#state.sysctls.get(name)
    },
    setText: async (name, text) => this.#change(() => this.#setSysctl(name, text)),
  }

  readonly network: RoleHost['network'] = {
    links: async () => {
      this.#look()
      return [...this.#state.links.values()]
    },
    findLink: async (name) => {
      this.#look()
      return this.#state.links.get(name)
    },
    updateLink: async (name, { up }) => {
      const link = this.#state.links.get(name)
      if (link === undefined) throw notThere(name)
      this.#change(() => this.#state.links.set(name, { ...link, up: up ?? link.up }))
    },
    ensureLink: async ({ name, kind }) => {
      this.#look()
      if (this.#state.links.has(name)) return false
      this.#change(() => this.#addLink(name, 'ipip', false, kind))
      return true
    },
    ensureNoLink: async (name) => {
      this.#look()
      if (!this.#state.links.has(name)) return false
      this.#change(() => {
        this.#state.links.delete(name)
        for (const sysctl of [...this.#state.sysctls.keys()]) {
          if (sysctl.includes(`.conf.${name}.`)) this.#state.sysctls.delete(sysctl)
        }
      })
      return true
    },
    addresses: async ({ interface: name, family } = {}) => {
      this.#look()
      if (name !== undefined && !this.#state.links.has(name)) throw notThere(name)
      return [...this.#state.addresses.values()].filter(
        (address) =>
          (name === undefined || address.interface === name) &&
          (family === undefined || address.family === family),
      )
    },
    ensureAddress: async (address) => {
      this.#look()
      if (!this.#state.links.has(address.interface)) throw notThere(address.interface)
      this.#change(() => this.#addAddress(address))
      return true
    },
    ensureNoAddress: async ({ address, interface: name }) => {
      this.#change(() => this.#state.addresses.delete(`${address} on ${name}`))
      return true
    },
    routes: async ({ family } = {}) => {
      this.#look()
      return [...this.#state.routes.values()].filter(
        (route) => family === undefined || route.family === family,
      )
    },
    ensureRoute: async ({ destination, interface: name, gateway, metric }) => {
      const route: Route = {
        destination,
        family: destination.includes(':') ? 'ipv6' : 'ipv4',
        interface: name,
        gateway,
        metric,
        scope: 'link',
        table: 254,
        protocol: 'static',
        type: 'unicast',
      }
      this.#change(() => this.#state.routes.set(`${destination} ${gateway} ${name} ${metric}`, route))
      return true
    },
    ensureNoRoute: async ({ destination, interface: name, gateway, metric }) => {
      this.#change(() => this.#state.routes.delete(`${destination} ${gateway} ${name} ${metric}`))
      return true
    },
    announce: async (address, name) => {
      this.#look()
      this.#state.announced.push(`${address} on ${name}`)
    },
  }

  async ipvs(): ReturnType<RoleHost['ipvs']> {
    return {
      service: async (reference) => {
        this.#look()
        const { service, destinations } = this.#serviceOf(reference)
        return {
          ...service,
          scheduler: service.scheduler ?? 'wlc',
          destinations: [...destinations.values()].reverse(),
        } as unknown as Service
      },
      removeService: async (reference) =>
        this.#change(() => this.#state.services.delete(formatService(checkServiceKey(reference)))),
      batch: async (commands) => {
        for (const command of commands as Iterable<BatchCommand>) this.#change(() => this.#command(command))
      },
      daemons: async () => {
        this.#look()
        return [...this.#state.daemons.values()]
      },
      startDaemon: async (daemon) =>
        this.#change(() => this.#state.daemons.set(daemon.role, daemon as Daemon)),
      stopDaemon: async (role) => this.#change(() => this.#state.daemons.delete(role)),
    }
  }
}

function sorted<T>(table: ReadonlyMap<string, T>): [name: string, value: T][] {
  return [...table].sort(([a], [b]) => (a < b ? -1 : 1))
}

function refusal(command: string, code: string): IpvsError {
  return new IpvsError({ code, errno: 1, command, subject: '', kernelMessage: undefined, explanation: 'no' })
}

function notThere(name: string): NetworkError {
  return new NetworkError({
    code: 'ENODEV',
    errno: 19,
    command: 'link',
    subject: name,
    kernelMessage: undefined,
    explanation: 'there is none',
  })
}
