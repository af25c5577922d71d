import { IpvsError } from '../../errors.ts'
import type { Service } from '../../ipvs/model/service.ts'
import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import type { Report } from './apply-result.ts'
import { type Draining, drainKey } from '../plan/drain.ts'
import type { Memory } from './client-context.ts'
import type { CheckedOptions } from '../plan/options.ts'
import { pause } from '../model/pause.ts'
import { Sending } from './step-executor.ts'
import { ServiceDrain } from './service-drain.ts'
import type { TableClient } from '../model/table-client.ts'
import type { TargetTable } from '../model/target.ts'

/**
 * Waits until destinations that lost their weight have lost their connections too, and removes them. What somebody brings
 * back meanwhile, by a weight or by another document, stays. Giving up leaves them without weight; the next plan goes on.
 */
export async function awaitDrains(
  ipvs: TableClient,
  { services }: TargetTable,
  options: CheckedOptions,
  memory: Memory,
  report: Report,
): Promise<void> {
  const { drain, signal } = options
  if (drain === undefined) return
  const drains: ServiceDrain[] = []
  for (const [name, waiting] of byService(report.draining)) {
    drains.push(new ServiceDrain(name, waiting, services?.has(name) !== true, drain))
  }
  const keys = report.draining.map(({ service, destination }) => drainKey(service, destination))
  for (const key of keys) memory.waiting.add(key)
  try {
    while (report.draining.length > 0) {
      await pause(pauseFor(report.draining, options.interval), signal)
      await memory.exclusive(() => lookAtAll(ipvs, drains, options, memory, report))
      report.draining = drains.flatMap(({ waiting }) => waiting)
    }
  } finally {
    for (const key of keys) memory.waiting.delete(key)
  }
}

async function lookAtAll(
  ipvs: TableClient,
  drains: readonly ServiceDrain[],
  options: CheckedOptions,
  memory: Memory,
  report: Report,
): Promise<void> {
  // Another plan may have written it meanwhile.
  const ledger = await memory.ledger(options)
  const sending = new Sending(ipvs, options, report, ledger)
  const pending = drains.filter(({ waiting }) => waiting.length > 0)
  const services = await Promise.all(pending.map(({ name }) => readService(ipvs, name, options)))
  const isWanted = (key: string) => !memory.waiting.has(key)
  for (const [index, drain] of pending.entries()) {
    const { steps, undone, ended } = drain.look(services[index], isWanted, Date.now())
    for (const step of undone) report.set(step, 'undone')
    for (const key of ended) ledger.deadlines.delete(key)
    await sending.take(steps)
  }
  report.settleGone()
  await ledger.save()
}

/** Milliseconds to the next look, or to the first deadline before it. */
function pauseFor(draining: readonly Draining[], interval: number): number {
  const now = Date.now()
  return draining.reduce(
    (pause, { deadline }) => Math.min(pause, Math.max(0, deadline - now)),
    interval * 1000,
  )
}

function byService(draining: readonly Draining[]): Map<string, Draining[]> {
  const services = new Map<string, Draining[]>()
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
  try {
    return await ipvs.service(name, { signal })
  } catch (error) {
    if (error instanceof IpvsError && error.code === 'ESRCH') return undefined
    throw error
  }
}
