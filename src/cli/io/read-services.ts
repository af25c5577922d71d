import type { IpvsClient } from '../../ipvs/ipvs-client.ts'
import type { Service } from '../../ipvs/model/service.ts'
import { formatEndpoint, formatService } from '../../ipvs/model/service-key.ts'

const collator = new Intl.Collator('en', { numeric: true })

/** Reads the named services, or all services, sorted by name, each with its destinations sorted by name. */
export async function readServices(
  ipvs: IpvsClient,
  references: readonly string[],
  signal?: AbortSignal,
): Promise<Service[]> {
  const services =
    references.length === 0
      ? await ipvs.services({ signal })
      : await Promise.all(references.map((reference) => ipvs.service(reference, { signal })))
  return services
    .map((service) => ({ ...service, destinations: sortByName(service.destinations, formatDestinationName) }))
    .sort((one, other) => collator.compare(formatService(one), formatService(other)))
}

/** Formats the address and port of a destination. */
export function formatDestinationName({ address, port }: { address: string; port: number }): string {
  return formatEndpoint(address, port)
}

function sortByName<T>(items: readonly T[], nameOf: (item: T) => string): T[] {
  return items.toSorted((one, other) => collator.compare(nameOf(one), nameOf(other)))
}
