import type { CallOptions } from '../netlink/arguments/call-options.ts'
import type { Activity } from '../netlink/connection/exchange-pipeline.ts'
import type { OpenOptions } from '../netlink/open.ts'
import type { IpvsSession } from './commands/command-runner.ts'
import type { Daemon, DaemonInput, SyncRole } from './model/daemon.ts'
import type {
  Destination,
  DestinationChanges,
  DestinationInput,
  DestinationKey,
} from './model/destination.ts'
import type { Service, ServiceInput, ServiceSettings } from './model/service.ts'
import { checkServiceKey, type ServiceReference } from './model/service-key.ts'
import type { Info, TimeoutChanges, Timeouts } from './model/settings.ts'
import type { Statistics } from './model/statistics.ts'
import { type Availability, openSession, probe } from './open.ts'
import type { ConnectionEntry } from './proc/connection-entry.ts'
import { readOverview, type ServiceOverview } from './proc/overview.ts'
import { readConnections, readTotals } from './proc/proc.ts'
import { readServiceWithDestinations } from './read/read-service.ts'
import { readServices, streamServices } from './read/read-services.ts'
import { sendBatch } from './write/batch.ts'
import type { BatchCommand } from './write/batch-command.ts'
import { readDaemons, startDaemon, stopDaemon } from './write/daemon-commands.ts'
import { addDestination, removeDestination, updateDestination } from './write/destination-commands.ts'
import { addService, flush, removeService, updateService, zero } from './write/service-commands.ts'
import { info, setTimeouts, timeouts } from './write/settings-commands.ts'

/**
 * A client of the Linux Virtual Server in one network namespace.
 *
 * Calls may be made concurrently. Writes reach the kernel in the order in which they were made; those made while an
 * exchange is under way leave together in one datagram. Each has a result of its own: a batch is no transaction.
 *
 * Every call may reject with a `TypeError` or `RangeError` (an argument; nothing was sent), an {@link IpvsError} (the
 * kernel refused) or a {@link NetlinkError} (something went wrong on the way). An idle client does not keep the process
 * alive.
 *
 * @example
 * ```ts
 * await using ipvs = await Ipvs.open()
 * await ipvs.addService({ protocol: 'tcp', address: '192.0.2.1', port: 80, scheduler: 'wrr' })
 * await ipvs.addDestination('tcp://192.0.2.1:80', { address: '192.0.2.10', forwarding: 'dr', weight: 2 })
 * ```
 */
export class IpvsClient implements AsyncDisposable {
  readonly #client: IpvsSession

  /** @internal */
  protected constructor(client: IpvsSession) {
    this.#client = client
  }

  /**
   * Opens a client. The kernel loads IPVS if it can and must.
   *
   * @throws {IpvsUnavailableError} when the kernel has no IPVS.
   * @throws {AddonError} when the addon cannot be loaded.
   * @throws {Error} of the system (`code`, `syscall`) when the namespace or the socket cannot be opened.
   */
  static async open(options: OpenOptions = {}): Promise<IpvsClient> {
    return new IpvsClient(await openSession(options))
  }

  /** Says whether IPVS can be used here, and if not, why. Never rejects because it cannot. */
  static probe(options: OpenOptions = {}): Promise<Availability> {
    return probe(async () => {
      await using ipvs = await IpvsClient.open(options)
      return await ipvs.info({ signal: options.signal })
    }, options.signal)
  }

  /**
   * Makes a virtual service. ipvsadm `-A`; IPVS_CMD_NEW_SERVICE.
   *
   * @throws {IpvsError} `EEXIST` it exists; `ENOENT` no such scheduler or persistence engine.
   */
  addService(service: ServiceInput, options: CallOptions = {}): Promise<void> {
    return addService(this.#client, service, options)
  }

  /**
   * Changes a virtual service. Only what is named changes, `null` takes a thing away; connections and counters stay. With
   * settings left open the service is read first. A change of the scheduler drops its flags unless they are named.
   * ipvsadm `-E`; IPVS_CMD_SET_SERVICE.
   *
   * @throws {IpvsError} `ESRCH` no such service; `ENOENT` no such scheduler or persistence engine.
   */
  updateService(
    service: ServiceReference,
    changes: ServiceSettings,
    options: CallOptions = {},
  ): Promise<void> {
    return updateService(this.#client, service, changes, options)
  }

  /**
   * Removes a virtual service with its destinations; their connections are cut off. ipvsadm `-D`; IPVS_CMD_DEL_SERVICE.
   *
   * @throws {IpvsError} `ESRCH` no such service.
   */
  removeService(service: ServiceReference, options: CallOptions = {}): Promise<void> {
    return removeService(this.#client, service, options)
  }

  /**
   * Adds a destination to a virtual service. ipvsadm `-a`; IPVS_CMD_NEW_DEST. One that was removed within the last two to
   * three minutes comes back with the connection counts it had (ip_vs_trash_get_dest).
   *
   * @throws {IpvsError} `ESRCH` no such service; `EEXIST` the service has it; `EINVAL` not the address of a host.
   */
  addDestination(
    service: ServiceReference,
    destination: DestinationInput,
    options: CallOptions = {},
  ): Promise<void> {
    return addDestination(this.#client, service, destination, options)
  }

  /**
   * Changes a destination. Only what is named changes. With settings left open the service's destinations are read first;
   * changes made together share one reading. A destination as it was read can be given back with changes. ipvsadm `-e`;
   * IPVS_CMD_SET_DEST.
   *
   * @throws {IpvsError} `ESRCH` no such service; `ENOENT` no such destination.
   */
  updateDestination(
    service: ServiceReference,
    changes: DestinationChanges,
    options: CallOptions = {},
  ): Promise<void> {
    return updateDestination(this.#client, service, changes, options)
  }

  /**
   * Removes a destination; its connections are cut off with the next packet. To let them end, set its weight to 0 first.
   * ipvsadm `-d`; IPVS_CMD_DEL_DEST.
   *
   * @throws {IpvsError} `ESRCH` no such service; `ENOENT` no such destination.
   */
  removeDestination(
    service: ServiceReference,
    destination: DestinationKey,
    options: CallOptions = {},
  ): Promise<void> {
    return removeDestination(this.#client, service, destination, options)
  }

  /**
   * Runs many commands: the fast way to program a table. They are taken from an array, a generator or an async iterable a
   * few hundred at a time, reach the kernel in that order, and are encoded while it executes those before them. Each stands
   * for itself, as single calls do: a batch is no transaction, one that fails does not stop the others, and one with a bad
   * argument is the only one not sent. Arrays and objects must not change meanwhile. A signal, or closing the client, stops
   * it on the way; what has left by then may be done.
   *
   * @throws {BatchError} when some failed; it lists them.
   */
  batch(
    commands: Iterable<BatchCommand> | AsyncIterable<BatchCommand>,
    options: CallOptions = {},
  ): Promise<void> {
    return sendBatch(this.#client, commands, options)
  }

  /**
   * Reads the whole table: every virtual service with its destinations, in the kernel's order (since Linux 7.1 no order at
   * all). ipvsadm `-L`. The kernel gives no consistent snapshot: while others remove services, others may be missing.
   */
  services({ signal }: CallOptions = {}): Promise<Service[]> {
    return readServices(this.#client.commands, 'services', signal)
  }

  /**
   * Reads the whole table one virtual service at a time, for tables too large to hold: the kernel is asked for more only as
   * it is consumed. What {@link IpvsClient.services} says of consistency holds here too, the longer the reading takes the more.
   */
  eachService({ signal }: CallOptions = {}): AsyncGenerator<Service, void, undefined> {
    return streamServices(this.#client.commands, 'eachService', signal)
  }

  /**
   * Reads what /proc/net/ip_vs shows: keys, schedulers, weights and connection counts, at a fraction of the cost and without
   * privileges. It says less than {@link IpvsClient.services} does, and before Linux 7.1 it is incomplete on a host whose other
   * network namespaces have services too; see {@link ServiceOverview}.
   */
  overview({ signal }: CallOptions = {}): AsyncGenerator<ServiceOverview, void, undefined> {
    return readOverview(this.#client.transport, signal)
  }

  /**
   * Reads one virtual service with its destinations. ipvsadm `-L -t`; IPVS_CMD_GET_SERVICE.
   *
   * @throws {IpvsError} `ESRCH` no such service.
   */
  async service(service: ServiceReference, { signal }: CallOptions = {}): Promise<Service> {
    return await readServiceWithDestinations(
      this.#client.commands,
      'service',
      checkServiceKey(service),
      signal,
    )
  }

  /**
   * Reads the destinations of a virtual service, the newest first. IPVS_CMD_GET_DEST.
   *
   * @throws {IpvsError} `ESRCH` no such service.
   */
  async destinations(
    service: ServiceReference,
    { signal }: CallOptions = {},
  ): Promise<readonly Destination[]> {
    const key = checkServiceKey(service)
    return (await readServiceWithDestinations(this.#client.commands, 'destinations', key, signal))
      .destinations
  }

  /**
   * Sets counters to zero: those of one service and its destinations, or without an argument all and the totals.
   * Connection counts stay. ipvsadm `-Z`; IPVS_CMD_ZERO.
   *
   * @throws {IpvsError} `ESRCH` no such service.
   */
  zero(service?: ServiceReference, options: CallOptions = {}): Promise<void> {
    return zero(this.#client, service, options)
  }

  /**
   * Removes every virtual service; daemons and timeouts stay. ipvsadm `-C`; IPVS_CMD_FLUSH. To change a table, change what
   * differs instead: after a flush the kernel keeps the removed destinations for some minutes and every new one is
   * compared with all of them.
   */
  flush(options: CallOptions = {}): Promise<void> {
    return flush(this.#client, options)
  }

  /** Asks for the version of IPVS and the size of its connection table. IPVS_CMD_GET_INFO. */
  info(options: CallOptions = {}): Promise<Info> {
    return info(this.#client, options)
  }

  /** Reads the timeouts of connections. ipvsadm `-L --timeout`; IPVS_CMD_GET_CONFIG. */
  timeouts(options: CallOptions = {}): Promise<Timeouts> {
    return timeouts(this.#client, options)
  }

  /**
   * Sets the timeouts that are named. ipvsadm `--set`; IPVS_CMD_SET_CONFIG.
   *
   * @throws {IpvsError} `EINVAL` longer than this kernel can count.
   */
  setTimeouts(changes: TimeoutChanges, options: CallOptions = {}): Promise<void> {
    return setTimeouts(this.#client, changes, options)
  }

  /** Reads the running synchronisation daemons: none, one or two. ipvsadm `-L --daemon`; IPVS_CMD_GET_DAEMON. */
  daemons({ signal }: CallOptions = {}): Promise<Daemon[]> {
    return readDaemons(this.#client, signal)
  }

  /**
   * Starts a synchronisation daemon. ipvsadm `--start-daemon`; IPVS_CMD_NEW_DAEMON.
   *
   * @throws {IpvsError} `ENODEV` no such interface; `EEXIST` the role runs already; `ENETUNREACH` the interface is down.
   */
  startDaemon(daemon: DaemonInput, options: CallOptions = {}): Promise<void> {
    return startDaemon(this.#client, daemon, options)
  }

  /**
   * Stops a synchronisation daemon. ipvsadm `--stop-daemon`; IPVS_CMD_DEL_DAEMON.
   *
   * @throws {IpvsError} `ESRCH` it is not running.
   */
  stopDaemon(role: SyncRole, options: CallOptions = {}): Promise<void> {
    return stopDaemon(this.#client, role, options)
  }

  /**
   * Walks the connection table, persistence templates among it. ipvsadm `-L -c`; /proc/net/ip_vs_conn, which the kernel
   * has unless it was built without CONFIG_PROC_FS.
   */
  connections({ signal }: CallOptions = {}): AsyncIterable<ConnectionEntry> {
    return readConnections(this.#client.transport, signal)
  }

  /** Reads the counters of all services together. /proc/net/ip_vs_stats. */
  totals({ signal }: CallOptions = {}): Promise<Statistics> {
    return readTotals(this.#client.transport, signal)
  }

  /** Messages, datagrams and system calls since the client was opened. */
  get activity(): Readonly<Activity> {
    return { ...this.#client.commands.family.connection.activity }
  }

  /** Closes the client: what waits rejects with `ERR_LVS_CLOSED`. Idempotent. */
  close(): void {
    this.#client.commands.family.connection.close()
  }

  /** Closes the client at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }
}
