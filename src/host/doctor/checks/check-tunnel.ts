import { type Family, familyOf } from '../../../netlink/wire/address.ts'
import type { Link } from '../../../route/model/link.ts'
import type { Diagnosis, Severity } from '../model/finding.ts'
import { addLink, setInterfaceSysctl, setSysctl, updateLink } from '../model/fix-step.ts'
import type { HostView } from '../model/host-view.ts'
import { acceptsPackets, standardDevice, tunnelKinds, tunnelOverhead } from '../model/tunnel.ts'

/** Whether a real server unpacks what comes through tunnels. */
export function* checkTunnelEndpoints(patient: HostView): Generator<Diagnosis> {
  if (patient.role === 'director' || patient.forwarding !== 'tun') return
  const families = new Set(patient.servedVips.map((vip) => familyOf(vip)!))
  for (const family of families) {
    const devices = tunnelDevices(patient, family)
    if (devices.length === 0) yield tunnelMissing(patient, family)
    else if (!devices.some(({ up }) => up)) yield tunnelDown(patient, devices)
  }
  if (!families.has('ipv4')) return
  for (const { up, name } of tunnelDevices(patient, 'ipv4')) {
    if (up && patient.effectiveSysctl('rp_filter', name) === 1) yield strictFilter(patient, name)
  }
}

/** Whether what clients send fits into the tunnels of a director. */
export function* checkTunnelMtu(patient: HostView): Generator<Diagnosis> {
  if (patient.role === 'real-server') return
  const needs = new Map<string, { link: Link; room: number; largest: number; overhead: number }>()
  for (const { service, destination } of patient.remoteDestinations('tun')) {
    const link = patient.outboundLink(destination.address)
    if (link === undefined) continue
    const overhead = tunnelOverhead(destination)
    const room = Math.min(link.mtu, patient.routeTo(destination.address)?.mtu ?? link.mtu)
    const largest = largestPacket(patient, service.family, service.address)
    const found = needs.get(link.name)
    if (
      room - overhead < largest &&
      (found === undefined || found.largest + found.overhead < largest + overhead)
    ) {
      needs.set(link.name, { link, room, largest, overhead })
    }
  }
  for (const { link, room, largest, overhead } of needs.values()) {
    const isForced = largest === IPV6_MINIMUM_MTU
    const severity: Severity = isForced ? 'error' : 'hint'
    yield {
      id: 'tunnel-mtu',
      severity,
      subject: link.name,
      message: `Packets of ${largest} bytes do not fit into the tunnels over ${link.name}: of its ${room} bytes the tunnel itself takes ${overhead}.`,
      symptom: isForced
        ? 'IPv6 connections break off with the first large packet: no host may be told to send smaller ones.'
        : 'Uploads hang where clients are not reached by the ICMP messages that tell them to send smaller packets; small requests work.',
      steps: isForced
        ? [updateLink(link.name, { mtu: largest + overhead })]
        : [setSysctl('net.ipv4.vs.pmtu_disc', 0)],
    }
  }
}

/** The tunnels that VIPs of a family could come through. */
function tunnelDevices(patient: HostView, family: Family): readonly Link[] {
  const kinds = tunnelKinds(family, outerFamily(patient))
  const rank = ({ name }: Link) => (patient.facts.addresses.some((held) => held.interface === name) ? 0 : 1)
  return kinds
    .flatMap((kind) =>
      patient.facts.links.filter((link) => link.kind === kind && acceptsPackets(link, kinds)),
    )
    .sort((one, other) => rank(one) - rank(other))
}

/** The family that director and real server speak with each other, as far as it is known. */
function outerFamily({ directors }: HostView): Family | undefined {
  return directors[0] === undefined ? undefined : familyOf(directors[0])
}

function tunnelMissing(patient: HostView, family: Family): Diagnosis {
  const [kind = 'ipip'] = tunnelKinds(family, outerFamily(patient))
  const name = standardDevice(kind)
  return {
    id: 'tunnel-missing',
    subject: name,
    message: `This real server has no tunnel device (${kind}) that would unpack what directors send it.`,
    symptom:
      'Connections that are scheduled to this real server hang; it answers the director with "protocol unreachable".',
    steps: [addLink({ name, kind }), updateLink(name, { up: true })],
  }
}

function tunnelDown(patient: HostView, devices: readonly Link[]): Diagnosis {
  const { name } = devices[0]!
  const isStrict = patient.effectiveSysctl('rp_filter', name) === 1
  return {
    id: 'tunnel-down',
    subject: name,
    message: `The tunnel device ${name} of this real server is down.`,
    symptom:
      'Connections that are scheduled to this real server hang: it does not unpack what the director sends.',
    steps: [...(isStrict ? strictFilter(patient, name).steps : []), updateLink(name, { up: true })],
  }
}

/** fib_validate_source(): clients are not beyond the tunnel, so a strict check drops all they send. */
function strictFilter(patient: HostView, name: string): Diagnosis {
  // The larger one of both counts, so 0 is of no use here as long as that of `all` is 1; 2 is the loose check.
  const value = patient.configuredSysctl('rp_filter', 'all') === 1 ? 2 : 0
  return {
    id: 'rp-filter',
    subject: name,
    message: `The reverse path filter of ${name} is strict, so this real server drops what it unpacks: the way back to clients is another interface.`,
    symptom:
      'Connections that are scheduled to this real server hang, although tcpdump on the tunnel device shows their packets.',
    steps: [setInterfaceSysctl(name, 'rp_filter', value)],
  }
}

/** IPv6 knows no smaller packet that every link must carry (RFC 8200, section 5). */
const IPV6_MINIMUM_MTU = 1280
/** What clients far away send at most, whatever the nearest link could carry. */
const ETHERNET_MTU = 1500

/**
 * The largest packet that has to go through a tunnel. Clients of IPv6 are told to send smaller ones, as everywhere; with
 * IPv4 they are while `pmtu_disc` is on, which often fails; else the outer packets are cut in pieces.
 */
function largestPacket(patient: HostView, family: Family, vip: string | undefined): number {
  if (family === 'ipv6') return IPV6_MINIMUM_MTU
  if (patient.sysctl('net.ipv4.vs.pmtu_disc') === 0) return 0
  const holder = vip === undefined ? undefined : patient.addressEntries(vip)[0]
  const arrival = patient.link(holder?.interface ?? patient.defaultRoute(family)?.interface)
  return Math.min(arrival?.mtu ?? ETHERNET_MTU, ETHERNET_MTU)
}
