import type { Destination } from '../../../ipvs/model/destination.ts'
import { isWholeMask } from '../../../ipvs/model/persistence.ts'
import type { Service } from '../../../ipvs/model/service.ts'
import type { Statistics } from '../../../ipvs/model/statistics.ts'
import type { EndpointFormatter } from './endpoint-format.ts'
import { printMark, printSchedulerFlags, protocolOfPorts } from './service-text.ts'

/** The columns of a listing. */
export type ListingColumns = 'plain' | 'stats' | 'rate' | 'thresholds' | 'persistent-conn' | 'tun-info'

/** How a listing is printed. */
export interface ListingFormat {
  readonly columns: ListingColumns
  /** Whether hosts and ports appear as numbers instead of names: `-n`. */
  readonly numeric: boolean
  /** Whether counters are printed in full: `--exact`. */
  readonly exact: boolean
  /** Whether the table is sorted; otherwise it has the kernel's order: `--nosort`. */
  readonly sorted: boolean
}

const FORWARDING: Readonly<Record<string, string>> = {
  dr: 'Route',
  local: 'Local',
  nat: 'Masq',
  tun: 'Tunnel',
}
const CHECKSUM: Readonly<Record<string, string>> = { none: '-c', checksum: '+c', remote: 'r+c' }
/** The text that ipvsadm prints for a value without a name. */
const NO_WORD = '(null)'
/** The width of the column of destinations. ipvsadm truncates IPv4 destinations to it. */
const DESTINATION_WIDTH = 28
/** The length to which ipvsadm truncates any other name with its port. */
const LONGEST_NAME = 59
const COUNTERS = ['Conns', 'InPkts', 'OutPkts', 'InBytes', 'OutBytes']
const RATES = ['CPS', 'InPPS', 'OutPPS', 'InBPS', 'OutBPS']

const HEADINGS: Readonly<Record<ListingColumns, string>> = {
  plain:
    'Prot LocalAddress:Port Scheduler Flags\n  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n',
  'tun-info':
    'Prot LocalAddress:Port Scheduler Flags\n  -> RemoteAddress:Port           Forward TunnelInfo    Weight ActiveConn InActConn\n',
  stats: heading(COUNTERS.map((name) => ` ${name.padStart(8)}`)),
  rate: heading(RATES.map((name) => ` ${name.padStart(8)}`)),
  thresholds: heading(
    ['Uthreshold', 'Lthreshold', 'ActiveConn', 'InActConn'].map((name) => ` ${name.padEnd(10)}`),
  ),
  'persistent-conn': heading([' Weight   ', ' PersistConn', ' ActiveConn', ' InActConn ']),
}

function heading(columns: readonly string[]): string {
  return `${'Prot LocalAddress:Port'.padEnd(33)}${columns.join('')}\n  -> RemoteAddress:Port\n`
}

/** The output of `ipvsadm -L` below its first line. */
export function printTable(
  services: readonly Service[],
  format: ListingFormat,
  label: EndpointFormatter,
): string {
  const cut: EndpointFormatter = (...end) => label(...end).slice(0, LONGEST_NAME)
  return HEADINGS[format.columns] + services.map((service) => printService(service, format, cut)).join('')
}

function printService(service: Service, format: ListingFormat, label: EndpointFormatter): string {
  const protocol = protocolOfPorts(service)
  const name = serviceName(service, label)
  const counts = COUNTS[format.columns]
  const head =
    counts === undefined
      ? `${name} ${service.scheduler}${settings(service)}`
      : `${name.padEnd(33)}${printCounts(counts(service.statistics), format.exact)}`
  return service.destinations.reduce((text, destination) => {
    const { address, port, family, statistics } = destination
    const full = label(address, port, protocol)
    const shown = family === 'ipv4' ? full.slice(0, DESTINATION_WIDTH) : full
    const cells =
      counts === undefined
        ? CELLS[format.columns](destination)
        : printCounts(counts(statistics), format.exact)
    return `${text}  -> ${shown.padEnd(DESTINATION_WIDTH)}${cells}\n`
  }, `${head}\n`)
}

function serviceName(service: Service, label: EndpointFormatter): string {
  if (service.fwmark !== undefined) {
    return `FWM  ${printMark(service.fwmark)}${service.family === 'ipv6' ? ' IPv6' : ''}`
  }
  const { protocol, address, port } = service
  return `${String(protocol).toUpperCase().padEnd(4)} ${label(address, port, String(protocol))}`
}

function settings({ scheduler, schedulerFlags, onePacket, persistence, persistenceEngine }: Service): string {
  let text = ''
  const flags = printSchedulerFlags(scheduler, schedulerFlags)
  if (flags !== undefined) text += ` (${flags})`
  if (persistence !== null) {
    const { timeout, mask } = persistence
    text += ` persistent ${timeout}${isWholeMask(mask) ? '' : ` mask ${mask}`}`
    // ipvsadm does not show an engine without persistence.
    if (persistenceEngine !== null) text += ` pe ${persistenceEngine}`
  }
  return onePacket ? `${text} ops` : text
}

type Counts = (statistics: Statistics) => readonly number[]

/** The counters of the listings that show only counters. */
const COUNTS: Readonly<Partial<Record<ListingColumns, Counts>>> = {
  stats: (all) => [
    ...[all.connections, all.incomingPackets, all.outgoingPackets],
    ...[all.incomingBytes, all.outgoingBytes],
  ],
  rate: (all) => [
    ...[all.connectionsPerSecond, all.incomingPacketsPerSecond, all.outgoingPacketsPerSecond],
    ...[all.incomingBytesPerSecond, all.outgoingBytesPerSecond],
  ],
}

function printCounts(counts: readonly number[], exact: boolean): string {
  return counts.map((count) => printCounter(count, exact)).join('')
}

/** The columns of a destination. */
const CELLS: Readonly<Record<ListingColumns, (destination: Destination) => string>> = {
  plain: (each) => ` ${forwarding(each).padEnd(7)} ${cell(each.weight, 6)} ${connections(each)}`,
  'tun-info': (each) =>
    ` ${forwarding(each).padEnd(7)} ${tunnelInfo(each).padEnd(13)} ${cell(each.weight, 6)} ${connections(each)}`,
  thresholds: (each) =>
    ` ${cell(each.upperThreshold, 10)} ${cell(each.lowerThreshold, 10)} ${connections(each)}`,
  'persistent-conn': (each) =>
    ` ${cell(each.weight, 9)} ${cell(each.persistentConnections, 11)} ${connections(each)}`,
  stats: () => '',
  rate: () => '',
}

function cell(value: number, width: number): string {
  return String(value).padEnd(width)
}

function connections({ activeConnections, inactiveConnections }: Destination): string {
  return `${cell(activeConnections, 10)} ${cell(inactiveConnections, 10)}`
}

function forwarding({ forwarding: method }: Destination): string {
  return FORWARDING[method] ?? NO_WORD
}

function tunnelInfo({ tunnel }: Destination): string {
  if (tunnel === null) return 'n/a'
  const sign = CHECKSUM[tunnel.checksum ?? 'none'] ?? NO_WORD
  if (tunnel.type === 'gue') return `gue:${tunnel.port}:${sign}`
  return tunnel.type === 'gre' ? `gre:${sign}` : String(tunnel.type)
}

/** The values from which a counter is printed in thousands, millions and so on. */
const UNITS = [
  { from: 1e14, size: 1e12, sign: 'T' },
  { from: 1e11, size: 1e9, sign: 'G' },
  { from: 1e9, size: 1e6, sign: 'M' },
  { from: 1e8, size: 1e3, sign: 'K' },
] as const

/** A counter as a column with a leading blank: exact, or truncated to thousands, millions and so on. */
export function printCounter(value: number, exact: boolean): string {
  if (exact) return ` ${String(value).padStart(8)}`
  const unit = UNITS.find(({ from }) => value >= from)
  const text = unit === undefined ? String(value) : `${Math.floor(value / unit.size)}${unit.sign}`
  return text.padStart(9)
}
