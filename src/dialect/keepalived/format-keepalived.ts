import { isWholeMask } from '../../ipvs/model/persistence.ts'
import type { ResolvedServiceKey } from '../../ipvs/model/service-key.ts'
import type { TimeoutChanges } from '../../ipvs/model/settings.ts'
import type { Tunnel } from '../../ipvs/model/tunnel.ts'
import { resolveDesiredState } from '../../state/document/resolve-desired-state.ts'
import type { DesiredState } from '../../state/model/desired-state.ts'
import type { ResolvedDestination, ResolvedService } from '../../state/model/resolved-state.ts'
import { MAX_PERSISTENCE } from './servers/virtual-server.ts'

const METHODS: Readonly<Record<string, string>> = { dr: 'DR', nat: 'NAT', tun: 'TUN' }
const CHECKSUMS: Readonly<Record<string, string>> = { none: 'nocsum', checksum: 'csum', remote: 'remcsum' }

/**
 * Writes the services and timeouts of a desired state as the virtual servers of a keepalived.conf, without checks.
 *
 * @throws {DesiredStateError} if the desired state is invalid.
 * @throws {RangeError} if keepalived cannot express the desired state or would change it: a `dr` or `tun` destination at another port
 * than its service's, a `nat` destination at port 0, a service without destinations, `local`, `bypass`, an engine without persistence, daemons.
 */
export function formatKeepalived(desired: DesiredState): string {
  const { services, timeouts, daemons = [] } = resolveDesiredState(desired)
  if (daemons.length > 0)
    throw new RangeError('keepalived has no keyword for a daemon without a VRRP instance (lvs_sync_daemon)')
  const blocks = [...(services?.values() ?? [])].map(virtualServer)
  return [...globals(timeouts), ...blocks].map((block) => `${block}\n`).join('\n')
}

function globals({ tcp, tcpFin, udp }: TimeoutChanges): string[] {
  const words = Object.entries({ tcp, tcpfin: tcpFin, udp }).filter(([, seconds]) => seconds !== undefined)
  if (words.length === 0) return []
  return [block('global_defs', [`lvs_timeouts ${words.flat().join(' ')}`])]
}

function virtualServer({ key, name, settings, destinations }: ResolvedService): string {
  if (destinations === undefined || destinations.size === 0) {
    throw new RangeError(`keepalived ignores a service without destinations: ${name}`)
  }
  const { scheduler, schedulerFlags, onePacket, persistence, persistenceEngine } = settings
  const lines = [`lvs_sched ${scheduler}`, ...schedulerFlags]
  if (key.fwmark !== undefined && key.family === 'ipv6') lines.push('ip_family inet6')
  if (key.fwmark === undefined) lines.push(`protocol ${protocolOf(key)}`)
  if (onePacket) lines.push('ops')
  if (persistence !== null) {
    if (persistence.timeout < 1 || persistence.timeout > MAX_PERSISTENCE) {
      throw new RangeError(
        `keepalived accepts a persistence of 1 to ${MAX_PERSISTENCE} seconds: ${name} has ${persistence.timeout}`,
      )
    }
    lines.push(`persistence_timeout ${persistence.timeout}`)
    if (!isWholeMask(persistence.mask)) lines.push(`persistence_granularity ${persistence.mask}`)
  }
  if (persistenceEngine !== null) {
    if (persistence === null)
      throw new RangeError(`keepalived ignores a persistence engine without persistence: ${name}`)
    lines.push(`persistence_engine ${persistenceEngine}`)
  }
  const servers = [...destinations.values()].map((destination) => realServer(key, name, destination))
  return block(`virtual_server ${placeOf(key)}`, [...lines, ...servers.flatMap((text) => text.split('\n'))])
}

function realServer(key: ResolvedServiceKey, name: string, destination: ResolvedDestination): string {
  const { address, port, forwarding, weight, upperThreshold, lowerThreshold, tunnel } = destination
  const method = METHODS[forwarding]
  if (method === undefined)
    throw new RangeError(`keepalived has no keyword for the forwarding method ${forwarding}`)
  const isUsual = port === (key.port ?? 0)
  if (!isUsual && (method !== 'NAT' || port === 0)) {
    throw new RangeError(
      `keepalived would use port ${key.port ?? 0} for ${address} in ${name} instead of ${port}`,
    )
  }
  const lines = [`weight ${weight}`, `lvs_method ${method}${tunnel === null ? '' : tunnelWords(tunnel)}`]
  if (upperThreshold > 0) lines.push(`uthreshold ${upperThreshold}`)
  if (lowerThreshold > 0) lines.push(`lthreshold ${lowerThreshold}`)
  return block(`real_server ${address} ${port}`, lines)
}

function tunnelWords({ type, port, checksum = 'none' }: Tunnel): string {
  const word = CHECKSUMS[checksum]
  if (typeof type === 'number' || word === undefined) {
    throw new RangeError(`keepalived has no keyword for the tunnel type ${type} with checksum ${checksum}`)
  }
  if (type === 'ipip') return ''
  return ` type ${type}${type === 'gue' ? ` port ${port}` : ''} ${word}`
}

function protocolOf({ protocol }: ResolvedServiceKey): string {
  if (typeof protocol !== 'string')
    throw new RangeError(`keepalived has no keyword for the protocol ${protocol}`)
  return protocol.toUpperCase()
}

function placeOf(key: ResolvedServiceKey): string {
  return key.fwmark === undefined ? `${key.address} ${key.port}` : `fwmark ${key.fwmark}`
}

function block(head: string, lines: readonly string[]): string {
  return [`${head} {`, ...lines.map((line) => `    ${line}`), '}'].join('\n')
}
