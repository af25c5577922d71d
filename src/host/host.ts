import { NetlinkError } from '../errors.ts'
import { IpvsClient } from '../ipvs/ipvs-client.ts'
import { type OpenOptions, resolveTransport } from '../netlink/open.ts'
import type { HostTransport } from '../netlink/transport/transport.ts'
import { Network } from '../route/network.ts'
import { Sysctls } from '../sysctl/sysctls.ts'
import { doctor } from './doctor/doctor.ts'
import type { Finding } from './doctor/model/finding.ts'
import type { DoctorOptions } from './doctor/model/options.ts'
import { readFacts } from './facts/facts-reader.ts'
import type { FactsOptions, HostFacts } from './facts/host-facts.ts'
import { ClusterNode, type ClusterNodeOptions } from './role/cluster-node.ts'
import { Director, type DirectorOptions } from './role/director.ts'
import { RealServer, type RealServerOptions } from './role/real-server.ts'

/** How a host is reached. */
export type HostOptions = OpenOptions<HostTransport>

/**
 * A host as the Linux Virtual Server needs it: its addresses and routes, its sysctls, its IPVS, in one network namespace.
 *
 * @example
 * ```ts
 * await using host = await Host.open()
 * await host.realServer({ forwarding: 'dr', vips: ['192.168.79.110'] }).up()
 * for (const { message, mend } of await host.doctor()) console.log(message, mend.shell)
 * ```
 */
export class Host implements AsyncDisposable {
  /** Links, addresses, routes and neighbours. */
  readonly network: Network
  /** Kernel settings under /proc/sys/net. */
  readonly sysctls: Sysctls
  /** Path of the network namespace; undefined for the process's own. */
  readonly netns: string | undefined
  readonly #options: HostOptions
  #ipvs: Promise<IpvsClient> | undefined
  #closed = false

  private constructor(network: Network, transport: HostTransport, options: HostOptions) {
    this.network = network
    this.sysctls = new Sysctls(transport)
    this.netns = options.netns
    this.#options = { netns: options.netns, timeout: options.timeout, transport }
  }

  /**
   * Opens a host. Neither IPVS nor anything else is loaded by it.
   *
   * @throws {AddonError} when the addon cannot be loaded.
   * @throws {Error} of the system (`code`, `syscall`) when the namespace or the socket cannot be opened.
   */
  static async open(options: HostOptions = {}): Promise<Host> {
    const { transport } = resolveTransport<HostTransport>(options)
    return new Host(await Network.open({ ...options, transport }), transport, options)
  }

  /**
   * The host's IPVS. It is opened at the first call, so that a real server need not have it, and closed with the host.
   *
   * @throws {IpvsUnavailableError} when the kernel has no IPVS; the next call tries again.
   */
  async ipvs(): Promise<IpvsClient> {
    if (this.#closed) throw new NetlinkError('ERR_LVS_CLOSED', 'The host was closed', 'not-done')
    this.#ipvs ??= this.#openIpvs()
    return await this.#ipvs
  }

  /**
   * This host as a real server. Nothing is done to it before `up()`.
   *
   * @throws {TypeError} when something is no address, no method, or a field is unknown.
   * @throws {RangeError} when a virtual address has another prefix length than 32 or 128.
   */
  realServer(options: RealServerOptions): RealServer {
    return new RealServer(this, options)
  }

  /**
   * This host as a director. Nothing is done to it before `up()`.
   *
   * @throws {TypeError} when something is no address, no method, or a field is unknown.
   */
  director(options: DirectorOptions): Director {
    return new Director(this, options)
  }

  /**
   * This host as one of several that are real servers, and by turns the director. Nothing is done to it before `up()`.
   *
   * @throws {TypeError} when something is no address, no service, or a field is unknown.
   * @throws {RangeError} when a service is on an address that is none of the node's.
   */
  clusterNode(options: ClusterNodeOptions): ClusterNode {
    return new ClusterNode(this, options)
  }

  /** Looks for what is wrong with this host as a director, a real server or both, and says how to mend it. */
  async doctor(options: DoctorOptions = {}): Promise<Finding[]> {
    return await doctor(this, options)
  }

  /** Reads all that {@link Host.doctor} looks at, as plain data: to keep, or to give to the doctor of another host. */
  async facts(options: FactsOptions = {}): Promise<HostFacts> {
    return await readFacts(this, options)
  }

  /** Closes the host with its clients: what waits rejects with `ERR_LVS_CLOSED`. Idempotent. */
  close(): void {
    this.#closed = true
    this.network.close()
    this.#ipvs?.then((ipvs) => ipvs.close()).catch(() => {})
  }

  /** Closes the host at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  async #openIpvs(): Promise<IpvsClient> {
    try {
      return await IpvsClient.open(this.#options)
    } catch (error) {
      this.#ipvs = undefined
      throw error
    }
  }
}
