import type { Service } from '../../../ipvs/model/service.ts'
import { formatService } from '../../../ipvs/model/service-key.ts'
import type { FirewallChain, FirewallHook } from '../../facts/firewall.ts'
import type { Diagnosis } from '../model/finding.ts'
import { findDroppingChain, type JudgedPacket } from '../model/firewall-verdict.ts'
import { acceptInFirewall, type FixStep } from '../model/fix-step.ts'
import type { HostView } from '../model/host-view.ts'

/** IPVS takes packets for its services at this place of the hook `input`, behind the filters (ip_vs_ops4, ip_vs_core.c). */
const IPVS_PRIORITY = 98

/**
 * Checks whether a packet filter drops every new connection to a VIP. A rule that depends on what the facts do not show, such as
 * the address of the client, counts as one that may accept.
 */
export function* checkFirewall(view: HostView): Generator<Diagnosis> {
  if (view.facts.firewall === undefined || view.facts.firewall === null) return
  if (view.role !== 'real-server')
    for (const service of view.facts.services) yield* checkService(view, service)
  if (view.forwarding === 'nat') return
  for (const destination of view.servedVips) {
    const packet: JudgedPacket = { ...packetTo(destination), state: 'new' }
    const chain = find(view, 'input', packet)
    if (chain !== undefined) yield dropped(destination, chain, 'input', packet)
  }
}

function* checkService(view: HostView, service: Service): Generator<Diagnosis> {
  if (service.address === undefined) return
  const name = formatService(service)
  const port = service.port === 0 ? {} : { destinationPort: service.port }
  const packet: JudgedPacket = {
    ...packetTo(service.address),
    protocol: String(service.protocol),
    ...port,
    state: 'new',
  }
  const arriving = find(view, 'input', packet, IPVS_PRIORITY)
  if (arriving !== undefined) {
    yield dropped(name, arriving, 'input', packet)
    return
  }
  // The state of replies depends on net.ipv4.vs.conntrack; the finding conntrack describes that.
  const servers = service.destinations.filter(
    ({ forwarding, address }) => forwarding === 'nat' && !view.isLocal(address),
  )
  for (const { address, family } of servers) {
    const reply: JudgedPacket = { family, protocol: String(service.protocol), source: address }
    const chain = find(view, 'forward', reply, IPVS_PRIORITY)
    if (chain === undefined) continue
    yield dropped(name, chain, 'forward', reply)
    return
  }
}

function packetTo(destination: string) {
  return { family: destination.includes(':') ? 'ipv6' : 'ipv4', destination } as const
}

function find(
  view: HostView,
  hook: FirewallHook,
  packet: JudgedPacket,
  before?: number,
): FirewallChain | undefined {
  return (
    findDroppingChain(view.facts.firewall!, 'prerouting', packet) ??
    findDroppingChain(view.facts.firewall!, hook, packet, before)
  )
}

function dropped(subject: string, chain: FirewallChain, hook: FirewallHook, packet: JudgedPacket): Diagnosis {
  const { program, family, table, name } = chain
  const what =
    hook === 'forward' ? `replies of the real server ${packet.source} for` : 'every new connection to'
  const steps: FixStep[] = [acceptInFirewall(chain, packet)]
  return {
    id: 'firewall',
    subject,
    message: `The firewall of this host drops ${what} ${subject}: the chain ${name} of the table ${family} ${table} (${program}) has no rule that accepts them.`,
    symptom: 'Connections time out or are refused, whatever the virtual services are.',
    steps,
    // A firewall belongs to the operator, who may want to accept less.
    needsDecision: true,
  }
}
