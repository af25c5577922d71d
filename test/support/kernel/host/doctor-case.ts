import type { DoctorOptions } from '../../../../src/host/doctor/model/options.ts'
import { readFacts } from '../../../../src/host/facts/facts-reader.ts'
import type { HostFacts } from '../../../../src/host/facts/host-facts.ts'
import type { Machine } from '../../scenarios/machine.ts'
import type { Cluster } from './doctor-clusters.ts'

/** How a healthy cluster is broken so that a doctor finds one thing and nothing else. */
export interface Case {
  /** What is wrong, in words. */
  readonly title: string
  readonly cluster: () => Promise<Cluster>
  /** Who is examined. Default: the director. */
  readonly examined?: keyof Cluster
  /** What the doctor is told. */
  readonly options?: (cluster: Cluster) => DoctorOptions | Promise<DoctorOptions>
  readonly break: (cluster: Cluster) => Promise<unknown>
  /** What somebody has to do before the fix can help. */
  readonly before?: () => Promise<unknown>
  /** Makes the cluster what it was, where the fix has not. */
  readonly restore?: (cluster: Cluster) => Promise<unknown>
  /** Whether it leaves traces that only time wipes out. */
  readonly fresh?: boolean
  /** Only in the lab: it takes something from the whole machine. */
  readonly labOnly?: boolean
}

/** Facts as they come from another host. */
export async function factsOf({ host }: Machine): Promise<HostFacts> {
  return JSON.parse(JSON.stringify(await readFacts(host)))
}

/** Puts an address on another interface. */
export async function move({ host }: Machine, address: string, from: string, to: string): Promise<void> {
  await host.network.addAddress({ address, interface: to, ...(address.includes(':') ? { nodad: true } : {}) })
  await host.network.removeAddress({ address, interface: from })
}
