import { formatEndpoint, type ResolvedServiceKey } from '../../ipvs/model/service-key.ts'
import type { TimeoutChanges } from '../../ipvs/model/settings.ts'
import type { Tunnel } from '../../ipvs/model/tunnel.ts'
import { resolveDesiredState } from '../../state/document/resolve-desired-state.ts'
import type { DesiredState } from '../../state/model/desired-state.ts'
import type {
  ResolvedDaemon,
  ResolvedDestination,
  ResolvedService,
} from '../../state/model/resolved-state.ts'
import { CHECKSUM_OPTIONS, FORWARDING_OPTIONS, SERVICE_OPTIONS } from './rule-words.ts'

/**
 * Writes a desired state as rules that `ipvsadm -R` takes: what `ipvsadm -S -n` prints, and the thresholds, timeouts and daemons
 * that it leaves out. {@link parseRules} reads all of it.
 *
 * @throws {DesiredStateError} when the desired state is not one.
 * @throws {RangeError} when it says what ipvsadm has no words for: another protocol, `local`, `bypass`, a tunnel of unknown type.
 */
export function formatRules(desired: DesiredState): string {
  const { services, timeouts, daemons } = resolveDesiredState(desired)
  const lines = [...(services?.values() ?? [])].flatMap(serviceRules)
  lines.push(...timeoutRules(timeouts), ...(daemons ?? []).map(daemonRule))
  return lines.map((line) => `${line}\n`).join('')
}

function serviceRules(service: ResolvedService): string[] {
  const { settings, destinations } = service
  const { scheduler, schedulerFlags, onePacket, persistence, persistenceEngine } = settings
  const option = serviceOption(service.key)
  const words = ['-A', option, '-s', scheduler]
  if (persistence !== null) {
    words.push('-p', String(persistence.timeout))
    if (!coversAll(persistence.mask)) words.push('-M', String(persistence.mask))
  }
  if (persistenceEngine !== null) words.push('--pe', persistenceEngine)
  if (onePacket) words.push('-o')
  if (schedulerFlags.length > 0) words.push('-b', schedulerFlags.join(','))
  return [
    words.join(' '),
    ...[...(destinations?.values() ?? [])].map((destination) => destinationRule(option, destination)),
  ]
}

function serviceOption(key: ResolvedServiceKey): string {
  if (key.fwmark !== undefined) return `-f ${key.fwmark}${key.family === 'ipv6' ? ' -6' : ''}`
  const option = optionFor(SERVICE_OPTIONS, key.protocol, 'protocol')
  return `${option} ${formatEndpoint(key.address, key.port)}`
}

function destinationRule(service: string, destination: ResolvedDestination): string {
  const { address, port, forwarding, weight, upperThreshold, lowerThreshold, tunnel } = destination
  const words = ['-a', service, '-r', formatEndpoint(address, port)]
  words.push(optionFor(FORWARDING_OPTIONS, forwarding, 'way of forwarding'), '-w', String(weight))
  if (upperThreshold > 0) words.push('-x', String(upperThreshold))
  if (lowerThreshold > 0) words.push('-y', String(lowerThreshold))
  if (tunnel !== null) words.push(...tunnelOptions(tunnel))
  return words.join(' ')
}

function tunnelOptions({ type, port, checksum = 'none' }: Tunnel): string[] {
  if (typeof type === 'number') throw new RangeError(`ipvsadm has no word for the tunnel type ${type}`)
  const words = ['--tun-type', type]
  if (type === 'gue') words.push('--tun-port', String(port))
  if (type !== 'ipip') words.push(optionFor(CHECKSUM_OPTIONS, checksum, 'tunnel checksum'))
  return words
}

function timeoutRules({ tcp = 0, tcpFin = 0, udp = 0 }: TimeoutChanges): string[] {
  return tcp + tcpFin + udp === 0 ? [] : [`--set ${tcp} ${tcpFin} ${udp}`]
}

function daemonRule({
  role,
  interface: name,
  syncId,
  maximumLength,
  group,
  port,
  ttl,
}: ResolvedDaemon): string {
  const words = ['--start-daemon', role, '--mcast-interface', name, '--syncid', syncId]
  if (maximumLength !== undefined) words.push('--sync-maxlen', maximumLength)
  return [...words, '--mcast-group', group, '--mcast-port', port, '--mcast-ttl', ttl].join(' ')
}

function optionFor(options: Readonly<Record<string, string>>, word: string | number, what: string): string {
  const found = Object.entries(options).find(([, meaning]) => meaning === word)
  if (found === undefined) throw new RangeError(`ipvsadm has no option for the ${what} ${word}`)
  return found[0]
}

function coversAll(mask: string | number): boolean {
  return mask === '255.255.255.255' || mask === 128
}
