import { familyOf } from '../../../netlink/wire/address.ts'
import type { Link } from '../../../route/model/link.ts'
import type { Diagnosis } from '../model/finding.ts'
import { setInterfaceSysctl, setSysctl } from '../model/fix-step.ts'
import type { HostView } from '../model/host-view.ts'

/** Checks whether a director forwards the replies of real servers behind NAT to the clients. */
export function* checkForwarding(view: HostView): Generator<Diagnosis> {
  if (view.role === 'real-server') return
  yield* checkIpv4(view)
  yield* checkIpv6(view)
  yield* checkConntrack(view)
  for (const link of natInterfaces(view, 'ipv4')) yield* checkRedirects(view, link)
}

/**
 * The interface on which a packet arrives determines whether it is forwarded. ip_forward sets all interfaces (__mkroute_input).
 */
function* checkIpv4(view: HostView): Generator<Diagnosis> {
  const blocked = natInterfaces(view, 'ipv4').filter(
    ({ name }) => view.effectiveSysctl('forwarding', name) === 0,
  )
  if (blocked.length === 0) return
  const symptom =
    'Connections to NAT services hang: the request reaches the real server, and this host drops the reply.'
  if (view.sysctl('net.ipv4.ip_forward') === 0) {
    yield {
      id: 'ip-forward',
      subject: 'net.ipv4.ip_forward',
      message: 'This director does not forward IPv4 packets (ip_forward is 0), which NAT services require.',
      symptom,
      steps: [setSysctl('net.ipv4.ip_forward', 1)],
    }
    return
  }
  for (const { name } of blocked) {
    yield {
      id: 'ip-forward',
      subject: name,
      message: `This director does not forward IPv4 packets that arrive on ${name}, the interface of real servers behind NAT.`,
      symptom,
      steps: [setInterfaceSysctl(name, 'forwarding', 1)],
    }
  }
}

/** For IPv6 one sysctl applies to all interfaces. Since Linux 6.17 an interface can override it (ip6_forward). */
function* checkIpv6(view: HostView): Generator<Diagnosis> {
  if (view.sysctl('net.ipv6.conf.all.forwarding') !== 0) return
  const forced = ({ name }: Link) =>
    view.sysctl(`net.ipv6.conf.${name.replaceAll('.', '/')}.force_forwarding`) === 1
  if (natInterfaces(view, 'ipv6').every(forced)) return
  yield {
    id: 'ipv6-forwarding',
    subject: 'net.ipv6.conf.all.forwarding',
    message: 'This director does not forward IPv6 packets, which NAT services require.',
    symptom:
      'IPv6 connections to NAT services hang: the request reaches the real server, and this host drops the reply.',
    steps: [setSysctl('net.ipv6.conf.all.forwarding', 1)],
  }
}

/** If clients and real servers share a network, the kernel redirects the real servers to the clients (ip_rt_send_redirect). */
function* checkRedirects(view: HostView, { name }: Link): Generator<Diagnosis> {
  const isClientSide =
    view.defaultRoute('ipv4')?.interface === name ||
    view.directedVips.some((vip) =>
      view.addressEntries(vip).some((entry) => entry.family === 'ipv4' && entry.interface === name),
    )
  if (!isClientSide || view.effectiveSysctl('send_redirects', name) === 0) return
  const interfaces = ['all', name].filter((owner) => view.configuredSysctl('send_redirects', owner) !== 0)
  yield {
    id: 'send-redirects',
    subject: name,
    message: `Clients and real servers behind NAT share ${name}, and this director redirects the real servers to send replies directly to the clients (ICMP redirect).`,
    symptom:
      'Connections work at first and then hang, one client after another: the replies of the real server bypass the director.',
    steps: interfaces.map((owner) => setInterfaceSysctl(owner, 'send_redirects', 0)),
  }
}

/** IPVS excludes its packets from connection tracking unless `conntrack` is on (ip_vs_notrack). */
function* checkConntrack(view: HostView): Generator<Diagnosis> {
  const tracked = view.facts.trackedConnections ?? 0
  if (view.sysctl('net.ipv4.vs.conntrack') !== 0 || tracked === 0) return
  if (view.remoteDestinations('nat').length === 0) return
  yield {
    id: 'conntrack',
    subject: 'net.ipv4.vs.conntrack',
    message:
      'This director tracks connections for firewall rules or address translation, and IPVS excludes its NAT connections from tracking (conntrack is 0).',
    symptom:
      'Firewall rules that match the connection state drop replies of real servers, and masquerading does not translate packets to real servers.',
    steps: [setSysctl('net.ipv4.vs.conntrack', 1)],
  }
}

/** The interfaces through which real servers behind NAT are reached. */
function natInterfaces(view: HostView, family: 'ipv4' | 'ipv6'): readonly Link[] {
  const addresses = view.remoteDestinations('nat').map(({ destination }) => destination.address)
  const links = addresses
    .filter((address) => familyOf(address) === family)
    .flatMap((address) => view.outboundLink(address) ?? [])
  return [...new Set(links)]
}
