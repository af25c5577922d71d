import { ArgumentRangeError, ArgumentTypeError } from '../../errors.ts'
import type { DaemonInput } from '../../ipvs/model/daemon.ts'
import { checkServiceKey } from '../../ipvs/model/service-key.ts'
import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { checkObject } from '../../netlink/arguments/check.ts'
import { checkInterfaceName } from '../../netlink/arguments/interface-name.ts'
import { KnownFields } from '../../netlink/arguments/known-fields.ts'
import type { RoleHost } from '../resource/resource-handler.ts'
import type { RoleService } from '../resource/service.ts'
import type { ChangeJournal } from './change-journal.ts'
import { activeStages, backupStages, type ClusterSettings, ruleRemovalItems } from './cluster-stages.ts'
import { Role, type RoleOptions } from './role.ts'
import { inspectItems, type RoleItem, type RoleStatus, statusOf } from './role-item.ts'
import { checkVip, checkVips } from './vip.ts'
import { announceVips, checkInterfacesExist } from './visible-vip.ts'

/** What a node of a cluster is to be. */
export interface ClusterNodeOptions extends RoleOptions {
  /** Virtual addresses with the prefix length they have on the interface while the node is active; default 32 or 128. */
  readonly vips: readonly string[]
  /** Name of the network interface that they are reached by. */
  readonly interface: string
  /** What it directs while it is active. */
  readonly services: readonly RoleService[]
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
  protected readonly owners: readonly string[]
  readonly #settings: ClusterSettings

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
   * Makes the node the active one, whatever it was: the addresses appear on the interface, then the rules, then nothing is
   * hidden any more, then the network is told. Can be repeated. When a step fails the node becomes what it was.
   *
   * @throws {KernelError} what the kernel refused.
   * @throws {StateFileError} the state file is busy or none.
   */
  async promote({ signal }: CallOptions = {}): Promise<ClusterNodeStatus> {
    return await this.#changeTo(() => true, signal)
  }

  /**
   * Makes the node a backup, whatever it was: the rules go, then the addresses are hidden and leave the interface. Can be
   * repeated. When a step fails those that were taken stay, since half a backup does less harm than a second active node.
   *
   * @throws {KernelError} what the kernel refused.
   * @throws {StateFileError} the state file is busy or none.
   */
  async demote({ signal }: CallOptions = {}): Promise<ClusterNodeStatus> {
    return await this.#changeTo(() => false, signal)
  }

  /**
   * Brings the node about as what it was last: active after a `promote()` that was completed, else a backup. After a start of
   * the machine it is a backup.
   *
   * @throws {KernelError} what the kernel refused.
   * @throws {StateFileError} the state file is busy or none.
   */
  override async up({ signal }: CallOptions = {}): Promise<ClusterNodeStatus> {
    return await this.#changeTo((isActive) => isActive, signal)
  }

  /**
   * Takes the role back. The rules go first, then the addresses, hidden or not; what was there before comes back.
   *
   * @throws {KernelError} what the kernel refused; the rest is still recorded.
   * @throws {StateFileError} the state file is busy or none.
   */
  override async down({ signal }: CallOptions = {}): Promise<ClusterNodeStatus> {
    return await this.withJournal(signal, async (ledger) => {
      await ledger.setActive(this.owners, false)
      if (ledger.hasRecordsOf(this.owners)) await ledger.ensure(ruleRemovalItems(this.#settings))
      return { ...statusOf(await ledger.release(this.owners)), active: false }
    })
  }

  /** Looks at everything the node should be now, active or backup. Changes nothing. */
  override async status({ signal }: CallOptions = {}): Promise<ClusterNodeStatus> {
    signal?.throwIfAborted()
    return await this.#statusFor(await this.#isActive())
  }

  /** @internal */
  protected override async prepare(): Promise<void> {
    checkInterfacesExist(await this.host.network.links(), this.#settings.visible, 'interface')
    // Its sysctls come with the module.
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
    return await this.withJournal(signal, async (ledger) => {
      const active = choose(ledger.isActive(this.owners))
      if (!active) {
        await ledger.setActive(this.owners, false)
        // Whatever else fails, as when the interface has gone.
        await ledger.ensure(ruleRemovalItems(this.#settings))
        await this.#ensureState(ledger, false)
      } else {
        await ledger.rollBackOnError(() => this.#ensureState(ledger, true))
        await ledger.setActive(this.owners, true)
        await this.announce()
      }
      return await this.#statusFor(active)
    })
  }

  async #ensureState(ledger: ChangeJournal, active: boolean): Promise<void> {
    await this.prepare()
    await this.ensureStages(ledger, await this.#stagesFor(active))
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
    return this.owners.every((claim) => active.includes(claim))
  }
}

function checkServices(services: unknown, addresses: readonly string[]): readonly RoleService[] {
  if (!Array.isArray(services))
    throw new ArgumentTypeError('services', 'an array of virtual services', services)
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
