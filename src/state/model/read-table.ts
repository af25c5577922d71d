import type { CallOptions } from '../../netlink/arguments/call-options.ts'
import type { TableClient } from './table-client.ts'
import type { CurrentTable, ResolvedState } from './target.ts'

const UNKNOWN = { tcp: 0, tcpFin: 0, udp: 0 }

/** Reads as much of the table as a desired state speaks of. */
export async function readTable(
  ipvs: TableClient,
  target: ResolvedState,
  options: CallOptions,
): Promise<CurrentTable> {
  const [services, timeouts, daemons] = await Promise.all([
    target.services === undefined ? [] : ipvs.services(options),
    Object.keys(target.timeouts).length === 0 ? UNKNOWN : ipvs.timeouts(options),
    target.daemons === undefined ? [] : ipvs.daemons(options),
  ])
  return { services, timeouts, daemons }
}

/** The same; the services already while it is being found out what a desired state says of them. */
export async function readBeside(
  ipvs: TableClient,
  desired: ResolvedState | Promise<ResolvedState>,
  options: CallOptions,
): Promise<{ target: ResolvedState; current: CurrentTable }> {
  if (!(desired instanceof Promise))
    return { target: desired, current: await readTable(ipvs, desired, options) }
  const [target, services] = await Promise.all([desired, ipvs.services(options)])
  const others = await readTable(ipvs, { ...target, services: undefined }, options)
  return { target, current: { ...others, services } }
}

/** Reads all that a desired state can speak of. */
export async function readWholeTable(ipvs: TableClient, options: CallOptions = {}): Promise<CurrentTable> {
  const [services, timeouts, daemons] = await Promise.all([
    ipvs.services(options),
    ipvs.timeouts(options),
    ipvs.daemons(options),
  ])
  return { services, timeouts, daemons }
}
