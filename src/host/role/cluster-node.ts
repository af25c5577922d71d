import { ArgumentRangeError, ArgumentTypeError } from '../../errors.ts'
import type { DaemonInput } from '../../ipvs/model/daemon.ts'
import { checkServiceKey } from '../../ipvs/model/service-key.ts'
import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { checkObject } from '../../netlink/arguments/check.ts'
import { checkInterfaceName } from '../../netlink/arguments/interface-name.ts'
import { KnownFields } from '../../netlink/arguments/known-fields.ts'
import type { RoleHost } from '../resource/resource-handler.ts'
import type { DirectedService } from '../resource/service.ts'
import { activeStages, backupStages, type Cluster, noRules } from './cluster-stages.ts'
import { type Item, lookAt, type RoleStatus, statusOf } from './role-item.ts'
import type { Ledger } from './change-journal.ts'
import { Role, type RoleOptions } from './role.ts'
import { checkVip, checkVips } from './vip.ts'
import { announceVips, checkInterfaces } from './visible-vip.ts'

/** What a node of a cluster is to be. */
export interface ClusterNodeOptions extends RoleOptions {
  /** Virtual addresses with the prefix length they have on the interface while the node is active; default 32 or 128. */
  readonly vips: readonly string[]
  /** Name of the network interface that they are reached by. */
  readonly interface: string
  /** What it directs while it is active. */
  readonly services: readonly DirectedService[]
  /**
   * How connections are synchronised with the other nodes, so that they outlive a failover: the active node runs the daemon
   * as `master`, a backup as `backup`. Default: not at all.
   */
  readonly sync?: Omit<DaemonInput, 'role'> | undefined
}

/** How a node of a cluster is. Plain data. */
export interface ClusterNodeStatus extends RoleStatus {
  /** Whether it is the active node; the items are those of an active node then, else those of a backup. */
  readonly active: boolean
}

const KNOWN_FIELDS = new KnownFields(['vips', 'interface', 'services', 'sync', 'stateFile'])

/**
 * A node of a cluster that is both: a real server at all times, and the director while it is active.
 *
 * - A backup has the virtual addresses hidden on `lo`, with ARP suppressed, and no rules. A backup with rules would direct what
 *   the active node sends it, to that node among others, which would direct it again: the packet goes round for ever.
 * - The active node has them on its interface, and the rules.
 *
 * {@link ClusterNode.promote} and {@link ClusterNode.demote} lead from one to the other. Their order is such that rules are
 * only there while the addresses are on the interface, and that the addresses are this host's at every moment, so that
 * programs that listen on them and their connections stay.
 *
 * What makes the choice is for others: a VRRP daemon's notify script, an orchestrator. To have no moment with two active
 * nodes, demote the old one first.
 *
 * @example
 * ```ts
 * await using host = await Host.open()
 * const node = new ClusterNode(host, {
 *   vips: ['192.168.79.110/24'],
 *   interface: 'eth0',
 *   services: [{
 *     protocol: 'tcp', address: '192.168.79.110', port: 6379, scheduler: 'rr',
 *     destinations: [
 *       { address: '192.168.79.102', forwarding: 'dr' },
 *       { address: '192.168.79.103', forwarding: 'dr' },
 *     ],
 *   }],
 * })
 * await node.up() // a backup
 * await node.promote()
 * ```
 */
export class ClusterNode extends Role {
  /** @internal */
  protected readonly claims: readonly string[]
  readonly #cluster: Cluster

  /**
   * @param host The host, mostly a {@link Host}.
   * @throws {TypeError} when something is no address, no service, or a field is unknown.
   * @throws {RangeError} when a service is on an address that is none of the node's.
   */
  constructor(host: RoleHost, options: ClusterNodeOptions) {
    super(host, KNOWN_FIELDS.check('options', options) as ClusterNodeOptions)
    const { services, sync } = options
    const name = checkInterfaceName('interface', options.interface)
    const vips = checkVips('vips', options.vips, checkVip).map((vip) => ({
      vip,
      claim: `cluster-node ${vip.address}`,
    }))
    this.claims = vips.map(({ claim }) => claim)
    this.#cluster = {
      claims: this.claims,
      visible: vips.map((vip) => ({ ...vip, interface: name })),
      hidden: vips.map((vip) => ({ ...vip, interface: 'lo' })),
      services: checkServices(
        services,
        vips.map(({ vip }) => vip.address),
      ),
      sync,
    }
  }

  /**
   * Makes the node the active one, whatever it was: the addresses appear on the interface, then the rules, then nothing is
   * hidden any more, then the network is told. Can be repeated. When a step fails the node becomes what it was.
   *
   * @throws {KernelError} what the kernel refused.
   * @throws {StateFileError} the state file is busy or none.
   */
  async promote({ signal }: CallOptions = {}): Promise<ClusterNodeStatus> {
    return await this.#become(() => true, signal)
  }

  /**
   * Makes the node a backup, whatever it was: the rules go, then the addresses are hidden and leave the interface. Can be
   * repeated. When a step fails those that were taken stay, since half a backup does less harm than a second active node.
   *
   * @throws {KernelError} what the kernel refused.
   * @throws {StateFileError} the state file is busy or none.
   */
  async demote({ signal }: CallOptions = {}): Promise<ClusterNodeStatus> {
    return await this.#become(() => false, signal)
  }

  /**
   * Brings the node about as what it was last: active after a `promote()` that was completed, else a backup. After a start of
   * the machine it is a backup.
   *
   * @throws {KernelError} what the kernel refused.
   * @throws {StateFileError} the state file is busy or none.
   */
  override async up({ signal }: CallOptions = {}): Promise<ClusterNodeStatus> {
    return await this.#become((isActive) => isActive, signal)
  }

  /**
   * Takes the role back. The rules go first, then the addresses, hidden or not; what was there before comes back.
   *
   * @throws {KernelError} what the kernel refused; the rest is still recorded.
   * @throws {StateFileError} the state file is busy or none.
   */
  override async down({ signal }: CallOptions = {}): Promise<ClusterNodeStatus> {
    return await this.use(signal, async (ledger) => {
      await ledger.setActive(this.claims, false)
      if (ledger.has(this.claims)) await ledger.settle(noRules(this.#cluster))
      return { ...statusOf(await ledger.release(this.claims)), active: false }
    })
  }

  /** Looks at everything the node should be now, active or backup. Changes nothing. */
  override async status({ signal }: CallOptions = {}): Promise<ClusterNodeStatus> {
    signal?.throwIfAborted()
    return await this.#statusAs(await this.#isActive())
  }

  /** @internal */
  protected override async prepare(): Promise<void> {
    checkInterfaces(await this.host.network.links(), this.#cluster.visible, 'interface')
    // Its sysctls come with the module.
    await this.host.ipvs()
  }

  /** @internal */
  protected override async announce(): Promise<void> {
    await announceVips(this.host, this.#cluster.visible)
  }

  /** @internal */
  protected override async stages(): Promise<Item[][]> {
    return await this.#stagesAs(await this.#isActive())
  }

  async #become(
    choose: (isActive: boolean) => boolean,
    signal: AbortSignal | undefined,
  ): Promise<ClusterNodeStatus> {
    return await this.use(signal, async (ledger) => {
      const active = choose(ledger.isActive(this.claims))
      if (!active) {
        await ledger.setActive(this.claims, false)
        // Whatever else fails, as when the interface has gone.
        await ledger.settle(noRules(this.#cluster))
        await this.#bring(ledger, false)
      } else {
        await ledger.attempt(() => this.#bring(ledger, true))
        await ledger.setActive(this.claims, true)
        await this.announce()
      }
      return await this.#statusAs(active)
    })
  }

  async #bring(ledger: Ledger, active: boolean): Promise<void> {
    await this.prepare()
    await this.bring(ledger, await this.#stagesAs(active))
  }

  async #stagesAs(active: boolean): Promise<Item[][]> {
    return await (active ? activeStages : backupStages)(this.host, this.#cluster)
  }

  async #statusAs(active: boolean): Promise<ClusterNodeStatus> {
    const stages = await this.#stagesAs(active)
    return { ...(await lookAt(this.host, stages.flat())), active }
  }

  async #isActive(): Promise<boolean> {
    const { active } = await (await this.stateFile()).read()
    return this.claims.every((claim) => active.includes(claim))
  }
}

function checkServices(services: unknown, addresses: readonly string[]): readonly DirectedService[] {
  if (!Array.isArray(services))
    throw new ArgumentTypeError('services', 'an array of virtual services', services)
  services.forEach((service: Partial<DirectedService>, index) => {
    const field = `services[${index}]`
    checkObject(field, service)
    if (!Array.isArray(service.destinations)) {
      throw new ArgumentTypeError(`${field}.destinations`, 'an array of destinations', service.destinations)
    }
    const { address } = checkServiceKey(service as DirectedService)
    if (address !== undefined && !addresses.includes(address)) {
      throw new ArgumentRangeError(
        `${field}.address`,
        `one of the virtual addresses, ${addresses.join(', ')}`,
        address,
      )
    }
  })
  return services
}
