import type { Service } from '../../ipvs/model/service.ts'
import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { undefinedIfRefused } from '../../netlink/refused.ts'
import { pause } from '../model/pause.ts'
import type { TableClient } from '../model/table-client.ts'
import type { ResolvedState } from '../model/target.ts'
import { type DrainingDestination, drainKey } from '../plan/drain.ts'
import type { CheckedOptions } from '../plan/options.ts'
import type { ApplyReport } from './apply-result.ts'
import type { ClientContext } from './client-context.ts'
import { ServiceDrain } from './service-drain.ts'
import { StepExecutor } from './step-executor.ts'

/**
 * Waits until destinations that lost their weight have lost their connections too, and removes them. What somebody brings
 * back meanwhile, by a weight or by another document, stays. Giving up leaves them without weight; the next plan goes on.
 */
export async function awaitDrains(
  ipvs: TableClient,
  { services }: ResolvedState,
  options: CheckedOptions,
  memory: ClientContext,
  report: ApplyReport,
): Promise<void> {
  const { drain, signal } = options
  if (drain === undefined) return
  const drains: ServiceDrain[] = []
  for (const [name, waiting] of groupByService(report.draining)) {
    drains.push(new ServiceDrain(name, waiting, services?.has(name) !== true, drain))
  }
  const keys = report.draining.map(({ service, destination }) => drainKey(service, destination))
  for (const key of keys) memory.awaitedDrains.add(key)
  try {
    while (report.draining.length > 0) {
      await pause(millisecondsToNextCheck(report.draining, options.interval), signal)
      await memory.exclusive(() => checkDrains(ipvs, drains, options, memory, report))
      report.draining = drains.flatMap(({ waiting }) => waiting)
    }
  } finally {
    for (const key of keys) memory.awaitedDrains.delete(key)
  }
}

async function checkDrains(
  ipvs: TableClient,
  drains: readonly ServiceDrain[],
  options: CheckedOptions,
  memory: ClientContext,
  report: ApplyReport,
): Promise<void> {
  // Another plan may have written it meanwhile.
  const ledger = await memory.openLedger(options)
  const sending = new StepExecutor(ipvs, options, report, ledger)
  const pending = drains.filter(({ waiting }) => waiting.length > 0)
  const services = await Promise.all(pending.map(({ name }) => readService(ipvs, name, options)))
  const isWanted = (key: string) => !memory.awaitedDrains.has(key)
  for (const [index, drain] of pending.entries()) {
    const { steps, reverted: undone, ended } = drain.check(services[index], isWanted, Date.now())
    for (const step of undone) report.record(step, 'undone')
    for (const key of ended) ledger.deadlines.delete(key)
    await sending.execute(steps)
  }
  report.markAlreadyGone()
  await ledger.save()
}

/** Milliseconds to the next look, or to the first deadline before it. */
function millisecondsToNextCheck(draining: readonly DrainingDestination[], interval: number): number {
  const now = Date.now()
  return draining.reduce(
    (pause, { deadline }) => Math.min(pause, Math.max(0, deadline - now)),
    interval * 1000,
  )
}

function groupByService(draining: readonly DrainingDestination[]): Map<string, DrainingDestination[]> {
  const services = new Map<string, DrainingDestination[]>()
  for (const entry of draining) {
    const entries = services.get(entry.service)
    if (entries === undefined) services.set(entry.service, [entry])
    else entries.push(entry)
  }
  return services
}

async function readService(
  ipvs: TableClient,
  name: string,
  { signal }: CallOptions,
): Promise<Service | undefined> {
  return await undefinedIfRefused(ipvs.service(name, { signal }), 'ESRCH')
}
