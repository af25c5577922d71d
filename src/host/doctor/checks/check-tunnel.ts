import { type Family, familyOf } from '../../../netlink/wire/address.ts'
import type { Link } from '../../../route/model/link.ts'
import type { Diagnosis, Severity } from '../model/finding.ts'
import { addLink, setInterfaceSysctl, setSysctl, updateLink } from '../model/fix-step.ts'
import type { HostView } from '../model/host-view.ts'
import { acceptsPackets, standardDevice, tunnelKinds, tunnelOverhead } from '../model/tunnel.ts'

/** Checks whether a real server decapsulates packets from tunnels. */
export function* checkTunnelEndpoints(view: HostView): Generator<Diagnosis> {
  if (view.role === 'director' || view.forwarding !== 'tun') return
  const families = new Set(view.servedVips.map((vip) => familyOf(vip)!))
  for (const family of families) {
    const devices = tunnelDevices(view, family)
    if (devices.length === 0) yield tunnelMissing(view, family)
    else if (!devices.some(({ up }) => up)) yield tunnelDown(view, devices)
  }
  if (!families.has('ipv4')) return
  for (const { up, name } of tunnelDevices(view, 'ipv4')) {
    if (up && view.effectiveSysctl('rp_filter', name) === 1) yield strictFilter(view, name)
  }
}

/** Checks whether packets of clients fit into the tunnels of a director. */
export function* checkTunnelMtu(view: HostView): Generator<Diagnosis> {
  if (view.role === 'real-server') return
  const needs = new Map<string, { link: Link; room: number; largest: number; overhead: number }>()
  for (const { service, destination } of view.remoteDestinations('tun')) {
    const link = view.outboundLink(destination.address)
    if (link === undefined) continue
    const overhead = tunnelOverhead(destination)
    const room = Math.min(link.mtu, view.routeTo(destination.address)?.mtu ?? link.mtu)
    const largest = largestPacket(view, service.family, service.address)
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
      message: `Packets of ${largest} bytes do not fit into the tunnels over ${link.name}: its MTU is ${room} bytes, and the tunnel header takes ${overhead}.`,
      symptom: isForced
        ? 'IPv6 connections break at the first large packet: hosts do not reduce their packet size below the IPv6 minimum MTU.'
        : 'Uploads hang for clients that do not receive the ICMP messages telling them to send smaller packets, while small requests work.',
      steps: isForced
        ? [updateLink(link.name, { mtu: largest + overhead })]
        : [setSysctl('net.ipv4.vs.pmtu_disc', 0)],
    }
  }
}

/** The tunnel devices that can receive packets for VIPs of a family. */
function tunnelDevices(view: HostView, family: Family): readonly Link[] {
  const kinds = tunnelKinds(family, outerFamily(view))
  const rank = ({ name }: Link) => (view.facts.addresses.some((entry) => entry.interface === name) ? 0 : 1)
  return kinds
    .flatMap((kind) => view.facts.links.filter((link) => link.kind === kind && acceptsPackets(link, kinds)))
    .sort((one, other) => rank(one) - rank(other))
}

/** The family of the packets between director and real server. Undefined if unknown. */
function outerFamily({ directors }: HostView): Family | undefined {
  return directors[0] === undefined ? undefined : familyOf(directors[0])
}

function tunnelMissing(view: HostView, family: Family): Diagnosis {
  const [kind = 'ipip'] = tunnelKinds(family, outerFamily(view))
  const name = standardDevice(kind)
  return {
    id: 'tunnel-missing',
    subject: name,
    message: `This real server has no tunnel device (${kind}) that decapsulates the packets of the director.`,
    symptom:
      'Connections scheduled to this real server hang, and it replies to the director with "protocol unreachable".',
    steps: [addLink({ name, kind }), updateLink(name, { up: true })],
  }
}

function tunnelDown(view: HostView, devices: readonly Link[]): Diagnosis {
  const { name } = devices[0]!
  const isStrict = view.effectiveSysctl('rp_filter', name) === 1
  return {
    id: 'tunnel-down',
    subject: name,
    message: `The tunnel device ${name} of this real server is down.`,
    symptom:
      'Connections scheduled to this real server hang: it does not decapsulate the packets of the director.',
    steps: [...(isStrict ? strictFilter(view, name).steps : []), updateLink(name, { up: true })],
  }
}

/** Clients are not reached through the tunnel, so a strict check drops all their packets (fib_validate_source). */
function strictFilter(view: HostView, name: string): Diagnosis {
  // The larger of the values of `all` and the interface takes effect. With `all` at 1, the interface needs 2, the loose check.
  const value = view.configuredSysctl('rp_filter', 'all') === 1 ? 2 : 0
  return {
    id: 'rp-filter',
    subject: name,
    message: `The reverse path filter of ${name} is strict, so this real server drops decapsulated packets: the route to the clients uses another interface.`,
    symptom:
      'Connections scheduled to this real server hang, although tcpdump on the tunnel device shows their packets.',
    steps: [setInterfaceSysctl(name, 'rp_filter', value)],
  }
}

/** The packet size that every link must carry (RFC 8200, section 5). */
const IPV6_MINIMUM_MTU = 1280
/** Packets of remote clients are at most this large, whatever the MTU of the nearest link. */
const ETHERNET_MTU = 1500

/**
 * The largest packet that must fit into a tunnel. Clients of IPv6 discover the path MTU. For IPv4 that requires `pmtu_disc`, and
 * often fails. Without `pmtu_disc` the outer packets are fragmented.
 */
function largestPacket(view: HostView, family: Family, vip: string | undefined): number {
  if (family === 'ipv6') return IPV6_MINIMUM_MTU
  if (view.sysctl('net.ipv4.vs.pmtu_disc') === 0) return 0
  const entry = vip === undefined ? undefined : view.addressEntries(vip)[0]
  const arrival = view.link(entry?.interface ?? view.defaultRoute(family)?.interface)
  return Math.min(arrival?.mtu ?? ETHERNET_MTU, ETHERNET_MTU)
}
