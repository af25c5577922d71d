import { IpvsClient as Client } from '../ipvs/ipvs-client.ts'
import { openSession } from '../ipvs/open.ts'
import type { OpenOptions } from '../netlink/open.ts'
import type { HostTransport } from '../netlink/transport/transport.ts'
import { Sysctls } from '../sysctl/sysctls.ts'
import { applyState } from './apply/apply.ts'
import type { ApplyResult } from './apply/apply-result.ts'
import { contextOf } from './apply/client-context.ts'
import { makePlan } from './apply/make-plan.ts'
import type { Plan } from './apply/plan.ts'
import { type ReconcileOptions, Reconciler } from './apply/reconciler.ts'
import { normaliseInTurns } from './document/normalise-in-turns.ts'
import type { DesiredState } from './model/desired-state.ts'
import { type ApplyOptions, checkOptions, type PlanOptions } from './plan/options.ts'
import type { TableChange } from './watch/table-changes.ts'
import { type WatchOptions, watchTable } from './watch/watch.ts'

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
 *
 * @example
 * ```ts
 * await ipvs.apply({
 *   defaults: { destination: { forwarding: 'dr' } },
 *   services: [{ service: 'tcp://192.0.2.1:80', destinations: [{ address: '192.0.2.10', weight: 2 }] }],
 * })
 * ```
 */
export class Ipvs extends Client {
  /**
   * Opens a client. The kernel loads IPVS if it can and must.
   *
   * @throws {IpvsUnavailableError} when the kernel has no IPVS.
   * @throws {AddonError} when the addon cannot be loaded.
   * @throws {Error} of the system (`code`, `syscall`) when the namespace or the socket cannot be opened.
   */
  static override async open(options: OpenOptions = {}): Promise<Ipvs> {
    const client = await openSession(options)
    const ipvs = new Ipvs(client)
    // They are only read.
    contextOf(ipvs).sysctls = new Sysctls(client.transport as HostTransport)
    return ipvs
  }

  /**
   * Says what has to be done to make the table what it is to be, and does nothing. A document of more than 256
   * services is gone through while the table is read: leave it as it is until then.
   *
   * @throws {DesiredStateError} when the desired state is not one; it lists all that is wrong.
   * @throws {OwnershipError} when it names what is somebody else's.
   */
  async plan(desired: DesiredState, options: PlanOptions = {}): Promise<Plan> {
    return await makePlan(this, desired, options)
  }

  /**
   * Makes the table what it is to be, with as few commands as that takes; what is right is not touched. What others change
   * meanwhile is read again and planned again. Steps that fail do not stop the others. A document of more than
   * 256 services is gone through while the table is read: leave it as it is until then.
   *
   * @throws {DesiredStateError} when the desired state is not one; it lists all that is wrong.
   * @throws {OwnershipError} before anything is touched, when it names what is somebody else's.
   * @throws {ApplyError} when steps failed; its `result` has what became of each.
   */
  async apply(desired: DesiredState, options: ApplyOptions = {}): Promise<ApplyResult> {
    return await applyState(this, normaliseInTurns(desired), checkOptions(options))
  }

  /**
   * Tells of everything that changes in the table, whoever changes it. The kernel does not tell: the table is read now and
   * then, once for all who watch it through one client. What comes and goes between two readings is not seen.
   */
  watch(options: WatchOptions = {}): AsyncGenerator<TableChange, void, undefined> {
    return watchTable(contextOf(this).poller(this), options)
  }

  /**
   * Makes the table what it is to be and keeps it so: looks at it now and then and puts right what others have changed. What
   * fails is tried again, ever more seldom. Stopping it removes nothing.
   *
   * @throws {DesiredStateError} when the desired state is not one; it lists all that is wrong.
   */
  reconcile(desired: DesiredState, options: ReconcileOptions = {}): Reconciler {
    return new Reconciler(this, desired, options)
  }
}
