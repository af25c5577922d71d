import type { ConnectionEntry, Endpoint } from '../../../ipvs/proc/connection-entry.ts'
import type { EndpointFormatter } from './endpoint-format.ts'

/** The heading of `ipvsadm -L -c`. */
export function printConnectionsHeading(engines: boolean): string {
  const columns = ['pro expire', 'state'.padEnd(11), 'source'.padEnd(18), 'virtual'.padEnd(18)]
  const last = engines ? ['destination'.padEnd(18), 'pe name'.padEnd(16), 'pe_data'] : ['destination']
  return `IPVS connection entries\n${[...columns, ...last].join(' ')}\n`
}

/** The line of `ipvsadm -L -c` for an entry. */
export function printConnection(entry: ConnectionEntry, engines: boolean, label: EndpointFormatter): string {
  const { protocol, state, expires, client, virtual, destination } = entry
  const show = ({ address, port }: Endpoint) => label(address, port, protocol)
  const columns = [
    protocol.toUpperCase().padEnd(3),
    printSeconds(expires).padEnd(6),
    state.padEnd(11),
    show(client).padEnd(18),
    show(virtual).padEnd(18),
  ]
  const { persistenceEngine, persistenceData = '' } = entry
  if (!engines || persistenceEngine === undefined) return `${[...columns, show(destination)].join(' ')}\n`
  // In ipvsadm these columns are not aligned with their headings.
  const last = [show(destination).padEnd(16), persistenceEngine.padEnd(18), persistenceData]
  return `${[...columns, ...last].join(' ')}\n`
}

function printSeconds(seconds: number): string {
  const digits = (value: number) => String(value).padStart(2, '0')
  return `${digits(Math.floor(seconds / 60))}:${digits(seconds % 60)}`
}
