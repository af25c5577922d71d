import type { IpvsClient } from '../../../ipvs/ipvs-client.ts'
import type { Destination, DestinationKey } from '../../../ipvs/model/destination.ts'
import { describeRefusals } from '../../../ipvs/refused-clients.ts'
import { describePortZero, describeUnusedPort } from '../../../ipvs/unused-ports.ts'
import { canonicalIPv6 } from '../../../netlink/wire/address.ts'
import type { Terminal } from '../../io/command-io.ts'

/** Warns after a change of a service if it now refuses clients. */
export async function warnOfService(
  ipvs: Pick<IpvsClient, 'service'>,
  reference: string,
  terminal: Terminal,
): Promise<void> {
  const service = await ipvs.service(reference)
  printWarnings([describePortZero(service, service), describeRefusals(service)], terminal)
}

/** Warns after a change of a destination if no packet reaches its port, or if its clients are refused. */
export async function warnOfDestination(
  ipvs: Pick<IpvsClient, 'service'>,
  reference: string,
  key: DestinationKey,
  terminal: Terminal,
): Promise<void> {
  const service = await ipvs.service(reference)
  const address = key.address.includes(':') ? canonicalIPv6(key.address) : key.address
  const port = key.port ?? service.port ?? 0
  const isChanged = (each: Destination) => each.address === address && each.port === port
  const changed = service.destinations.find(isChanged)
  const unused = changed === undefined ? undefined : describeUnusedPort(service, changed)
  const refusals = changed?.weight === 0 ? describeRefusals(service) : undefined
  printWarnings([unused, refusals], terminal)
}

function printWarnings(warnings: readonly (string | undefined)[], terminal: Terminal): void {
  for (const warning of warnings) {
    if (warning !== undefined) terminal.printError(`lvs: warning: ${warning}`)
  }
}
