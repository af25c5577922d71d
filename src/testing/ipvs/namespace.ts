import type { Timeouts } from '../../ipvs/model/settings.ts'
import type { VirtualClock } from '../time/clock.ts'
import { type AddressTypes, addressTypesOf, type NetworkInterface } from './address-type.ts'
import { ConnectionTable } from './connection-table.ts'
import { Counters } from './counters.ts'
import type { DaemonRecord } from './daemon-record.ts'
import type { DestinationRecord } from './destination-record.ts'
import type { KernelProfile } from './profile.ts'
import type { ServiceOrder } from './service-order.ts'
import { type ServiceIdentity, type ServiceRecord, serviceKey } from './service-record.ts'
import { Trash } from './trash.ts'

/** Buckets of a connection table of fixed size, and of a growing one at first. */
const FIXED_TABLE = 4096
const LEAST_TABLE = 256

const DEFAULT_TIMEOUTS = { tcp: 900, tcpFin: 120, udp: 300 } as const satisfies Timeouts

/** The state of IPVS in one network namespace (struct netns_ipvs). */
export class NetworkNamespace {
  readonly name: string
  readonly profile: KernelProfile
  readonly clock: VirtualClock
  readonly order: ServiceOrder
  readonly trash: Trash
  /** At most one of each role; the master stands first. */
  daemons: DaemonRecord[] = []
  /** Seconds. */
  timeouts: Timeouts = { ...DEFAULT_TIMEOUTS }
  #interfaces: readonly NetworkInterface[]
  #networks: AddressTypes
  /** Number of destinations of another family than their service. */
  mixedFamilies = 0
  /** Counters of all traffic. */
  readonly totals = new Counters()
  readonly connections = new ConnectionTable(this)
  /** Whether a service or a backup daemon has ever existed. Until then a growing connection table has no buckets. */
  hasConnectionTable = false
  readonly #services = new Map<string, ServiceRecord>()
  #sockets = 0
  #isDeleted = false

  constructor(
    name: string,
    profile: KernelProfile,
    clock: VirtualClock,
    order: ServiceOrder,
    interfaces: readonly NetworkInterface[],
  ) {
    this.name = name
    this.#interfaces = interfaces
    this.#networks = addressTypesOf(interfaces)
    this.profile = profile
    this.clock = clock
    this.order = order
    this.trash = new Trash(clock)
  }

  get interfaces(): readonly NetworkInterface[] {
    return this.#interfaces
  }

  set interfaces(interfaces: readonly NetworkInterface[]) {
    this.#interfaces = interfaces
    this.#networks = addressTypesOf(interfaces)
  }

  /** Addresses that are special because an interface has them. */
  get networks(): AddressTypes {
    return this.#networks
  }

  /** Buckets of the connection table at present. */
  get connectionTableSize(): number {
    if (this.profile.tables === 'fixed') return FIXED_TABLE
    return this.hasConnectionTable ? LEAST_TABLE : 0
  }

  /** The services in the order in which they were created. */
  get services(): readonly ServiceRecord[] {
    return [...this.#services.values()]
  }

  find(identity: ServiceIdentity): ServiceRecord | undefined {
    return this.#services.get(serviceKey(identity))
  }

  add(service: ServiceRecord): void {
    this.#services.set(serviceKey(service), service)
    this.order.add(this, service)
    this.hasConnectionTable = true
  }

  /** Removes a service, and moves its destinations to the trash one by one. */
  remove(service: ServiceRecord): void {
    for (const destination of service.destinations) this.removeDestination(service, destination)
    this.#services.delete(serviceKey(service))
    this.order.remove(this, service)
  }

  /** The counters of a service or a destination, created on first use. */
  countersOf(record: ServiceRecord | DestinationRecord): Counters {
    if (record.counters === undefined) record.counters = new Counters()
    return record.counters
  }

  /** Updates all counters, as the kernel does every two seconds. */
  sample(): void {
    this.totals.sample()
    for (const service of this.#services.values()) {
      service.counters?.sample()
      for (const { counters } of service.destinations) counters?.sample()
    }
  }

  addDestination(service: ServiceRecord, destination: DestinationRecord): void {
    service.add(destination)
    if (destination.family !== service.family) this.mixedFamilies++
  }

  removeDestination(service: ServiceRecord, destination: DestinationRecord): void {
    service.remove(destination)
    if (destination.family !== service.family) this.mixedFamilies--
    this.trash.add(destination)
  }

  /** Counts an open socket, which keeps the namespace alive. */
  hold(): void {
    this.#sockets++
  }

  /** Removes a closed socket from the count. */
  release(): void {
    this.#sockets--
    if (this.#isDeleted && this.#sockets === 0) this.reset()
  }

  /** Removes its name; the namespace ends with its last socket (cleanup_net). */
  delete(): void {
    this.#isDeleted = true
    if (this.#sockets === 0) this.reset()
  }

  /** Removes all state, as unloading the module does. */
  reset(): void {
    for (const connection of this.connections.entries) connection.end()
    for (const service of this.services) this.remove(service)
    this.trash.empty()
    this.daemons = []
    this.timeouts = { ...DEFAULT_TIMEOUTS }
    this.mixedFamilies = 0
    this.totals.shown = {}
    this.hasConnectionTable = false
  }
}
