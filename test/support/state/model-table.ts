/** A table in memory that accepts and refuses commands like the kernel, one at a time. */

import { constants } from 'node:os'
import { BatchError, type BatchFailure, IpvsError } from '../../../src/errors.ts'
import type { Daemon, DaemonInput, SyncRole } from '../../../src/ipvs/model/daemon.ts'
import type { Destination } from '../../../src/ipvs/model/destination.ts'
import { mergeDestination } from '../../../src/ipvs/model/destination-changes.ts'
import { checkDestinationKey } from '../../../src/ipvs/model/destination-message.ts'
import type { Service } from '../../../src/ipvs/model/service.ts'
import { mergeService } from '../../../src/ipvs/model/service-changes.ts'
import {
  checkServiceKey,
  formatEndpoint,
  formatService,
  type ServiceReference,
} from '../../../src/ipvs/model/service-key.ts'
import type { TimeoutChanges, Timeouts } from '../../../src/ipvs/model/settings.ts'
import type { BatchCommand } from '../../../src/ipvs/write/batch-command.ts'
import { ClientContext } from '../../../src/state/apply/client-context.ts'
import { resolveDesiredState } from '../../../src/state/document/resolve-desired-state.ts'
import type { DesiredState } from '../../../src/state/model/desired-state.ts'
import type { StepCommand } from '../../../src/state/model/step.ts'
import type { CurrentTable, TableClient } from '../../../src/state/model/table.ts'
import { IDLE, NO_TRAFFIC } from '../ipvs/encoding.ts'

/** The values that the kernel sets for a new service or destination. */
const FRESH_SERVICE = { statistics: NO_TRAFFIC }

/** Refuses a command, by the name of an error number. */
type Refuse = (code: string) => never

type Entry = Omit<Service, 'destinations'> & { destinations: Destination[] }

export class ModelTable implements TableClient {
  /** The context of a client of this table. */
  readonly context = new ClientContext(this, { find: () => Promise.resolve(undefined) })
  readonly #services = new Map<string, Entry>()
  #timeouts: Timeouts = { tcp: 900, tcpFin: 120, udp: 300 }
  readonly #daemons = new Map<SyncRole, Daemon>()
  /** The commands that were accepted or refused, in order. */
  readonly log: StepCommand[] = []
  /** Number of times that the whole table was read. */
  readings = 0
  /** Called before each read of one service, with the number of previous reads. */
  onLook: (look: number) => void = () => {}
  #looks = 0
  /** Schedulers that cannot be loaded. */
  readonly missing = new Set<string>()
  /** Called before each command. It can act as another process, or end this process. */
  before: (command: StepCommand, table: ModelTable) => void = () => {}
  /** Called after each accepted command. */
  after: (command: StepCommand, table: ModelTable) => void = () => {}

  /** A table with all entries of a document. */
  static of(desired: DesiredState): ModelTable {
    const table = new ModelTable()
    const { services, timeouts, daemons } = resolveDesiredState(desired)
    for (const { key, settings, destinations } of services?.values() ?? []) {
      table.take({ command: 'addService', service: { ...key, ...settings } as never })
      for (const destination of destinations?.values() ?? []) {
        table.take({ command: 'addDestination', service: key, destination: destination as never })
      }
    }
    table.take({ command: 'setTimeouts', changes: timeouts })
    for (const daemon of daemons ?? []) table.take({ command: 'startDaemon', daemon: daemon as DaemonInput })
    table.log.length = 0
    return table
  }

  /** The current table, without counting a read. */
  get current(): CurrentTable {
    const services = [...this.#services.values()].map(
      (service) => ({ ...service, destinations: [...service.destinations] }) as Service,
    )
    return { services, timeouts: { ...this.#timeouts }, daemons: [...this.#daemons.values()] }
  }

  /** Executes a command as another process would. */
  take(command: StepCommand): void {
    const refuse: Refuse = (code) => {
      const subject = 'service' in command ? nameOf(command.service) : ''
      const errno = constants.errno[code as keyof typeof constants.errno]
      throw new IpvsError({
        ...{ code, errno, command: command.command, subject },
        ...{ kernelMessage: undefined, explanation: 'as the kernel would' },
      })
    }
    this.#run(command, refuse)
  }

  /** Sets the connections of a destination. */
  setConnections(service: string, endpoint: string, active: number, inactive = 0): void {
    const destination = this.#services
      .get(service)
      ?.destinations.find((each) => endpointOf(each) === endpoint)
    Object.assign(destination!, { activeConnections: active, inactiveConnections: inactive })
  }

  /** Counts packets of a destination and its service. */
  count(name: string, endpoint: string, incomingPackets: number): void {
    const service = this.#services.get(name)!
    const at = service.destinations.findIndex((each) => endpointOf(each) === endpoint)
    const statistics = { ...NO_TRAFFIC, incomingPackets }
    service.destinations[at] = { ...service.destinations[at]!, statistics }
    this.#services.set(name, { ...service, statistics })
  }

  async services(): Promise<Service[]> {
    this.readings++
    return [...this.current.services]
  }

  async service(reference: ServiceReference): Promise<Service> {
    this.onLook(++this.#looks)
    const found = this.current.services.find((service) => formatService(service) === nameOf(reference))
    if (found === undefined) this.take({ command: 'removeService', service: reference })
    return found!
  }

  async timeouts(): Promise<Timeouts> {
    return this.current.timeouts
  }

  async daemons(): Promise<Daemon[]> {
    return [...this.current.daemons]
  }

  async batch(commands: Iterable<BatchCommand> | AsyncIterable<BatchCommand>): Promise<void> {
    const failures: BatchFailure[] = []
    let index = 0
    for await (const command of commands) {
      await this.#send(command as StepCommand).catch((error: Error) => {
        // Any error other than a refusal ends the process.
        if (!(error instanceof IpvsError)) throw error
        failures.push({ index, error })
      })
      index++
    }
    if (failures.length > 0) throw new BatchError(failures, index)
  }

  setTimeouts(changes: TimeoutChanges): Promise<void> {
    return this.#send({ command: 'setTimeouts', changes })
  }

  startDaemon(daemon: DaemonInput): Promise<void> {
    return this.#send({ command: 'startDaemon', daemon })
  }

  stopDaemon(role: SyncRole): Promise<void> {
    return this.#send({ command: 'stopDaemon', role })
  }

  async #send(command: StepCommand): Promise<void> {
    this.before(command, this)
    this.log.push(command)
    this.take(command)
    this.after(command, this)
  }

  #run(command: StepCommand, refuse: Refuse): void {
    switch (command.command) {
      case 'addService': {
        const key = checkServiceKey(command.service)
        if (this.#services.has(formatService(key))) refuse('EEXIST')
        if (this.missing.has(String(command.service.scheduler))) refuse('ENOENT')
        const { scheduler, schedulerFlags, onePacket, persistence, persistenceEngine } = command.service
        const settings = { scheduler, schedulerFlags, onePacket, persistence, persistenceEngine }
        this.#services.set(formatService(key), {
          ...key,
          ...settings,
          ...FRESH_SERVICE,
          destinations: [],
        } as unknown as Entry)
        return
      }
      case 'setTimeouts':
        this.#timeouts = { ...this.#timeouts, ...command.changes } as Timeouts
        return
      case 'startDaemon': {
        const { daemon } = command
        if (this.#daemons.has(daemon.role)) refuse('EEXIST')
        if (this.#hasMixedFamilies()) refuse('EINVAL')
        this.#daemons.set(daemon.role, { maximumLength: 1472, ...defined(daemon) } as Daemon)
        return
      }
      case 'stopDaemon':
        if (!this.#daemons.delete(command.role)) refuse('ESRCH')
        return
      default:
        this.#runOnService(command, refuse)
    }
  }

  #runOnService(
    command: Exclude<StepCommand, { command: 'addService' | 'setTimeouts' | 'startDaemon' | 'stopDaemon' }>,
    refuse: Refuse,
  ): void {
    const name = nameOf(command.service)
    const service = this.#services.get(name)
    if (service === undefined) refuse('ESRCH')
    if (command.command === 'removeService') {
      this.#services.delete(name)
      return
    }
    if (command.command === 'updateService') {
      if (this.missing.has(String(command.changes.scheduler))) refuse('ENOENT')
      Object.assign(service, mergeService(service, command.changes))
      return
    }
    const key = checkDestinationKey(command.destination, service.port ?? 0)
    const at = service.destinations.findIndex(
      (each) => endpointOf(each) === formatEndpoint(key.address, key.port),
    )
    if (command.command === 'addDestination') {
      if (at !== -1) refuse('EEXIST')
      if (key.family !== service.family && this.#daemons.size > 0) refuse('EINVAL')
      // The kernel refuses a destination with such an address (ip_vs_new_dest).
      if (key.address === '255.255.255.255') refuse('EINVAL')
      const { weight, upperThreshold, lowerThreshold, forwarding, tunnel } = command.destination
      const settings = { weight, upperThreshold, lowerThreshold, forwarding, tunnel }
      service.destinations.unshift({ ...key, ...settings, ...IDLE } as unknown as Destination)
      return
    }
    if (at === -1) refuse('ENOENT')
    const existing = service.destinations[at]!
    if (command.command === 'removeDestination') service.destinations.splice(at, 1)
    else
      service.destinations[at] = {
        ...existing,
        ...mergeDestination(existing, command.destination),
      } as Destination
  }

  #hasMixedFamilies(): boolean {
    return [...this.#services.values()].some(({ family, destinations }) =>
      destinations.some((destination) => destination.family !== family),
    )
  }
}

function nameOf(reference: ServiceReference | undefined): string {
  return formatService(checkServiceKey(reference))
}

function endpointOf({ address, port }: Destination): string {
  return formatEndpoint(address, port)
}

function defined(daemon: DaemonInput): Partial<DaemonInput> {
  return Object.fromEntries(Object.entries(daemon).filter(([, value]) => value !== undefined))
}
