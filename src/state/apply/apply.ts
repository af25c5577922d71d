import { type ApplyResult, Report } from './apply-result.ts'
import { awaitDrains } from './await-drains.ts'
import type { BackOff } from './back-off.ts'
import { DRAIN_ARROW, drainKey } from '../plan/drain.ts'
import { drainWarnings } from './drain-warnings.ts'
import type { Ledger } from '../ownership/ledger.ts'
import { type Memory, memoryOf } from './client-context.ts'
import type { CheckedOptions } from '../plan/options.ts'
import { OwnershipError } from '../ownership/ownership.ts'
import { type Outline, outline } from '../plan/compute-plan.ts'
import { readBeside, readFor } from '../model/read-table.ts'
import { Sending } from './step-executor.ts'
import { protectLast } from '../plan/last-destination.ts'
import type { TableClient } from '../model/table-client.ts'
import type { CurrentTable, TargetTable } from '../model/target.ts'

/** How often a table that others change meanwhile is read and planned for. */
const ROUNDS = 5

/**
 * Makes a table what it is to be. What others change on the way is read again and planned again; what the kernel refuses does
 * not stop what is independent of it.
 *
 * @throws {OwnershipError} before anything is touched, when the document names what is somebody else's.
 * @throws {ApplyError} when steps failed.
 */
export async function applyTarget(
  ipvs: TableClient,
  desired: TargetTable | Promise<TargetTable>,
  options: CheckedOptions,
  backOff?: BackOff,
): Promise<ApplyResult> {
  const memory = memoryOf(ipvs)
  const report = new Report(backOff)
  const target = await memory.exclusive(() => mend(ipvs, desired, options, memory, report))
  if (options.wait && report.draining.length > 0) await awaitDrains(ipvs, target, options, memory, report)
  return report.end()
}

async function mend(
  ipvs: TableClient,
  desired: TargetTable | Promise<TargetTable>,
  options: CheckedOptions,
  memory: Memory,
  report: Report,
): Promise<TargetTable> {
  const ledger = await memory.ledger(options)
  let { current, target } = await readBeside(ipvs, desired, options)
  for (;;) {
    report.rounds++
    const rules = { ...options, ownership: ledger, deadlines: ledger.deadlines, now: Date.now() }
    const plan = outline(current, target, rules)
    for (const { service, explanation } of plan.clashes) {
      if (report.rounds === 1) throw new OwnershipError(plan.clashes)
      report.clash(service, explanation)
    }
    if (report.rounds > 1) report.settle(plan.steps)
    for (const warning of await drainWarnings(plan.steps, current, memory.sysctls, options))
      report.warnings.add(warning)
    note(ledger, target, plan)
    await ledger.save()
    const again = await carryOut(new Sending(ipvs, options, report, ledger), current, target, plan, report)
    forgetDeadlines(ledger, memory, target, report)
    await ledger.save()
    if (!again || report.rounds === ROUNDS) return target
    current = await readFor(ipvs, target, options)
  }
}

/** Notes what is going to be made before it is, so that it is known to be the caller's whatever happens in between. */
function note(ledger: Ledger, target: TargetTable, { steps, draining }: Outline): void {
  const services: string[] = []
  const daemons: string[] = []
  for (const { kind, service, command } of steps) {
    if (kind === 'addService') services.push(service)
    if (command.command === 'startDaemon') daemons.push(command.daemon.role)
  }
  ledger.note(target, services, daemons)
  for (const { service, destination, deadline } of draining) {
    ledger.deadlines.set(drainKey(service, destination), deadline)
  }
}

/** Takes the steps of a plan; says whether the table has to be read again. */
async function carryOut(
  sending: Sending,
  current: CurrentTable,
  target: TargetTable,
  { steps, raising, left, draining }: Outline,
  report: Report,
): Promise<boolean> {
  report.left = left
  report.draining = draining
  const raised = await sending.take(steps.slice(0, raising))
  let lowering = steps.slice(raising)
  if (raised.length < raising) {
    const guarded = protectLast(current, target, raised, lowering)
    for (const step of guarded.held) report.set(step, 'skipped')
    lowering = [...guarded.steps]
  }
  await sending.take(lowering)
  return sending.readAgain
}

/** Forgets the drains of destinations that have come back. */
function forgetDeadlines(ledger: Ledger, memory: Memory, { services }: TargetTable, report: Report): void {
  for (const key of [...ledger.deadlines.keys(), ...memory.waiting]) {
    const [service = '', destination = ''] = key.split(DRAIN_ARROW)
    if (services?.get(service)?.destinations?.has(destination) !== true) continue
    if (report.hasFailed('updateDestination', service, destination)) continue
    ledger.deadlines.delete(key)
    memory.waiting.delete(key)
  }
}
