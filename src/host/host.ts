import { NetlinkError } from '../errors.ts'
import { type OpenOptions, resolveTransport } from '../netlink/open.ts'
import type { HostTransport } from '../netlink/transport/transport.ts'
import { Network } from '../route/network.ts'
import { Ipvs } from '../state/ipvs.ts'
import { Sysctls } from '../sysctl/sysctls.ts'
import { doctor } from './doctor/doctor.ts'
import type { Finding } from './doctor/model/finding.ts'
import type { DoctorOptions } from './doctor/model/options.ts'
import { readFacts } from './facts/facts-reader.ts'
import type { FirewallFacts } from './facts/firewall.ts'
import { readFirewall } from './facts/firewall-reader.ts'
import type { FactsOptions, HostFacts } from './facts/host-facts.ts'
import { ClusterNode, type ClusterNodeOptions } from './role/cluster-node.ts'
import { Director, type DirectorOptions } from './role/director.ts'
import { RealServer, type RealServerOptions } from './role/real-server.ts'

/** Options of {@link Host.open}. */
export type HostOptions = OpenOptions<HostTransport>

/**
 * A host of a virtual server: its addresses and routes, its sysctls and its IPVS, in one network namespace.
 *
 * @example
 * ```ts
 * await using host = await Host.open()
 * await host.realServer({ forwarding: 'dr', vips: ['192.168.79.110'] }).up()
 * for (const { message, fix } of await host.doctor()) console.log(message, fix.shell)
 * ```
 */
export class Host implements AsyncDisposable {
  /** Links, addresses, routes and neighbours. */
  readonly network: Network
  /** Kernel settings under /proc/sys/net. */
  readonly sysctls: Sysctls
  /** Path of the network namespace. Undefined: the namespace of the process. */
  readonly netns: string | undefined
  readonly #options: HostOptions
  /** Programs such as iptables-save know the running kernel only. */
  readonly #isRunningKernel: boolean
  #ipvs: Promise<Ipvs> | undefined
  #closed = false

  private constructor(network: Network, transport: HostTransport, options: HostOptions) {
    this.network = network
    this.sysctls = new Sysctls(transport)
    this.netns = options.netns
    this.#isRunningKernel = options.transport === undefined
    this.#options = { netns: options.netns, timeout: options.timeout, transport }
  }

  /**
   * Opens a host. This does not load IPVS or any other module.
   *
   * @throws {AddonError} if the addon cannot be loaded.
   * @throws {Error} a system error (`code`, `syscall`) if the namespace or the socket cannot be opened.
   */
  static async open(options: HostOptions = {}): Promise<Host> {
    const { transport } = resolveTransport<HostTransport>(options)
    return new Host(await Network.open({ ...options, transport }), transport, options)
  }

  /**
   * The host's IPVS. The first call opens it, so a real server can do without IPVS. It is closed with the host.
   *
   * @throws {IpvsUnavailableError} if the kernel has no IPVS; the next call tries again.
   */
  async ipvs(): Promise<Ipvs> {
    if (this.#closed) throw new NetlinkError('ERR_LVS_CLOSED', 'The host was closed', 'not-done')
    this.#ipvs ??= this.#openIpvs()
    return await this.#ipvs
  }

  /**
   * Creates the real server role for this host. Nothing changes before `up()`.
   *
   * @throws {TypeError} if an address or the forwarding method is invalid, or a field is unknown.
   * @throws {RangeError} if the prefix length of a virtual address is not 32 or 128.
   */
  realServer(options: RealServerOptions): RealServer {
    return new RealServer(this, options)
  }

  /**
   * Creates the director role for this host. Nothing changes before `up()`.
   *
   * @throws {TypeError} if an address or a forwarding method is invalid, or a field is unknown.
   */
  director(options: DirectorOptions): Director {
    return new Director(this, options)
  }

  /**
   * Creates the role of a cluster node for this host: a real server that is also the director while it is active. Nothing
   * changes before `up()`.
   *
   * @throws {TypeError} if an address or a service is invalid, or a field is unknown.
   * @throws {RangeError} if the address of a service is not one of `vips`.
   */
  clusterNode(options: ClusterNodeOptions): ClusterNode {
    return new ClusterNode(this, options)
  }

  /** Finds configuration problems of this host as a director, a real server or both, with a fix for each. */
  async doctor(options: DoctorOptions = {}): Promise<Finding[]> {
    return await doctor(this, options)
  }

  /** Reads everything that {@link Host.doctor} examines, as plain data: to store, or to pass to the doctor on another host. */
  async facts(options: FactsOptions = {}): Promise<HostFacts> {
    return await readFacts(this, options)
  }

  /** @internal */
  async firewall(signal?: AbortSignal): Promise<FirewallFacts | null> {
    return this.#isRunningKernel ? await readFirewall(this.netns, signal) : null
  }

  /** Closes the host and its clients. Pending calls reject with `ERR_LVS_CLOSED`. Idempotent. */
  close(): void {
    this.#closed = true
    this.network.close()
    this.#ipvs?.then((ipvs) => ipvs.close()).catch(() => {})
  }

  /** Closes the host at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  async #openIpvs(): Promise<Ipvs> {
    try {
      return await Ipvs.open(this.#options)
    } catch (error) {
      this.#ipvs = undefined
      throw error
    }
  }
}
