import { ArgumentRangeError, ArgumentTypeError } from '../../errors.ts'
import type { DaemonInput } from '../../ipvs/model/daemon.ts'
import { checkServiceKey } from '../../ipvs/model/service-key.ts'
import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { checkObject, KnownFields } from '../../netlink/arguments/check.ts'
import { checkInterfaceName } from '../../netlink/arguments/interface-name.ts'
import type { RoleHost } from '../facts/host-access.ts'
import type { RoleService } from '../resource/ipvs-resources.ts'
import type { ChangeJournal } from './change-journal.ts'
import { activeStages, backupStages, type ClusterSettings, ruleRemovalItems } from './cluster-stages.ts'
import { Role, type RoleOptions } from './role.ts'
import { inspectItems, type RoleItem, type RoleStatus, statusOf } from './role-item.ts'
import { checkVip, checkVips } from './vip.ts'
import { announceVips, checkVisibleVips } from './visible-vip.ts'

/** Options of a {@link ClusterNode}. */
export interface ClusterNodeOptions extends RoleOptions {
  /** Virtual addresses, with their prefix length on the interface of the active node. Default prefix length: 32 or 128. */
  readonly vips: readonly string[]
  /** Name of the network interface on which clients reach them. */
  readonly interface: string
  /** The virtual services of the active node. */
  readonly services: readonly RoleService[]
  /**
   * Synchronisation of connections with the other nodes, so that they survive a failover. The active node runs the `master`
   * daemon, a backup runs the `backup` daemon. Default: none.
   */
  readonly sync?: Omit<DaemonInput, 'role'> | undefined
}

/** The status of a cluster node. Plain data. */
export interface ClusterNodeStatus extends RoleStatus {
  /** Whether the node is the active one. The items are those of an active node or those of a backup accordingly. */
  readonly active: boolean
}

const KNOWN_FIELDS = new KnownFields(['vips', 'interface', 'services', 'sync', 'stateFile'])

/**
 * A node of a cluster in which every node is a real server, and the active node is also the director.
 *
 * - A backup has the virtual addresses hidden on `lo`, with ARP suppressed, and no rules. With rules it would schedule the packets
 *   that the active node forwards to it, send some of them back, and the active node would schedule them again, in a loop.
 * - The active node has the addresses on its interface, and the rules.
 *
 * {@link ClusterNode.promote} and {@link ClusterNode.demote} change the state. They order their steps so that rules exist only
 * while the addresses are on the interface, and so that the host has the addresses at every moment: servers keep their
 * listening sockets and connections.
 *
 * The caller decides which node is active, for example a notify script of a VRRP daemon or an orchestrator. To avoid two active
 * nodes at any time, demote the old one first.
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
  protected readonly owners: readonly string[]
  readonly #settings: ClusterSettings

  /**
   * @param host The host, usually a {@link Host}.
   * @throws {TypeError} if an address or a service is invalid, or a field is unknown.
   * @throws {RangeError} if the address of a service is not one of `vips`, or the interface is `lo`.
   */
  constructor(host: RoleHost, options: ClusterNodeOptions) {
    super(host, KNOWN_FIELDS.check('options', options) as ClusterNodeOptions)
    const { services, sync } = options
    const name = checkInterfaceName('interface', options.interface)
    if (name === 'lo') {
      throw new ArgumentRangeError('interface', 'the interface on which clients reach the addresses', name)
    }
    const vips = checkVips('vips', options.vips, checkVip).map((vip) => ({
      vip,
      owner: `cluster-node ${vip.address}`,
    }))
    this.owners = vips.map(({ owner }) => owner)
    this.#settings = {
      owners: this.owners,
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
   * Makes the node active, whatever its state: adds the addresses to the interface, then the rules, removes the hidden
   * addresses, and announces the addresses. Can be repeated. If a step fails, the steps before it are undone.
   *
   * @throws {KernelError} if the kernel rejects a change.
   * @throws {StateFileError} if the state file is locked or is not a state file.
   */
  async promote({ signal }: CallOptions = {}): Promise<ClusterNodeStatus> {
    return await this.#changeTo(() => true, signal)
  }

  /**
   * Makes the node a backup, whatever its state: removes the rules, adds the hidden addresses, and removes the addresses from the
   * interface. Can be repeated. If a step fails, the steps before it stay: an incomplete backup does less harm than a second
   * active node.
   *
   * @throws {KernelError} if the kernel rejects a change.
   * @throws {StateFileError} if the state file is locked or is not a state file.
   */
  async demote({ signal }: CallOptions = {}): Promise<ClusterNodeStatus> {
    return await this.#changeTo(() => false, signal)
  }

  /**
   * Applies the last state of the node: active after a completed `promote()`, otherwise backup. After a reboot it is a backup.
   *
   * @throws {KernelError} if the kernel rejects a change.
   * @throws {StateFileError} if the state file is locked or is not a state file.
   */
  override async up({ signal }: CallOptions = {}): Promise<ClusterNodeStatus> {
    return await this.#changeTo((isActive) => isActive, signal)
  }

  /**
   * Undoes the role: removes the rules, then the addresses, and restores the previous state. Afterwards the node does not serve
   * the virtual addresses, so remove it from the services of the other nodes first. To stop a node or its VRRP daemon, use
   * {@link ClusterNode.demote}.
   *
   * @throws {KernelError} if the kernel rejects a change. The remaining changes stay recorded.
   * @throws {StateFileError} if the state file is locked or is not a state file.
   */
  override async down({ signal }: CallOptions = {}): Promise<ClusterNodeStatus> {
    return await this.withJournal(signal, async (journal) => {
      await journal.setActive(this.owners, false)
      if (journal.hasRecordsOf(this.owners)) await journal.ensure(ruleRemovalItems(this.#settings))
      return { ...statusOf(await journal.release(this.owners)), active: false }
    })
  }

  /** Inspects all requirements of the current state, active or backup. Changes nothing. */
  override async status({ signal }: CallOptions = {}): Promise<ClusterNodeStatus> {
    signal?.throwIfAborted()
    return await this.#statusFor(await this.#isActive())
  }

  /** @internal */
  protected override async prepare(): Promise<void> {
    checkVisibleVips(await this.host.network.links(), this.#settings.visible, 'interface')
    // The IPVS sysctls exist only when the module is loaded.
    await this.host.ipvs()
  }

  /** @internal */
  protected override async announce(): Promise<void> {
    await announceVips(this.host, this.#settings.visible)
  }

  /** @internal */
  protected override async stages(): Promise<RoleItem[][]> {
    return await this.#stagesFor(await this.#isActive())
  }

  async #changeTo(
    choose: (isActive: boolean) => boolean,
    signal: AbortSignal | undefined,
  ): Promise<ClusterNodeStatus> {
    return await this.withJournal(signal, async (journal) => {
      const active = choose(journal.isActive(this.owners))
      if (!active) {
        await journal.setActive(this.owners, false)
        // This comes first, because a later step may fail, for example if the interface was removed.
        await journal.ensure(ruleRemovalItems(this.#settings))
        await this.#ensureState(journal, false)
      } else {
        await journal.rollBackOnError(() => this.#ensureState(journal, true))
        await journal.setActive(this.owners, true)
        await this.announce()
      }
      return await this.#statusFor(active)
    })
  }

  async #ensureState(journal: ChangeJournal, active: boolean): Promise<void> {
    await this.prepare()
    await this.ensureStages(journal, await this.#stagesFor(active))
  }

  async #stagesFor(active: boolean): Promise<RoleItem[][]> {
    return await (active ? activeStages : backupStages)(this.host, this.#settings)
  }

  async #statusFor(active: boolean): Promise<ClusterNodeStatus> {
    const stages = await this.#stagesFor(active)
    return { ...(await inspectItems(this.host, stages.flat())), active }
  }

  async #isActive(): Promise<boolean> {
    const { active } = await (await this.openStateFile()).read()
    return this.owners.every((owner) => active.includes(owner))
  }
}

function checkServices(services: unknown, addresses: readonly string[]): readonly RoleService[] {
  if (!Array.isArray(services)) {
    throw new ArgumentTypeError('services', 'an array of virtual services', services)
  }
  services.forEach((service: Partial<RoleService>, index) => {
    const field = `services[${index}]`
    checkObject(field, service)
    if (!Array.isArray(service.destinations)) {
      throw new ArgumentTypeError(`${field}.destinations`, 'an array of destinations', service.destinations)
    }
    const { address } = checkServiceKey(service as RoleService)
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
