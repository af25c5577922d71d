import { NO_TRAFFIC, type Rates } from '../../../src/cli/top/model/rate-sample.ts'
import type { DestinationRow, ServiceRow, TableSnapshot } from '../../../src/cli/top/model/table-snapshot.ts'
import { createView, type View } from '../../../src/cli/top/model/view.ts'

/** The row of a service, with destinations by name, such as `10.0.0.1:80`. */
export function serviceRow(
  name: string,
  destinations: Record<string, Partial<DestinationRow>> = {},
  given: Partial<ServiceRow> = {},
): ServiceRow {
  return {
    ...{ id: name, name, method: 'wlc', active: 0, inactive: 0, rates: NO_TRAFFIC },
    destinations: Object.entries(destinations).map(([address, each]) => destinationRow(name, address, each)),
    ...given,
  }
}

export function rates(given: Partial<Rates>): Rates {
  return { ...NO_TRAFFIC, ...given }
}

/** A view of these services. */
export function viewOf(services: readonly ServiceRow[], given: Partial<View> = {}): View {
  const snapshot: TableSnapshot = { services, samples: new Map() }
  return { ...createView(2, undefined), time: '12:34:56', snapshot, ...given }
}

function destinationRow(service: string, name: string, given: Partial<DestinationRow>): DestinationRow {
  const { hostname, port } = new URL(`tcp://${name}`)
  return {
    ...{ id: `${service} ${name}`, service, name, key: { address: hostname, port: Number(port) } },
    ...{ method: 'dr', weight: 1, active: 0, inactive: 0, rates: NO_TRAFFIC },
    ...given,
  }
}
