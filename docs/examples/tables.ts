/** Formats what the library reads as the tables of ipvsadm. */

import { type ConnectionEntry, formatEndpoint, type Info, type Service, type Statistics } from '@lvs/netlink'

const FORWARD: Readonly<Record<string, string>> = {
  nat: 'Masq',
  local: 'Local',
  tun: 'Tunnel',
  dr: 'Route',
  bypass: 'Bypass',
}

/** ipvsadm `-Ln`. */
export function ruleTable(info: Info, services: readonly Service[]): string {
  const lines = [
    banner(info),
    'Prot LocalAddress:Port Scheduler Flags',
    '  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn',
  ]
  for (const service of sorted(services)) {
    const persistent = service.persistence === null ? '' : ` persistent ${service.persistence.timeout}`
    lines.push(`${serviceName(service)} ${service.scheduler}${persistent}`)
    for (const destination of sorted(service.destinations)) {
      const endpoint = formatEndpoint(destination.address, destination.port).padEnd(27)
      const forward = (FORWARD[destination.forwarding] ?? String(destination.forwarding)).padEnd(7)
      const weight = String(destination.weight).padEnd(6)
      const active = String(destination.activeConnections).padEnd(10)
      const inactive = String(destination.inactiveConnections).padEnd(10)
      lines.push(`  -> ${endpoint}  ${forward} ${weight} ${active} ${inactive}`)
    }
  }
  return lines.join('\n')
}

/** ipvsadm `-Ln --stats`. */
export function statisticsTable(info: Info, services: readonly Service[]): string {
  const lines = [
    banner(info),
    'Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes',
    '  -> RemoteAddress:Port',
  ]
  for (const service of sorted(services)) {
    lines.push(serviceName(service).padEnd(33) + counters(service.statistics))
    for (const { address, port, statistics } of sorted(service.destinations)) {
      lines.push(`  -> ${formatEndpoint(address, port).padEnd(28)}${counters(statistics)}`)
    }
  }
  return lines.join('\n')
}

/** ipvsadm `-Lnc`. */
export function connectionTable(connections: readonly ConnectionEntry[]): string {
  const lines = [
    'IPVS connection entries',
    'pro expire state       source             virtual            destination',
  ]
  for (const { protocol, expires, state, client, virtual, destination } of connections) {
    const minutes = String(Math.floor(expires / 60)).padStart(2, '0')
    const seconds = String(expires % 60).padStart(2, '0')
    const [source, service, target] = [client, virtual, destination].map(({ address, port }) =>
      formatEndpoint(address, port).padEnd(18),
    )
    const timer = `${minutes}:${seconds}`.padEnd(6)
    lines.push(
      `${protocol.toUpperCase().padEnd(3)} ${timer} ${state.padEnd(11)} ${source} ${service} ${target?.trimEnd()}`,
    )
  }
  return lines.join('\n')
}

/** In the order of ipvsadm: firewall marks last, then by family, protocol, address and port. */
function sorted<T extends Service | Service['destinations'][number]>(entries: readonly T[]): T[] {
  const keyOf = (entry: T) => {
    const { fwmark = 0, protocol = '', address = '', port = 0 } = entry as Partial<Service>
    return `${fwmark} ${entry.family} ${protocol} ${address} ${port}`
  }
  const { compare } = new Intl.Collator('en', { numeric: true })
  return [...entries].sort((a, b) => compare(keyOf(a), keyOf(b)))
}

function banner({ version, connectionTableSize }: Info): string {
  return `IP Virtual Server version ${version} (size=${connectionTableSize})`
}

function serviceName(service: Service): string {
  if (service.fwmark !== undefined) return `FWM  ${service.fwmark}`
  return `${String(service.protocol).toUpperCase().padEnd(4)} ${formatEndpoint(service.address, service.port)}`
}

function counters(statistics: Statistics): string {
  const { connections, incomingPackets, outgoingPackets, incomingBytes, outgoingBytes } = statistics
  return [connections, incomingPackets, outgoingPackets, incomingBytes, outgoingBytes]
    .map((value) => String(value).padStart(9))
    .join('')
}
