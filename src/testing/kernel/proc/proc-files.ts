import { FORWARDING_METHODS } from '../../../ipvs/model/destination.ts'
import { IP_VS_SVC_F_ONEPACKET, IP_VS_SVC_F_PERSISTENT } from '../../../ipvs/protocol/uapi.ts'
import { LITTLE_ENDIAN } from '../../../netlink/wire/wire.ts'
import type { Connection, InetEndpoint } from '../../ipvs/connection.ts'
import type { ConnectionTable } from '../../ipvs/connection-table.ts'
import type { DestinationRecord } from '../../ipvs/destination-record.ts'
import { AF_INET, AF_INET6, type InetAddress } from '../../ipvs/inet-address.ts'
import type { NetworkNamespace } from '../../ipvs/namespace.ts'
import type { ServiceRecord } from '../../ipvs/service-record.ts'
import type { SequentialFile } from './sequential-file.ts'

const PROTOCOL_NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'IP'],
  [1, 'ICMP'],
  [6, 'TCP'],
  [17, 'UDP'],
  [58, 'ICMPv6'],
  [132, 'SCTP'],
])
const FORWARDING_NAMES: ReadonlyMap<number, string> = new Map([
  [FORWARDING_METHODS.local, 'Local'],
  [FORWARDING_METHODS.tun, 'Tunnel'],
  [FORWARDING_METHODS.dr, 'Route'],
])

/** The files of IPVS in /proc/net, by path. */
export const PROC_FILES: ReadonlyMap<string, (namespace: NetworkNamespace) => SequentialFile> = new Map([
  ['/proc/net/ip_vs', (namespace) => ({ from: (position) => servicesFrom(namespace, position) })],
  ['/proc/net/ip_vs_conn', ({ connections }) => entriesOf([...connectionLines(connections)])],
  ['/proc/net/ip_vs_stats', (namespace) => entriesOf([[...totalLines(namespace)].join('\n')])],
])

function entriesOf(entries: readonly string[]): SequentialFile {
  return { from: (position) => entries.slice(position).map((entry) => `${entry}\n`) }
}

/**
 * A service with its destinations is one entry. A walk starts by counting the services of this namespace (ip_vs_info_array) and
 * continues over all services of the shared table (ip_vs_info_seq_next); the next walk therefore misses as many services as
 * this walk skipped.
 */
function* servicesFrom(namespace: NetworkNamespace, position: number): Iterable<string | undefined> {
  if (position === 0) yield heading(namespace)
  let before = Math.max(position - 1, 0)
  let found = false
  for (const service of namespace.order.walk(namespace)) {
    if (!found && (service === undefined || before-- > 0)) continue
    found = true
    yield service && [serviceLine(service), ...service.destinations.map(destinationLine), ''].join('\n')
  }
}

function heading(namespace: NetworkNamespace): string {
  return [
    `IP Virtual Server version 1.2.1 (size=${namespace.connectionTableSize})`,
    'Prot LocalAddress:Port Scheduler Flags',
    '  -> RemoteAddress:Port Forward Weight ActiveConn InActConn',
    '',
  ].join('\n')
}

/** ip_vs_info_seq_show. */
function serviceLine(service: ServiceRecord): string {
  const { family, protocol, fwmark, scheduler, flags, timeout, netmask } = service
  const ops = (flags & IP_VS_SVC_F_ONEPACKET) === 0 ? '' : 'ops '
  const address = family === AF_INET6 ? `[${hex6(service.address)}]` : hex4(service.address)
  const head =
    fwmark !== 0
      ? `FWM  ${hex(fwmark, 8)} ${scheduler} ${ops}`
      : family === AF_INET6
        ? `${protocolName(protocol)}  ${address}:${hex(service.port, 4)} ${scheduler} `
        : `${protocolName(protocol)}  ${address}:${hex(service.port, 4)} ${scheduler} ${ops} `
  const persistent = (flags & IP_VS_SVC_F_PERSISTENT) !== 0
  return persistent ? `${head}persistent ${timeout | 0} ${hex(swapped(netmask), 8)}` : head
}

function destinationLine(destination: DestinationRecord): string {
  const { family, address, port, forwarding, weight, activeConnections, inactiveConnections } = destination
  const text = family === AF_INET ? hex4(address) : `[${hex6(address)}]`
  const method = (FORWARDING_NAMES.get(forwarding) ?? 'Masq').padEnd(7)
  const counts = [
    String(weight).padEnd(6),
    String(activeConnections).padEnd(10),
    String(inactiveConnections).padEnd(10),
  ]
  return `  -> ${text}:${hex(port, 4)}      ${method} ${counts.join(' ')}`
}

/** ip_vs_conn_seq_show. */
function* connectionLines(connections: ConnectionTable): Iterable<string> {
  yield 'Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData'
  for (const connection of connections.entries) yield connectionLine(connection)
}

function connectionLine(connection: Connection): string {
  const { protocol, client, virtual, real, state, expires, service, destination } = connection
  const ends = [end(client, service.family), end(virtual, service.family), end(real, destination.family)]
  const seconds = String(Math.floor(expires)).padStart(7)
  return `${protocolName(protocol).padEnd(3)} ${ends.join(' ')} ${state.padEnd(11)} ${seconds}`
}

function end({ address, port }: InetEndpoint, family: number): string {
  return `${family === AF_INET6 ? hex6(address) : hex4(address)} ${hex(port, 4)}`
}

/** ip_vs_stats_show. */
function* totalLines({ totals }: NetworkNamespace): Iterable<string> {
  const { shown } = totals
  const row = (values: readonly number[]) =>
    values
      .map((value, index) =>
        value
          .toString(16)
          .toUpperCase()
          .padStart(index < 3 ? 8 : 16),
      )
      .join(' ')
  yield '   Total Incoming Outgoing         Incoming         Outgoing'
  yield '   Conns  Packets  Packets            Bytes            Bytes'
  const { connections, incomingPackets, outgoingPackets, incomingBytes, outgoingBytes } = shown
  yield row([connections, incomingPackets, outgoingPackets, incomingBytes, outgoingBytes])
  yield ''
  yield ' Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s'
  yield row([
    shown.connectionsPerSecond,
    ...[shown.incomingPacketsPerSecond, shown.outgoingPacketsPerSecond],
    ...[shown.incomingBytesPerSecond, shown.outgoingBytesPerSecond],
  ])
}

function protocolName(protocol: number): string {
  return PROTOCOL_NAMES.get(protocol) ?? `IP_${protocol}`
}

function hex(value: number, digits: number): string {
  return (value >>> 0).toString(16).toUpperCase().padStart(digits, '0')
}

function hex4(address: InetAddress): string {
  return hex(address[0], 8)
}

/** All eight groups, in lower case. */
function hex6(address: InetAddress): string {
  return address
    .flatMap((word) => [word >>> 16, word & 0xffff])
    .map((group) => group.toString(16).padStart(4, '0'))
    .join(':')
}

/** The kernel prints masks and prefix lengths as if they were in network order. */
function swapped(number: number): number {
  const view = new DataView(new ArrayBuffer(4))
  view.setUint32(0, number, LITTLE_ENDIAN)
  return view.getUint32(0)
}
