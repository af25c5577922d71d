import type { DoctorOptions } from '../../../../src/host/doctor/model/options.ts'
import { readFacts } from '../../../../src/host/facts/facts-reader.ts'
import type { HostFacts } from '../../../../src/host/facts/host-facts.ts'
import type { Machine } from '../../scenarios/machine.ts'
import type { Cluster } from './doctor-clusters.ts'

/** How to break a healthy cluster so that the doctor finds one problem and no other. */
export interface Case {
  /** The problem. */
  readonly title: string
  readonly cluster: () => Promise<Cluster>
  /** The host that the doctor examines. Default: the director. */
  readonly examined?: keyof Cluster
  /** Options of the doctor. */
  readonly options?: (cluster: Cluster) => DoctorOptions | Promise<DoctorOptions>
  readonly break: (cluster: Cluster) => Promise<unknown>
  /** A manual step before the fix can succeed. */
  readonly before?: () => Promise<unknown>
  /** Restores what the fix does not restore. */
  readonly restore?: (cluster: Cluster) => Promise<unknown>
  /** Whether it needs a new cluster each time, because it leaves traces that only expire. */
  readonly fresh?: boolean
  /** Whether it runs only in the lab, because it affects the whole machine. */
  readonly labOnly?: boolean
}

/** Facts as received from another host. */
export async function factsOf({ host }: Machine): Promise<HostFacts> {
  return JSON.parse(JSON.stringify(await readFacts(host)))
}

/** Moves an address to another interface. */
export async function move({ host }: Machine, address: string, from: string, to: string): Promise<void> {
  await host.network.addAddress({ address, interface: to, ...(address.includes(':') ? { nodad: true } : {}) })
  await host.network.removeAddress({ address, interface: from })
}
