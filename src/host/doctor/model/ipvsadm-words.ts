import type { DestinationInput, DestinationKey } from '../../../ipvs/model/destination.ts'
import type { ServiceInput } from '../../../ipvs/model/service.ts'
import { formatEndpoint, type ServiceKey } from '../../../ipvs/model/service-key.ts'

/** What ipvsadm(8) is told on a command line. */

const SERVICE_OPTIONS: Readonly<Record<string, string>> = { tcp: '-t', udp: '-u', sctp: '--sctp-service' }
const METHOD_OPTIONS: Readonly<Record<string, string>> = { dr: '-g', tun: '-i', nat: '-m' }
const CHECKSUM_OPTIONS: Readonly<Record<string, string>> = {
  none: '--tun-nocsum',
  checksum: '--tun-csum',
  remote: '--tun-remcsum',
}

/** Which virtual service: `-t 192.0.2.1:80`, `-f 7 -6`. */
export function formatServiceOption(key: ServiceKey): string {
  if (key.fwmark !== undefined) return `-f ${key.fwmark}${key.family === 'ipv6' ? ' -6' : ''}`
  const { protocol, address, port } = key
  return `${SERVICE_OPTIONS[protocol] ?? protocol} ${formatEndpoint(address, port)}`
}

/** A virtual service with its settings; what is not named, ipvsadm would set back. */
export function formatServiceOptions(service: ServiceInput): string {
  const { scheduler = 'wlc', schedulerFlags = [], persistence, persistenceEngine, onePacket } = service
  const words = [formatServiceOption(service), '-s', scheduler]
  if (schedulerFlags.length > 0) words.push('-b', schedulerFlags.join(','))
  if (persistence) words.push('-p', String(persistence.timeout ?? 300))
  if (persistence?.mask !== undefined) words.push('-M', String(persistence.mask))
  if (persistenceEngine) words.push('--pe', persistenceEngine)
  if (onePacket) words.push('-o')
  return words.join(' ')
}

/** A destination with its settings, as far as there are any. */
export function formatDestinationOptions(
  service: ServiceKey,
  destination: DestinationKey | DestinationInput,
): string {
  const { address, port = service.port ?? 0 } = destination
  const words = ['-r', formatEndpoint(address, port)]
  if (!('forwarding' in destination)) return words.join(' ')
  const { forwarding, weight = 1, upperThreshold = 0, lowerThreshold = 0, tunnel } = destination
  words.push(METHOD_OPTIONS[forwarding] ?? '-g', '-w', String(weight))
  if (upperThreshold > 0) words.push('-x', String(upperThreshold))
  if (lowerThreshold > 0) words.push('-y', String(lowerThreshold))
  if (tunnel && tunnel.type !== 'ipip') {
    words.push('--tun-type', String(tunnel.type))
    if (tunnel.type === 'gue') words.push('--tun-port', String(tunnel.port))
    words.push(CHECKSUM_OPTIONS[tunnel.checksum ?? 'none'] ?? '--tun-nocsum')
  }
  return words.join(' ')
}
