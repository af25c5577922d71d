import { IpvsError } from '../../errors.ts'
import type { ConnectionEntry } from '../../ipvs/proc/connection-entry.ts'
import type { Ipvs } from '../../ipvs/ipvs-client.ts'
import type { Service } from '../../ipvs/model/service.ts'
import type { KnownServiceKey } from '../../ipvs/model/service-key.ts'
import type { Format } from '../../dialect/ipvsadm/parse/command.ts'
import { Complaint } from './complaint.ts'
import { byName, inNumbers, type Label } from '../../dialect/ipvsadm/print/labels.ts'
import type { SystemNames } from '../../dialect/ipvsadm/parse/names.ts'
import { inOrder } from '../../dialect/ipvsadm/print/order.ts'
import { connectionsHeading, printConnection } from '../../dialect/ipvsadm/print/print-connections.ts'
import { printRules } from '../../dialect/ipvsadm/print/print-rules.ts'
import { printTable } from '../../dialect/ipvsadm/print/print-table.ts'
import { describeRefusal } from './refusal.ts'
import { addressesOf } from '../../dialect/ipvsadm/print/service-text.ts'

/** `-L`: the table, or one service of it. */
export async function showTable(
  ipvs: Ipvs,
  key: KnownServiceKey | undefined,
  format: Format,
  names: SystemNames,
): Promise<string> {
  const services = key === undefined ? ipvs.services() : readService(ipvs, key)
  const [info, read] = await Promise.all([key === undefined ? ipvs.info() : undefined, services])
  const table = format.sorted ? inOrder(read) : read
  const label = await labelFor(format.numeric, addressesOf(table), names)
  const first =
    info === undefined ? '' : `IP Virtual Server version ${info.version} (size=${info.connectionTableSize})\n`
  return first + printTable(table, format, label)
}

/** `-S`: the table as rules. */
export async function showRules(ipvs: Ipvs, numeric: boolean, names: SystemNames): Promise<string> {
  const services = inOrder(await ipvs.services())
  return printRules(services, await labelFor(numeric, addressesOf(services), names))
}

/** `-L -c`: the connections, with the persistence engines' data if asked for. */
export async function showConnections(
  ipvs: Ipvs,
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
  return connectionsHeading(engines) + entries.map((entry) => printConnection(entry, engines, label)).join('')
}

/** A service that is not there ends ipvsadm, with a status of its own. */
async function readService(ipvs: Ipvs, key: KnownServiceKey): Promise<Service[]> {
  try {
    return [await ipvs.service(key)]
  } catch (error) {
    if (error instanceof IpvsError && error.code === 'ESRCH') {
      throw new Complaint(describeRefusal(error), { status: 1 })
    }
    throw error
  }
}

async function labelFor(numeric: boolean, addresses: Iterable<string>, names: SystemNames): Promise<Label> {
  return numeric ? inNumbers : await byName(addresses, names)
}
