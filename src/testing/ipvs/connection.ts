import type { Counters, Totals } from './counters.ts'
import type { DestinationRecord } from './destination-record.ts'
import type { InetAddress } from './inet-address.ts'
import type { NetworkNamespace } from './namespace.ts'
import type { ServiceRecord } from './service-record.ts'

/** The kernel's name for the state of a connection or a template. */
export type ConnectionState =
  | 'NONE'
  | 'ASSURED'
  | 'ESTABLISHED'
  | 'SYN_RECV'
  | 'FIN_WAIT'
  | 'TIME_WAIT'
  | 'CLOSE'
  | 'CLOSE_WAIT'
  | 'UDP'

/** One end of a connection. */
export interface InetEndpoint {
  readonly address: InetAddress
  readonly port: number
}

/** States in which a TCP connection counts as active (tcp_state_active_table). */
const ACTIVE_STATES: ReadonlySet<ConnectionState> = new Set(['ESTABLISHED', 'SYN_RECV'])

/** Seconds that a template with connections is kept after it has expired. */
const TEMPLATE_GRACE = 60

/** An entry of the connection table: a connection, or a persistence template. */
export class Connection {
  readonly namespace: NetworkNamespace
  readonly service: ServiceRecord
  readonly destination: DestinationRecord
  readonly protocol: number
  readonly client: InetEndpoint
  readonly virtual: InetEndpoint
  /** The destination's end. */
  readonly real: InetEndpoint
  readonly isTemplate: boolean
  /** The template that chose its destination. */
  readonly template: Connection | undefined
  #state: ConnectionState
  #controlled = 0
  #expiresAt = 0
  #cancel: (() => void) | undefined
  readonly #forget: (connection: Connection) => void

  constructor(
    parts: Pick<
      Connection,
      | 'namespace'
      | 'service'
      | 'destination'
      | 'protocol'
      | 'client'
      | 'virtual'
      | 'real'
      | 'isTemplate'
      | 'template'
      | 'state'
    >,
    forget: (connection: Connection) => void,
  ) {
    this.namespace = parts.namespace
    this.service = parts.service
    this.destination = parts.destination
    this.protocol = parts.protocol
    this.client = parts.client
    this.virtual = parts.virtual
    this.real = parts.real
    this.isTemplate = parts.isTemplate
    this.template = parts.template
    this.#state = parts.state
    this.#forget = forget
    this.#count(1)
    if (this.template !== undefined) this.template.#controlled++
    raise(this.destination)
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** Seconds until it expires. */
  get expires(): number {
    return Math.max(0, this.#expiresAt - this.namespace.clock.now)
  }

  /** Changes its state; it expires after `timeout` seconds without packets. */
  become(state: ConnectionState, timeout: number): void {
    this.#count(-1)
    this.#state = state
    this.#count(1)
    this.keep(timeout)
  }

  /** Restarts its timer. */
  keep(timeout: number): void {
    const { clock } = this.namespace
    this.#cancel?.()
    this.#expiresAt = clock.now + timeout
    this.#cancel = clock.after(timeout, () => {
      if (this.#controlled > 0) this.keep(TEMPLATE_GRACE)
      else this.end()
    })
  }

  /** Removes it from the table (ip_vs_conn_expire). */
  end(): void {
    this.#cancel?.()
    this.#count(-1)
    if (this.template !== undefined) this.template.#controlled--
    lower(this.destination)
    this.#forget(this)
  }

  #count(difference: number): void {
    const { destination } = this
    if (this.isTemplate) destination.persistentConnections += difference
    else if (ACTIVE_STATES.has(this.#state)) destination.activeConnections += difference
    else destination.inactiveConnections += difference
  }
}

function total({ activeConnections, inactiveConnections }: DestinationRecord): number {
  return activeConnections + inactiveConnections
}

/** Counts a new connection (ip_vs_bind_dest). */
function raise(destination: DestinationRecord): void {
  const { upperThreshold } = destination
  if (upperThreshold !== 0 && total(destination) >= upperThreshold) destination.overloaded = true
}

/** Counts a connection that ended (ip_vs_unbind_dest); the default lower threshold is three quarters of the upper one. */
function lower(destination: DestinationRecord): void {
  const { upperThreshold, lowerThreshold } = destination
  const limit = lowerThreshold === 0 ? upperThreshold * 0.75 : lowerThreshold
  if (upperThreshold === 0 || total(destination) < limit) destination.overloaded = false
}

/** Counts traffic of a destination, its service and in total; not of a destination that was removed. */
export function countTraffic(connection: Connection, what: Partial<Totals>): void {
  const { service, destination, namespace } = connection
  const { family, address, port } = destination
  if (service.find(family, address, port) !== destination) return
  for (const counters of [
    namespace.countersOf(destination),
    namespace.countersOf(service),
    namespace.totals,
  ]) {
    add(counters, what)
  }
}

function add(counters: Counters, what: Partial<Totals>): void {
  for (const [name, number] of Object.entries(what) as [keyof Totals, number][]) counters.live[name] += number
}
