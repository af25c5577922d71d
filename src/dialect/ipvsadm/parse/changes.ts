import { IpvsadmError } from '../../../cli/ipvsadm/complaint.ts'
import type { DestinationInput } from '../../../ipvs/model/destination.ts'
import type { SchedulerFlag } from '../../../ipvs/model/scheduler.ts'
import type { ServiceSettings } from '../../../ipvs/model/service.ts'
import type { ResolvedServiceKey } from '../../../ipvs/model/service-key.ts'
import type { Tunnel } from '../../../ipvs/model/tunnel.ts'
import type { BatchCommand } from '../../../ipvs/write/batch-command.ts'
import type { Family } from '../../../netlink/wire/address.ts'
import type { ParsedOptions } from './draft.ts'
import type { ParsedEndpoint } from './endpoint.ts'
import { checkTunnelOptions, hasTunnelOption } from './grammar.ts'

const DEFAULT_SCHEDULER = 'wlc'

/** The virtual service of a draft that has one. */
export function serviceKey(draft: ParsedOptions): ResolvedServiceKey {
  const { fwmark, protocol, address, port } = draft
  const family: Family = draft.family ?? 'ipv4'
  return fwmark === 0 ? { protocol, address, port, family } : { fwmark, family }
}

/** `-A`. */
export function addService(draft: ParsedOptions, flags: readonly SchedulerFlag[]): BatchCommand {
  return { command: 'addService', service: { ...serviceKey(draft), ...serviceSettings(draft, flags) } }
}

/** `-E`: what was not given goes back to its default. */
export function editService(draft: ParsedOptions, flags: readonly SchedulerFlag[]): BatchCommand {
  return { command: 'updateService', service: serviceKey(draft), changes: serviceSettings(draft, flags) }
}

/** `-a`. */
export function addServer(draft: ParsedOptions): BatchCommand {
  return { command: 'addDestination', service: serviceKey(draft), destination: destination(draft) }
}

/** `-e`: what was not given goes back to its default. */
export function editServer(draft: ParsedOptions): BatchCommand {
  return { command: 'updateDestination', service: serviceKey(draft), destination: destination(draft) }
}

/** `-d`. */
export function deleteServer(draft: ParsedOptions): BatchCommand {
  const { address } = server(draft)
  return {
    command: 'removeDestination',
    service: serviceKey(draft),
    destination: { address, port: draft.serverPort },
  }
}

function serviceSettings(draft: ParsedOptions, schedulerFlags: readonly SchedulerFlag[]): ServiceSettings {
  const { fwmark, port, protocol, persistence, mask, persistenceEngine: engine, scheduler } = draft
  const onePacket = draft.given.has('ops')
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
    persistenceEngine: engine === '' ? null : engine,
  }
}

// Spelled out, here and above: an object that begins with a copy of another takes V8 ten times as long to make.
function destination(draft: ParsedOptions): DestinationInput {
  const { fwmark, forwarding, weight, upperThreshold, lowerThreshold, family } = draft
  const { address, family: serverFamily } = server(draft)
  // Only nat can reach another port than the service's; under a mark there is none to compare with.
  const port = fwmark === 0 && forwarding !== 'nat' ? draft.port : draft.serverPort
  if (serverFamily !== family && forwarding !== 'tun') {
    throw new IpvsadmError('Different address family is allowed only for tunneling servers')
  }
  if (forwarding === 'tun') {
    return { address, port, forwarding, weight, upperThreshold, lowerThreshold, tunnel: tunnel(draft) }
  }
  if (hasTunnelOption(draft.given)) throw new IpvsadmError('Tunnel options conflict with forward method')
  return { address, port, forwarding, weight, upperThreshold, lowerThreshold, tunnel: null }
}

/** The grammar has seen to it that there is one. */
function server(draft: ParsedOptions): ParsedEndpoint {
  if (draft.server === undefined) throw new TypeError('a command about a real server came without one')
  return draft.server
}

function tunnel({ given, tunnelType: type, tunnelPort: port }: ParsedOptions): Tunnel {
  checkTunnelOptions(type, given)
  if (type === 'ipip') return { type }
  const checksum = given.has('tun-csum') ? 'checksum' : 'none'
  if (type === 'gre') return { type, checksum }
  return { type, port, checksum: given.has('tun-remcsum') ? 'remote' : checksum }
}
