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
import type { ServiceOverview } from './proc/overview.ts'
import { readOverview } from './proc/overview-text.ts'
import { readConnections, readTotals } from './proc/proc.ts'
import { readServiceWithDestinations } from './read/read-service.ts'
import { readServices, streamServices } from './read/read-services.ts'
import { sendBatch } from './write/batch.ts'
import type { BatchCommand } from './write/batch-command.ts'
import { readDaemons, startDaemon, stopDaemon } from './write/daemon-commands.ts'
import { addDestination, removeDestination, updateDestination } from './write/destination-commands.ts'
import { addService, flush, removeService, updateService, zero } from './write/service-commands.ts'
import { info, setTimeouts, timeouts } from './write/settings-commands.ts'

/** The methods of a client that concern the kernel's table. The exported `Ipvs` adds the methods for a desired state. */
export class IpvsClient implements AsyncDisposable {
  readonly #session: IpvsSession

  /** @internal */
  protected constructor(session: IpvsSession) {
    this.#session = session
  }

  /**
   * Opens a client. The kernel loads IPVS if necessary and possible.
   *
   * @throws {IpvsUnavailableError} if the kernel has no IPVS.
   * @throws {AddonError} if the addon cannot be loaded.
   * @throws {Error} a system error (`code`, `syscall`) if the namespace or the socket cannot be opened.
   */
  static async open(options: OpenOptions = {}): Promise<IpvsClient> {
    return new IpvsClient(await openSession(options))
  }

  /** Reports whether IPVS is available, and if not, why. Rejects only if an option is invalid or the call is aborted. */
  static probe(options: OpenOptions = {}): Promise<Availability> {
    return probe(async () => {
      await using ipvs = await IpvsClient.open(options)
      return await ipvs.info({ signal: options.signal })
    }, options.signal)
  }

  /**
   * Adds a virtual service without destinations. ipvsadm `-A`; IPVS_CMD_NEW_SERVICE.
   *
   * @throws {TypeError} also if the service has destinations: add them with {@link IpvsClient.addDestination}.
   * @throws {IpvsError} `EEXIST` the service exists; `ENOENT` no such scheduler or persistence engine.
   */
  addService(service: ServiceInput, options: CallOptions = {}): Promise<void> {
    return addService(this.#session, service, options)
  }

  /**
   * Changes a virtual service. Omitted settings keep their values, and `null` removes a setting; connections and counters are
   * kept. Unless all settings are given, the service is read first. A new scheduler drops the scheduler flags unless they are
   * given. ipvsadm `-E`; IPVS_CMD_SET_SERVICE.
   *
   * @throws {IpvsError} `ESRCH` no such service; `ENOENT` no such scheduler or persistence engine.
   */
  updateService(
    service: ServiceReference,
    changes: ServiceSettings,
    options: CallOptions = {},
  ): Promise<void> {
    return updateService(this.#session, service, changes, options)
  }

  /**
   * Removes a virtual service with its destinations; the kernel drops their connections. ipvsadm `-D`; IPVS_CMD_DEL_SERVICE.
   *
   * @throws {IpvsError} `ESRCH` no such service.
   */
  removeService(service: ServiceReference, options: CallOptions = {}): Promise<void> {
    return removeService(this.#session, service, options)
  }

  /**
   * Adds a destination to a virtual service. ipvsadm `-a`; IPVS_CMD_NEW_DEST. A destination that was removed within the last
   * two to three minutes returns with its connection counts (ip_vs_trash_get_dest).
   *
   * @throws {IpvsError} `ESRCH` no such service; `EEXIST` the destination exists; `EINVAL` the address is not that of a host.
   */
  addDestination(
    service: ServiceReference,
    destination: DestinationInput,
    options: CallOptions = {},
  ): Promise<void> {
    return addDestination(this.#session, service, destination, options)
  }

  /**
   * Changes a destination. Omitted settings keep their values. Unless all settings are given, the destinations of the service
   * are read first; concurrent changes share that read. A destination that was read can be passed back with changes. ipvsadm
   * `-e`; IPVS_CMD_SET_DEST.
   *
   * @throws {IpvsError} `ESRCH` no such service; `ENOENT` no such destination.
   */
  updateDestination(
    service: ServiceReference,
    changes: DestinationChanges,
    options: CallOptions = {},
  ): Promise<void> {
    return updateDestination(this.#session, service, changes, options)
  }

  /**
   * Removes a destination; the kernel drops its connections at their next packet. To let them end, set its weight to 0 first.
   * ipvsadm `-d`; IPVS_CMD_DEL_DEST.
   *
   * @throws {IpvsError} `ESRCH` no such service; `ENOENT` no such destination.
   */
  removeDestination(
    service: ServiceReference,
    destination: DestinationKey,
    options: CallOptions = {},
  ): Promise<void> {
    return removeDestination(this.#session, service, destination, options)
  }

  /**
   * Runs many commands: the fastest way to program a table. Takes the commands from an array, a generator or an async iterable,
   * some hundreds at a time, and encodes them while the kernel executes the previous ones. They reach the kernel in the given
   * order. A batch is not a transaction: a command that fails does not stop the others, and a command with an invalid argument
   * is skipped while the others are sent. An abort, or closing the client, stops the batch; commands that have been sent may be
   * executed.
   *
   * @throws {BatchError} if some commands failed; it lists them.
   */
  batch(
    commands: Iterable<BatchCommand> | AsyncIterable<BatchCommand>,
    options: CallOptions = {},
  ): Promise<void> {
    return sendBatch(this.#session, commands, options)
  }

  /**
   * Reads the whole table: all virtual services with their destinations, in the kernel's order (undefined since Linux 7.1).
   * ipvsadm `-L`. The result is not a consistent snapshot: if another process removes services meanwhile, others may be
   * missing.
   */
  services({ signal }: CallOptions = {}): Promise<Service[]> {
    return readServices(this.#session.commands, 'services', signal)
  }

  /**
   * Reads the table one virtual service at a time, for tables that are too large for memory: it reads on only as services are
   * consumed. As with {@link Ipvs.services}, the result is not a consistent snapshot, and slow consumption makes it less
   * consistent.
   */
  eachService({ signal }: CallOptions = {}): AsyncGenerator<Service, void, undefined> {
    return streamServices(this.#session.commands, 'eachService', signal)
  }

  /**
   * Reads /proc/net/ip_vs: keys, schedulers, weights and connection counts, at a fraction of the cost and without
   * privileges. It contains less than {@link Ipvs.services}, and before Linux 7.1 it is incomplete on a host on which other
   * network namespaces have services too; see {@link ServiceOverview}.
   */
  overview({ signal }: CallOptions = {}): AsyncGenerator<ServiceOverview, void, undefined> {
    return readOverview(this.#session.transport, signal)
  }

  /**
   * Reads one virtual service with its destinations. ipvsadm `-L -t`; IPVS_CMD_GET_SERVICE.
   *
   * @throws {IpvsError} `ESRCH` no such service.
   */
  async service(service: ServiceReference, { signal }: CallOptions = {}): Promise<Service> {
    const key = checkServiceKey(service)
    return await readServiceWithDestinations(this.#session.commands, 'service', key, signal)
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
    const { commands } = this.#session
    return (await readServiceWithDestinations(commands, 'destinations', key, signal)).destinations
  }

  /**
   * Resets counters: the counters of one service and its destinations or, without an argument, all counters and the totals.
   * Connection counts are kept. ipvsadm `-Z`; IPVS_CMD_ZERO.
   *
   * @throws {IpvsError} `ESRCH` no such service.
   */
  zero(service?: ServiceReference, options: CallOptions = {}): Promise<void> {
    return zero(this.#session, service, options)
  }

  /**
   * Removes all virtual services; daemons and timeouts are kept. ipvsadm `-C`; IPVS_CMD_FLUSH. To change a table, change
   * the entries that differ instead: the kernel keeps removed destinations for some minutes, and compares each new one with
   * all of them.
   */
  flush(options: CallOptions = {}): Promise<void> {
    return flush(this.#session, options)
  }

  /** Reads the version of IPVS and the size of its connection table. IPVS_CMD_GET_INFO. */
  info(options: CallOptions = {}): Promise<Info> {
    return info(this.#session, options)
  }

  /** Reads the timeouts of connections. ipvsadm `-L --timeout`; IPVS_CMD_GET_CONFIG. */
  timeouts(options: CallOptions = {}): Promise<Timeouts> {
    return timeouts(this.#session, options)
  }

  /**
   * Sets timeouts of connections; omitted ones are kept. ipvsadm `--set`; IPVS_CMD_SET_CONFIG.
   *
   * @throws {IpvsError} `EINVAL` a timeout is longer than this kernel can count.
   */
  setTimeouts(changes: TimeoutChanges, options: CallOptions = {}): Promise<void> {
    return setTimeouts(this.#session, changes, options)
  }

  /** Reads the running synchronisation daemons: none, one or two. ipvsadm `-L --daemon`; IPVS_CMD_GET_DAEMON. */
  daemons({ signal }: CallOptions = {}): Promise<Daemon[]> {
    return readDaemons(this.#session, signal)
  }

  /**
   * Starts a synchronisation daemon. ipvsadm `--start-daemon`; IPVS_CMD_NEW_DAEMON.
   *
   * @throws {IpvsError} `ENODEV` no such interface; `EEXIST` the role already runs; `ENETUNREACH` the interface is down.
   */
  startDaemon(daemon: DaemonInput, options: CallOptions = {}): Promise<void> {
    return startDaemon(this.#session, daemon, options)
  }

  /**
   * Stops a synchronisation daemon. ipvsadm `--stop-daemon`; IPVS_CMD_DEL_DAEMON.
   *
   * @throws {IpvsError} `ESRCH` the daemon is not running.
   */
  stopDaemon(role: SyncRole, options: CallOptions = {}): Promise<void> {
    return stopDaemon(this.#session, role, options)
  }

  /**
   * Reads the connection table, including persistence templates. ipvsadm `-L -c`; /proc/net/ip_vs_conn, which the kernel
   * has unless it was built without CONFIG_PROC_FS.
   */
  connections({ signal }: CallOptions = {}): AsyncIterable<ConnectionEntry> {
    return readConnections(this.#session.transport, signal)
  }

  /** Reads the counters of all services together. /proc/net/ip_vs_stats. */
  totals({ signal }: CallOptions = {}): Promise<Statistics> {
    return readTotals(this.#session.transport, signal)
  }

  /** Counters of messages, datagrams and system calls since the client was opened. */
  get activity(): Readonly<Activity> {
    return { ...this.#session.commands.family.connection.activity }
  }

  /** Closes the client: pending calls reject with `ERR_LVS_CLOSED`. Idempotent. */
  close(): void {
    this.#session.commands.family.connection.close()
  }

  /** Closes the client at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }
}
