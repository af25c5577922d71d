import { IP_VS_SVC_F_PERSISTENT } from '../../ipvs/protocol/uapi.ts'
import { LITTLE_ENDIAN } from '../../netlink/wire/wire.ts'
import { Connection, type ConnectionState, type InetEndpoint } from './connection.ts'
import type { DestinationRecord } from './destination-record.ts'
import { AF_INET6, type FamilyNumber, type InetAddress, NO_ADDRESS } from './inet-address.ts'
import type { NetworkNamespace } from './namespace.ts'
import type { ServiceRecord } from './service-record.ts'

/** A packet flow of a client. */
export interface Flow {
  readonly family: FamilyNumber
  readonly protocol: number
  readonly client: InetEndpoint
  readonly virtual: InetEndpoint
  readonly fwmark: number
}

const FTP = 21
const IPPROTO_IP = 0

/** The connections of a network namespace. */
export class ConnectionTable {
  readonly #namespace: NetworkNamespace
  readonly #entries = new Set<Connection>()

  constructor(namespace: NetworkNamespace) {
    this.#namespace = namespace
  }

  /** Connections and templates, the oldest first. */
  get entries(): readonly Connection[] {
    return [...this.#entries]
  }

  /**
   * The service of a flow: first a service with its mark, then a service at its port, last a service at port 0
   * (ip_vs_service_find).
   */
  serviceFor({ family, protocol, virtual, fwmark }: Flow): ServiceRecord | undefined {
    const { address, port } = virtual
    const marked = { family, protocol: 6, address: NO_ADDRESS, port: 0, fwmark }
    const found = fwmark === 0 ? undefined : this.#namespace.find(marked)
    return (
      found ??
      this.#namespace.find({ family, protocol, address, port, fwmark: 0 }) ??
      this.#namespace.find({ family, protocol, address, port: 0, fwmark: 0 })
    )
  }

  /** Schedules a flow; undefined when no destination accepts it (ip_vs_schedule). */
  schedule(flow: Flow, service: ServiceRecord, state: ConnectionState): Connection | undefined {
    const { fwmark, port } = service
    if ((service.flags & IP_VS_SVC_F_PERSISTENT) !== 0)
      return this.#schedulePersistently(flow, service, state)
    // A service at port 0 accepts no connection unless it is persistent.
    if (fwmark === 0 && flow.virtual.port !== port) return undefined
    const destination = this.#selectDestination(flow, service)
    if (destination === undefined) return undefined
    return this.#connect(flow, service, destination, destination.port || flow.virtual.port, state, undefined)
  }

  #schedulePersistently(flow: Flow, service: ServiceRecord, state: ConnectionState): Connection | undefined {
    const template = this.#findTemplate(flow, service) ?? this.#addTemplate(flow, service)
    if (template === undefined) return undefined
    const { destination } = template
    const ownPort = flow.virtual.port === service.port && destination.port !== 0
    const port = ownPort ? destination.port : flow.virtual.port
    const connection = this.#connect(flow, service, destination, port, state, template)
    // Each connection restarts the timer of its template.
    template.become('ASSURED', service.timeout / this.#namespace.profile.ticksPerSecond)
    return connection
  }

  /** A template is valid as long as its destination exists. */
  #findTemplate(flow: Flow, service: ServiceRecord): Connection | undefined {
    const { client, virtual, protocol } = templateKey(flow, service)
    for (const entry of this.#entries) {
      const same =
        entry.isTemplate &&
        entry.protocol === protocol &&
        isSame(entry.client, client) &&
        isSame(entry.virtual, virtual)
      const { family, address, port } = entry.destination
      if (same && service.find(family, address, port) === entry.destination) return entry
    }
    return undefined
  }

  #addTemplate(flow: Flow, service: ServiceRecord): Connection | undefined {
    const destination = this.#selectDestination(flow, service)
    if (destination === undefined) return undefined
    const { client, virtual, protocol } = templateKey(flow, service)
    const port = virtual.port === 0 ? 0 : destination.port
    const real = { address: destination.address, port }
    return this.#add(
      { service, destination, protocol, client, virtual, real, template: undefined },
      'NONE',
      true,
    )
  }

  #selectDestination({ client, virtual }: Flow, service: ServiceRecord): DestinationRecord | undefined {
    return service.schedulerState?.schedule({
      source: client.address,
      sourcePort: client.port,
      destination: virtual.address,
      now: this.#namespace.clock.now,
    })
  }

  #connect(
    { protocol, client, virtual }: Flow,
    service: ServiceRecord,
    destination: DestinationRecord,
    port: number,
    state: ConnectionState,
    template: Connection | undefined,
  ): Connection {
    const real = { address: destination.address, port }
    return this.#add({ service, destination, protocol, client, virtual, real, template }, state, false)
  }

  #add(
    parts: Pick<
      Connection,
      'service' | 'destination' | 'protocol' | 'client' | 'virtual' | 'real' | 'template'
    >,
    state: ConnectionState,
    isTemplate: boolean,
  ): Connection {
    const whole = { ...parts, namespace: this.#namespace, state, isTemplate }
    const connection = new Connection(whole, (entry) => this.#entries.delete(entry))
    this.#entries.add(connection)
    return connection
  }
}

/** The key of a template (ip_vs_sched_persist): FTP and port 0 cover all ports, a mark covers all addresses. */
function templateKey({ client, virtual, protocol }: Flow, service: ServiceRecord) {
  const masked = { address: maskAddress(client.address, service), port: 0 }
  if (virtual.port === service.port) {
    const port = service.port === FTP ? 0 : virtual.port
    return { protocol, client: masked, virtual: { address: virtual.address, port } }
  }
  if (service.fwmark === 0)
    return { protocol, client: masked, virtual: { address: virtual.address, port: 0 } }
  const mark: InetAddress = [service.fwmark | 0, 0, 0, 0]
  return { protocol: IPPROTO_IP, client: masked, virtual: { address: mark, port: 0 } }
}

/** The network of a client, by mask for IPv4 and by prefix length for IPv6. */
function maskAddress(address: InetAddress, { family, netmask }: ServiceRecord): InetAddress {
  if (family !== AF_INET6) return [address[0] & networkOrder(netmask), 0, 0, 0]
  const word = (index: number) => {
    const bits = Math.min(Math.max(netmask - 32 * index, 0), 32)
    return bits === 0 ? 0 : address[index]! & (0xffff_ffff << (32 - bits))
  }
  return [word(0), word(1), word(2), word(3)]
}

function networkOrder(number: number): number {
  const view = new DataView(new ArrayBuffer(4))
  view.setUint32(0, number, LITTLE_ENDIAN)
  return view.getInt32(0)
}

function isSame(one: InetEndpoint, other: InetEndpoint): boolean {
  return one.port === other.port && one.address.every((word, index) => word === other.address[index])
}
