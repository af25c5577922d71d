import type { SystemNames } from '../../dialect/ipvsadm/names/system-names.ts'
import { IpvsadmError } from '../../dialect/ipvsadm/parse/ipvsadm-error.ts'
import {
  createNameFormatter,
  type EndpointFormatter,
  formatNumeric,
} from '../../dialect/ipvsadm/print/endpoint-format.ts'
import { printConnection, printConnectionsHeading } from '../../dialect/ipvsadm/print/print-connections.ts'
import { printRules } from '../../dialect/ipvsadm/print/print-rules.ts'
import { type ListingFormat, printTable } from '../../dialect/ipvsadm/print/print-table.ts'
import { listAddresses } from '../../dialect/ipvsadm/print/service-text.ts'
import { sortServices } from '../../dialect/ipvsadm/print/sort-services.ts'
import { IpvsError } from '../../errors.ts'
import type { IpvsClient } from '../../ipvs/ipvs-client.ts'
import type { Service } from '../../ipvs/model/service.ts'
import type { ResolvedServiceKey } from '../../ipvs/model/service-key.ts'
import type { ConnectionEntry } from '../../ipvs/proc/connection-entry.ts'
import { describeFailure } from './refusal.ts'

/** Runs `-L`: prints the table, or one service of it. */
export async function showTable(
  ipvs: IpvsClient,
  key: ResolvedServiceKey | undefined,
  format: ListingFormat,
  names: SystemNames,
): Promise<string> {
  const services = key === undefined ? ipvs.services() : readService(ipvs, key)
  const [info, read] = await Promise.all([key === undefined ? ipvs.info() : undefined, services])
  const table = format.sorted ? sortServices(read) : read
  const label = await labelFor(format.numeric, listAddresses(table), names)
  const first =
    info === undefined ? '' : `IP Virtual Server version ${info.version} (size=${info.connectionTableSize})\n`
  return first + printTable(table, format, label)
}

/** Runs `-S`: prints the table as rules. */
export async function showRules(ipvs: IpvsClient, numeric: boolean, names: SystemNames): Promise<string> {
  const services = sortServices(await ipvs.services())
  return printRules(services, await labelFor(numeric, listAddresses(services), names))
}

/** Runs `-L -c`: prints the connections, with the data of persistence engines on request. */
export async function showConnections(
  ipvs: IpvsClient,
  { numeric, engines }: { readonly numeric: boolean; readonly engines: boolean },
  names: SystemNames,
): Promise<string> {
  const entries: ConnectionEntry[] = []
  for await (const entry of ipvs.connections()) entries.push(entry)
  const ends = entries.flatMap(({ client, virtual, destination }) => [client, virtual, destination])
  const label = await labelFor(
    numeric,
    ends.map(({ address }) => address),
    names,
  )
  return (
    printConnectionsHeading(engines) + entries.map((entry) => printConnection(entry, engines, label)).join('')
  )
}

/** A service that does not exist has its own exit status. */
async function readService(ipvs: IpvsClient, key: ResolvedServiceKey): Promise<Service[]> {
  try {
    return [await ipvs.service(key)]
  } catch (error) {
    if (error instanceof IpvsError && error.code === 'ESRCH') {
      throw new IpvsadmError(describeFailure(error), { status: 1 })
    }
    throw error
  }
}

async function labelFor(
  numeric: boolean,
  addresses: Iterable<string>,
  names: SystemNames,
): Promise<EndpointFormatter> {
  return numeric ? formatNumeric : await createNameFormatter(addresses, names)
}
