import type { SchedulerFlag } from '../../../ipvs/model/scheduler.ts'
import type { Service } from '../../../ipvs/model/service.ts'
import type { ServiceKey } from '../../../ipvs/model/service-key.ts'

/** The flag of the third bit, for which ipvsadm has no name where the scheduler is sh or mh. */
const THIRD_FLAG = 'flag-3' satisfies SchedulerFlag

/** The protocol for looking up the names of a service's ports; undefined for a firewall mark. */
export function protocolOfPorts(service: ServiceKey): string | undefined {
  return service.fwmark === undefined ? String(service.protocol) : undefined
}

/** A firewall mark as ipvsadm prints it: a signed number. */
export function printMark(fwmark: number): string {
  return String(fwmark | 0)
}

/** The flags as ipvsadm prints them; undefined if there are none. */
export function printSchedulerFlags(scheduler: string, flags: readonly SchedulerFlag[]): string | undefined {
  if (flags.length === 0) return undefined
  const lacksThird = scheduler === 'sh' || scheduler === 'mh'
  return flags.filter((flag) => !(lacksThird && flag === THIRD_FLAG)).join(',')
}

/** Every address in a table. */
export function* listAddresses(services: readonly Service[]): Generator<string> {
  for (const { address, destinations } of services) {
    if (address !== undefined) yield address
    for (const destination of destinations) yield destination.address
  }
}
