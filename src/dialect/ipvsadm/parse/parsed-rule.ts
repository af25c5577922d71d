import type { DaemonInput, SyncRole } from '../../../ipvs/model/daemon.ts'
import type { DestinationInput, DestinationKey } from '../../../ipvs/model/destination.ts'
import type { SchedulerFlag } from '../../../ipvs/model/scheduler.ts'
import type { ServiceSettings } from '../../../ipvs/model/service.ts'
import type { ResolvedServiceKey } from '../../../ipvs/model/service-key.ts'
import type { Tunnel, TunnelChecksum } from '../../../ipvs/model/tunnel.ts'
import type { Family } from '../../../netlink/wire/address.ts'
import { CHECKSUM_OPTIONS } from '../vocabulary/choices.ts'
import type { ParsedEndpoint } from './endpoint.ts'
import { IpvsadmError } from './ipvsadm-error.ts'
import { checkTunnelOptions, hasTunnelOption } from './option-rules.ts'
import type { ParsedOptions } from './parsed-options.ts'

const DEFAULT_SCHEDULER = 'wlc'
const DEFAULT_INTERFACE = 'eth0'

/** The virtual service of a command line. */
export function toServiceKey(options: ParsedOptions): ResolvedServiceKey {
  const { fwmark, protocol, address, port } = options
  const family: Family = options.family ?? 'ipv4'
  return fwmark === 0 ? { protocol, address, port, family } : { fwmark, family }
}

/** The settings of `-A` and `-E`. An option that is not given means its default, in `-E` too. */
export function toServiceSettings(
  options: ParsedOptions,
  schedulerFlags: readonly SchedulerFlag[],
): ServiceSettings {
  const { fwmark, port, protocol, persistence, mask, persistenceEngine, scheduler } = options
  const onePacket = options.given.has('ops')
  if (fwmark === 0 && port === 0 && persistence === undefined) {
    throw new IpvsadmError('Zero port specified for non-persistent service')
  }
  if (onePacket && fwmark === 0 && protocol !== 'udp') {
    throw new IpvsadmError('One-Packet Scheduling is only for UDP virtual services')
  }
  return {
    scheduler: scheduler === '' ? DEFAULT_SCHEDULER : scheduler,
    schedulerFlags,
    onePacket,
    persistence: persistence === undefined ? null : { timeout: persistence, mask },
    persistenceEngine: persistenceEngine === '' ? null : persistenceEngine,
  }
}

/** The real server of `-a` and `-e`. An option that is not given means its default, in `-e` too. */
export function toDestination(options: ParsedOptions): DestinationInput {
  const { fwmark, forwarding, weight, upperThreshold, lowerThreshold, family } = options
  const { address, family: serverFamily } = serverOf(options)
  // Only NAT reaches a port other than the service's. A mark has no port.
  const port = fwmark === 0 && forwarding !== 'nat' ? options.port : options.serverPort
  if (serverFamily !== family && forwarding !== 'tun') {
    throw new IpvsadmError('Different address family is allowed only for tunneling servers')
  }
  // Written out: V8 takes ten times as long to create an object that starts as a spread of another.
  if (forwarding === 'tun') {
    return { address, port, forwarding, weight, upperThreshold, lowerThreshold, tunnel: toTunnel(options) }
  }
  if (hasTunnelOption(options.given)) throw new IpvsadmError('Tunnel options conflict with forward method')
  return { address, port, forwarding, weight, upperThreshold, lowerThreshold, tunnel: null }
}

/** The real server of `-d`. */
export function toDestinationKey(options: ParsedOptions): DestinationKey {
  return { address: serverOf(options).address, port: options.serverPort }
}

/** The daemon of `--start-daemon`. */
export function toDaemon(options: ParsedOptions, role: SyncRole): DaemonInput {
  const { interface: name, syncId, maximumLength, group, multicastPort: port, ttl } = options
  return { role, interface: name === '' ? DEFAULT_INTERFACE : name, syncId, maximumLength, group, port, ttl }
}

function serverOf({ server }: ParsedOptions): ParsedEndpoint {
  if (server === undefined)
    throw new TypeError('the option rules of this command do not require a real server')
  return server
}

function toTunnel({ given, tunnelType: type, tunnelPort: port }: ParsedOptions): Tunnel {
  checkTunnelOptions(type, given)
  if (type === 'ipip') return { type }
  const checksum = CHECKSUMS.find((each) => given.has(CHECKSUM_OPTIONS[each])) ?? 'none'
  return type === 'gue'
    ? { type, port, checksum }
    : { type, checksum: checksum === 'checksum' ? checksum : 'none' }
}

const CHECKSUMS = Object.keys(CHECKSUM_OPTIONS) as TunnelChecksum[]
