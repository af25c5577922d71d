import { findFallbackFlag } from '../../ipvs/model/scheduler.ts'
import type { Service } from '../../ipvs/model/service.ts'
import { pause } from '../../netlink/arguments/abort.ts'
import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import { undefinedIfRefused } from '../../netlink/refused.ts'
import { monotonicNow } from '../../system/boot-clock.ts'
import { fallbackStep, type Step } from '../model/step.ts'
import type { TableClient } from '../model/table.ts'
import type { Ledger } from '../ownership/ledger.ts'
import { type PendingRemoval, parseDrainKey } from '../plan/drain.ts'
import type { CheckedOptions } from '../plan/options.ts'
import type { ApplyReport } from './apply-report.ts'
import type { ClientContext } from './client-context.ts'
import { ServiceDrain } from './service-drain.ts'
import { StepExecutor } from './step-executor.ts'

/**
 * Waits until the draining destinations of a report have no connections, and removes them. A destination that another process
 * or a newer document brings back stays. If the call is aborted, they keep weight 0 and the next plan continues.
 */
export async function waitForDrains(
  context: ClientContext,
  options: CheckedOptions,
  report: ApplyReport,
): Promise<void> {
  const { drain, signal } = options
  if (drain === undefined) return
  const drains = [...groupByService(report.draining)].map(
    ([name, waiting]) => new ServiceDrain(name, waiting, drain),
  )
  while (report.draining.length > 0) {
    await pause(millisecondsToNextCheck(report.draining, options.interval), signal)
    await context.exclusive(() => checkDrains(context, drains, options, report))
    report.draining = drains.flatMap(({ waiting }) => waiting)
  }
}

async function checkDrains(
  context: ClientContext,
  drains: readonly ServiceDrain[],
  options: CheckedOptions,
  report: ApplyReport,
): Promise<void> {
  // Opened again: another plan may have changed the file. A plan that brings a destination back removes its deadline.
  const ledger = await context.openLedger(options)
  const executor = new StepExecutor(context.client, ledger, report, options)
  const pending = drains.filter(({ waiting }) => waiting.length > 0)
  const services = await Promise.all(pending.map(({ name }) => findService(context.client, name, options)))
  for (const [index, drain] of pending.entries()) {
    const { steps, reverted, ended } = drain.check(services[index], ledger.deadlines, monotonicNow())
    for (const step of reverted) report.record(step, 'reverted')
    for (const key of ended) ledger.deadlines.delete(key)
    await executor.execute(steps)
    const service = services[index]
    if (service !== undefined) await executor.execute(clearFallback(service, drain.name, ledger))
  }
  report.markAlreadyGone()
  await ledger.save()
}

/** Clears the fallback flag that the drain had set, once the last drain of the service has ended. */
function clearFallback(service: Service, name: string, ledger: Ledger): readonly Step[] {
  const isDraining = [...ledger.deadlines.keys()].some((key) => parseDrainKey(key).service === name)
  // A newer document that sets the flag itself has removed the service from the record.
  if (isDraining || !ledger.fallbacks.delete(name)) return []
  const flag = findFallbackFlag(service.scheduler)
  if (flag === undefined || !service.schedulerFlags.includes(flag)) return []
  const schedulerFlags = service.schedulerFlags.filter((each) => each !== flag)
  return [fallbackStep('clearFallback', service, service, { ...service, schedulerFlags })]
}

/** Milliseconds to the next check: the interval, or less if a deadline is earlier. */
function millisecondsToNextCheck(draining: readonly PendingRemoval[], interval: number): number {
  const now = monotonicNow()
  return draining.reduce(
    (shortest, { removeBy }) => Math.min(shortest, Math.max(0, removeBy - now)),
    interval * 1000,
  )
}

function groupByService(draining: readonly PendingRemoval[]): Map<string, PendingRemoval[]> {
  const services = new Map<string, PendingRemoval[]>()
  for (const entry of draining) {
    const entries = services.get(entry.service)
    if (entries === undefined) services.set(entry.service, [entry])
    else entries.push(entry)
  }
  return services
}

async function findService(
  client: TableClient,
  name: string,
  { signal }: CallOptions,
): Promise<Service | undefined> {
  return await undefinedIfRefused(client.service(name, { signal }), 'ESRCH')
}
