import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { monotonicNow } from '../../system/boot-clock.ts'
import type { ResolvedState } from '../model/resolved-state.ts'
import type { Step } from '../model/step.ts'
import { type CurrentTable, EMPTY_TABLE, type TableClient } from '../model/table.ts'
import { type Ledger, OwnershipError } from '../ownership/ledger.ts'
import { type ComputedPlan, computePlan, keepLastDestination } from '../plan/compute-plan.ts'
import { drainKey, parseDrainKey } from '../plan/drain.ts'
import type { CheckedOptions } from '../plan/options.ts'
import { ApplyReport } from './apply-report.ts'
import type { ApplyResult } from './apply-result.ts'
import type { ClientContext } from './client-context.ts'
import { collectDrainWarnings } from './drain-warnings.ts'
import { StepExecutor } from './step-executor.ts'
import { waitForDrains } from './wait-for-drains.ts'

/** Number of times that the table is read and planned if other processes keep changing it. */
const MAX_ROUNDS = 5

/** Options of {@link applyState}. */
export interface ApplyStateOptions extends CheckedOptions {
  /** Steps that are not attempted now because they failed recently. */
  readonly isDelayed?: ((step: Step) => boolean) | undefined
}

/**
 * Applies a desired state. If another process changes the table meanwhile, reads it and plans again. A step that fails does
 * not stop steps that do not depend on it.
 *
 * The call writes two records. The report contains the outcomes of the steps and becomes the result. The ledger contains the
 * services that the caller owns and the destinations that drain, and outlives the call.
 *
 * @throws {OwnershipError} before anything is changed, if the document contains foreign services.
 * @throws {ApplyError} if steps failed.
 */
export async function applyState(
  context: ClientContext,
  desired: ResolvedState,
  options: ApplyStateOptions,
): Promise<ApplyResult> {
  const report = new ApplyReport()
  await context.exclusive(() => applyRounds(context, desired, options, report))
  if (options.wait) await waitForDrains(context, options, report)
  return report.finish()
}

/** Reads, plans and executes until no other process has interfered. */
async function applyRounds(
  context: ClientContext,
  desired: ResolvedState,
  options: ApplyStateOptions,
  report: ApplyReport,
): Promise<void> {
  const ledger = await context.openLedger(options)
  for (;;) {
    report.rounds++
    const current = await readManaged(context.client, desired, options)
    const plan = computePlan(current, desired, { ...options, ledger, now: monotonicNow() })
    if (report.rounds === 1 && plan.conflicts.length > 0) throw new OwnershipError(plan.conflicts)
    report.markAlreadyDone(plan.steps)
    for (const conflict of plan.conflicts) report.recordConflict(conflict)
    const warnings = await collectDrainWarnings(plan.steps, current, context.sysctls, options)
    for (const warning of [...plan.warnings, ...warnings]) report.warnings.add(warning)
    report.skipped = plan.skipped
    report.draining = plan.draining

    recordIntent(ledger, desired, plan)
    await ledger.save()
    const executor = new StepExecutor(context.client, ledger, report, options)
    await executePlan(executor, plan, current, desired, report)
    forgetCancelledDrains(ledger, desired, report)
    await ledger.save()
    if (!executor.mustReadAgain || report.rounds === MAX_ROUNDS) return
  }
}

/**
 * Records in the ledger which entries the plan creates and drains, and where it sets the fallback flag for that. This happens before the plan is sent, so that a crash in
 * between loses no record.
 */
function recordIntent(
  ledger: Ledger,
  { services }: ResolvedState,
  { steps, draining, fallbacks }: ComputedPlan,
): void {
  const added = steps.filter(({ kind }) => kind === 'addService').map(({ service }) => service)
  ledger.recordPlanned(added, services?.keys() ?? [])
  for (const { command } of steps) {
    if (command.command === 'startDaemon') ledger.recordDaemon(command.daemon.role)
  }
  for (const { service, destination, removeBy } of draining) {
    ledger.deadlines.set(drainKey(service, destination), removeBy)
  }
  for (const name of services?.keys() ?? []) {
    if (fallbacks.has(name)) ledger.fallbacks.add(name)
    else ledger.fallbacks.delete(name)
  }
}

/** Executes the steps that add, then the steps that take away, as far as the additions succeeded. */
async function executePlan(
  executor: StepExecutor,
  { steps, additiveCount }: ComputedPlan,
  current: CurrentTable,
  desired: ResolvedState,
  report: ApplyReport,
): Promise<void> {
  const added = await executor.execute(steps.slice(0, additiveCount))
  let subtractive = steps.slice(additiveCount)
  if (added.length < additiveCount) {
    const kept = keepLastDestination(current, desired, added, subtractive)
    for (const step of kept.withheld) report.record(step, 'not-attempted')
    subtractive = [...kept.steps]
  }
  await executor.execute(subtractive)
}

/** Forgets the drains of destinations that are desired again. */
function forgetCancelledDrains(ledger: Ledger, { services }: ResolvedState, report: ApplyReport): void {
  for (const key of [...ledger.deadlines.keys()]) {
    const { service, endpoint } = parseDrainKey(key)
    if (services?.get(service)?.destinations?.has(endpoint) !== true) continue
    if (!report.hasFailed('updateDestination', service, endpoint)) ledger.deadlines.delete(key)
  }
}

/** Reads the sections of the table that a desired state manages; the others are empty in the result. */
export async function readManaged(
  client: TableClient,
  desired: ResolvedState,
  options: CallOptions,
): Promise<CurrentTable> {
  const [services, timeouts, daemons] = await Promise.all([
    desired.services === undefined ? EMPTY_TABLE.services : client.services(options),
    Object.keys(desired.timeouts).length === 0 ? EMPTY_TABLE.timeouts : client.timeouts(options),
    desired.daemons === undefined ? EMPTY_TABLE.daemons : client.daemons(options),
  ])
  return { services, timeouts, daemons }
}
