import type { IpvsSession } from '../ipvs/commands/command-runner.ts'
import { IpvsClient } from '../ipvs/ipvs-client.ts'
import { openSession } from '../ipvs/open.ts'
import type { OpenOptions } from '../netlink/open.ts'
import type { HostTransport } from '../netlink/transport/transport.ts'
import { Sysctls } from '../sysctl/sysctls.ts'
import { applyState } from './apply/apply.ts'
import type { ApplyResult } from './apply/apply-result.ts'
import { ClientContext } from './apply/client-context.ts'
import { makePlan, type Plan } from './apply/plan.ts'
import { type ReconcileOptions, Reconciler } from './apply/reconciler.ts'
import { resolveDesiredState } from './document/resolve-desired-state.ts'
import type { DesiredState } from './model/desired-state.ts'
import { type ApplyOptions, checkOptions, type PlanOptions } from './plan/options.ts'
import { SharedPoller } from './watch/shared-poller.ts'
import type { TableChange } from './watch/table-changes.ts'
import { type WatchOptions, watchTable } from './watch/watch.ts'

/**
 * A client of the Linux Virtual Server in one network namespace.
 *
 * Calls may run concurrently. Writes reach the kernel in the order of the calls; writes made during an exchange share the next
 * datagram. Every call has its own result: a batch is not a transaction. Do not mutate an argument until the promise settles.
 *
 * Every call may reject with a `TypeError` or `RangeError` (an invalid argument; nothing was sent), an {@link IpvsError} (the
 * kernel rejected the command) or a {@link NetlinkError} (the exchange with the kernel failed). An idle client does not keep
 * the process alive.
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
export class Ipvs extends IpvsClient {
  readonly #context: ClientContext
  readonly #poller: SharedPoller
  readonly #reconcilers = new Set<Reconciler>()

  /** @internal */
  protected constructor(session: IpvsSession) {
    super(session)
    this.#context = new ClientContext(this, new Sysctls(session.transport as HostTransport))
    this.#poller = new SharedPoller(this)
  }

  /**
   * Opens a client. The kernel loads IPVS if necessary and possible.
   *
   * @throws {IpvsUnavailableError} if the kernel has no IPVS.
   * @throws {AddonError} if the addon cannot be loaded.
   * @throws {Error} a system error (`code`, `syscall`) if the namespace or the socket cannot be opened.
   */
  static override async open(options: OpenOptions = {}): Promise<Ipvs> {
    return new Ipvs(await openSession(options))
  }

  /**
   * Computes the steps to reach the desired state without applying them. Do not mutate the document until the promise settles.
   *
   * @throws {DesiredStateError} if the document is not a valid desired state; it lists all problems.
   * @throws {OwnershipError} if the document contains services of another owner.
   */
  async plan(desired: DesiredState, options: PlanOptions = {}): Promise<Plan> {
    return await makePlan(this.#context, resolveDesiredState(desired), options)
  }

  /**
   * Applies the desired state with the fewest commands; entries that match are untouched. If another process changes the table
   * meanwhile, reads it and plans again. A step that fails does not stop the others. Do not mutate the document until the
   * promise settles.
   *
   * @throws {DesiredStateError} if the document is not a valid desired state; it lists all problems.
   * @throws {OwnershipError} before anything is changed, if the document contains services of another owner.
   * @throws {ApplyError} if steps failed; its `result` has the outcome of each step.
   */
  async apply(desired: DesiredState, options: ApplyOptions = {}): Promise<ApplyResult> {
    return await applyState(this.#context, resolveDesiredState(desired), checkOptions(options))
  }

  /**
   * Reports the changes of the table, no matter which process makes them. The kernel sends no notifications, so the table is
   * polled, once for all watchers of a client. An entry that is added and removed between two polls is not reported.
   */
  watch(options: WatchOptions = {}): AsyncGenerator<TableChange, void, undefined> {
    return watchTable(this.#poller, options)
  }

  /**
   * Keeps the table in the desired state: reads it periodically and corrects what other processes changed. Steps that fail are
   * retried with growing delays. Stopping the reconciler removes nothing; closing the client stops it.
   *
   * @throws {DesiredStateError} if the document is not a valid desired state; it lists all problems.
   */
  reconcile(desired: DesiredState, options: ReconcileOptions = {}): Reconciler {
    const reconciler = new Reconciler(this.#context, desired, options)
    this.#reconcilers.add(reconciler)
    void reconciler.stopped.then(() => this.#reconcilers.delete(reconciler))
    return reconciler
  }

  /** Closes the client: pending calls reject with `ERR_LVS_CLOSED`, and its reconcilers stop. Idempotent. */
  override close(): void {
    for (const reconciler of this.#reconcilers) void reconciler.stop()
    super.close()
  }
}
