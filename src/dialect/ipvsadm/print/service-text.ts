import type { Service } from '../../../ipvs/model/service.ts'
import type { ServiceKey } from '../../../ipvs/model/service-key.ts'

/** The protocol under which ports have their names. */
export function portNameProtocol(service: ServiceKey): string | undefined {
  return service.fwmark === undefined ? String(service.protocol) : undefined
}

/** ipvsadm prints marks with a sign. */
export function printMark(fwmark: number): string {
  return String(fwmark | 0)
}

/** The mask of a persistent service, unless it covers the whole address. */
export function printedMask(mask: string | number): string | undefined {
  return mask === '255.255.255.255' || mask === 128 ? undefined : String(mask)
}

/** Every address of a table. */
export function* listAddresses(services: readonly Service[]): Generator<string> {
  for (const { address, destinations } of services) {
    if (address !== undefined) yield address
    for (const destination of destinations) yield destination.address
  }
}
