import { readBeside, readTable } from '../model/read-table.ts'
import type { TableClient } from '../model/table-client.ts'
import type { CurrentTable, ResolvedState } from '../model/target.ts'
import type { Ledger } from '../ownership/ledger.ts'
import { OwnershipError } from '../ownership/ownership.ts'
import { type ComputedPlan, computePlan } from '../plan/compute-plan.ts'
import { DRAIN_KEY_SEPARATOR, drainKey } from '../plan/drain.ts'
import { keepLastDestination } from '../plan/last-destination.ts'
import type { CheckedOptions } from '../plan/options.ts'
import { ApplyReport, type ApplyResult } from './apply-result.ts'
import { awaitDrains } from './await-drains.ts'
import type { BackOff } from './back-off.ts'
import { type ClientContext, contextOf } from './client-context.ts'
import { collectDrainWarnings } from './drain-warnings.ts'
import { StepExecutor } from './step-executor.ts'

/** How often a table that others change meanwhile is read and planned for. */
const MAX_ROUNDS = 5

/**
 * Makes a table what it is to be. What others change on the way is read again and planned again; what the kernel refuses does
 * not stop what is independent of it.
 *
 * @throws {OwnershipError} before anything is touched, when the document names what is somebody else's.
 * @throws {ApplyError} when steps failed.
 */
export async function applyState(
  ipvs: TableClient,
  desired: ResolvedState | Promise<ResolvedState>,
  options: CheckedOptions,
  backOff?: BackOff,
): Promise<ApplyResult> {
  const memory = contextOf(ipvs)
  const report = new ApplyReport(backOff)
  const target = await memory.exclusive(() => applyRounds(ipvs, desired, options, memory, report))
  if (options.wait && report.draining.length > 0) await awaitDrains(ipvs, target, options, memory, report)
  return report.finish()
}

async function applyRounds(
  ipvs: TableClient,
  desired: ResolvedState | Promise<ResolvedState>,
  options: CheckedOptions,
  memory: ClientContext,
  report: ApplyReport,
): Promise<ResolvedState> {
  const ledger = await memory.openLedger(options)
  let { current, target } = await readBeside(ipvs, desired, options)
  for (;;) {
    report.rounds++
    const rules = { ...options, ownership: ledger, deadlines: ledger.deadlines, now: Date.now() }
    const plan = computePlan(current, target, rules)
    for (const { service, explanation } of plan.conflicts) {
      if (report.rounds === 1) throw new OwnershipError(plan.conflicts)
      report.recordConflict(service, explanation)
    }
    if (report.rounds > 1) report.markAlreadyDone(plan.steps)
    for (const warning of await collectDrainWarnings(plan.steps, current, memory.sysctls, options))
      report.warnings.add(warning)
    recordIntent(ledger, target, plan)
    await ledger.save()
    const again = await executePlan(
      new StepExecutor(ipvs, options, report, ledger),
      current,
      target,
      plan,
      report,
    )
    forgetRevertedDrains(ledger, memory, target, report)
    await ledger.save()
    if (!again || report.rounds === MAX_ROUNDS) return target
    current = await readTable(ipvs, target, options)
  }
}

/** Notes what is going to be made before it is, so that it is known to be the caller's whatever happens in between. */
function recordIntent(ledger: Ledger, target: ResolvedState, { steps, draining }: ComputedPlan): void {
  const services: string[] = []
  const daemons: string[] = []
  for (const { kind, service, command } of steps) {
    if (kind === 'addService') services.push(service)
    if (command.command === 'startDaemon') daemons.push(command.daemon.role)
  }
  ledger.recordPlanned(target, services, daemons)
  for (const { service, destination, deadline } of draining) {
    ledger.deadlines.set(drainKey(service, destination), deadline)
  }
}

/** Takes the steps of a plan; says whether the table has to be read again. */
async function executePlan(
  sending: StepExecutor,
  current: CurrentTable,
  target: ResolvedState,
  { steps, additiveCount: raising, skipped: left, draining }: ComputedPlan,
  report: ApplyReport,
): Promise<boolean> {
  report.skipped = left
  report.draining = draining
  const raised = await sending.execute(steps.slice(0, raising))
  let lowering = steps.slice(raising)
  if (raised.length < raising) {
    const guarded = keepLastDestination(current, target, raised, lowering)
    for (const step of guarded.withheld) report.record(step, 'skipped')
    lowering = [...guarded.steps]
  }
  await sending.execute(lowering)
  return sending.readAgain
}

/** Forgets the drains of destinations that have come back. */
function forgetRevertedDrains(
  ledger: Ledger,
  memory: ClientContext,
  { services }: ResolvedState,
  report: ApplyReport,
): void {
  for (const key of [...ledger.deadlines.keys(), ...memory.awaitedDrains]) {
    const [service = '', destination = ''] = key.split(DRAIN_KEY_SEPARATOR)
    if (services?.get(service)?.destinations?.has(destination) !== true) continue
    if (report.hasFailed('updateDestination', service, destination)) continue
    ledger.deadlines.delete(key)
    memory.awaitedDrains.delete(key)
  }
}
