import { familyOf } from '../../../netlink/wire/address.ts'
import type { Link } from '../../../route/model/link.ts'
import type { Diagnosis } from '../model/finding.ts'
import { setInterfaceSysctl, setSysctl } from '../model/fix-step.ts'
import type { HostView } from '../model/host-view.ts'

/** Whether a director takes the answers of real servers behind NAT back to the clients. */
export function* checkForwarding(patient: HostView): Generator<Diagnosis> {
  if (patient.role === 'real-server') return
  yield* checkIpv4(patient)
  yield* checkIpv6(patient)
  yield* checkConntrack(patient)
  for (const link of natInterfaces(patient, 'ipv4')) yield* checkRedirects(patient, link)
}

/** Forwarding is the business of the interface that a packet comes in by; ip_forward sets them all (__mkroute_input). */
function* checkIpv4(patient: HostView): Generator<Diagnosis> {
  const closed = natInterfaces(patient, 'ipv4').filter(
    ({ name }) => patient.effectiveSysctl('forwarding', name) === 0,
  )
  if (closed.length === 0) return
  const symptom =
    'Connections to services with NAT hang: the request reaches the real server, and its answer ends here.'
  if (patient.sysctl('net.ipv4.ip_forward') === 0) {
    yield {
      id: 'ip-forward',
      subject: 'net.ipv4.ip_forward',
      message: 'This director forwards no IPv4 packets (ip_forward is 0), and services with NAT need it to.',
      symptom,
      steps: [setSysctl('net.ipv4.ip_forward', 1)],
    }
    return
  }
  for (const { name } of closed) {
    yield {
      id: 'ip-forward',
      subject: name,
      message: `This director forwards no IPv4 packets that come in by ${name}, the interface of real servers behind NAT.`,
      symptom,
      steps: [setInterfaceSysctl(name, 'forwarding', 1)],
    }
  }
}

/** With IPv6 one switch stands for all; from Linux 6.17 on, an interface can have one of its own (ip6_forward). */
function* checkIpv6(patient: HostView): Generator<Diagnosis> {
  if (patient.sysctl('net.ipv6.conf.all.forwarding') !== 0) return
  const forced = ({ name }: Link) =>
    patient.sysctl(`net.ipv6.conf.${name.replaceAll('.', '/')}.force_forwarding`) === 1
  if (natInterfaces(patient, 'ipv6').every(forced)) return
  yield {
    id: 'ipv6-forwarding',
    subject: 'net.ipv6.conf.all.forwarding',
    message: 'This director forwards no IPv6 packets, and services with NAT need it to.',
    symptom:
      'IPv6 connections to services with NAT hang: the request reaches the real server, and its answer ends here.',
    steps: [setSysctl('net.ipv6.conf.all.forwarding', 1)],
  }
}

/** On one network for clients and real servers the kernel shows the latter the way past itself (ip_rt_send_redirect). */
function* checkRedirects(patient: HostView, { name }: Link): Generator<Diagnosis> {
  const isClientSide =
    patient.defaultRoute('ipv4')?.interface === name ||
    patient.directedVips.some((vip) =>
      patient.addressEntries(vip).some((held) => held.family === 'ipv4' && held.interface === name),
    )
  if (!isClientSide || patient.effectiveSysctl('send_redirects', name) === 0) return
  const owners = ['all', name].filter((owner) => patient.configuredSysctl('send_redirects', owner) !== 0)
  yield {
    id: 'send-redirects',
    subject: name,
    message: `Clients and real servers behind NAT share ${name}, and this director tells the real servers of the direct way to clients (ICMP redirect).`,
    symptom:
      'Connections work at first and then hang, one client after another: the real server answers past the director.',
    steps: owners.map((owner) => setInterfaceSysctl(owner, 'send_redirects', 0)),
  }
}

/** IPVS hides its packets from connection tracking unless told otherwise (ip_vs_notrack). */
function* checkConntrack(patient: HostView): Generator<Diagnosis> {
  const tracked = patient.facts.trackedConnections ?? 0
  if (patient.sysctl('net.ipv4.vs.conntrack') !== 0 || tracked === 0) return
  if (patient.remoteDestinations('nat').length === 0) return
  yield {
    id: 'conntrack',
    subject: 'net.ipv4.vs.conntrack',
    message:
      'Firewall rules of this director go by tracked connections or translate addresses, and IPVS keeps its connections with NAT out of that (conntrack is 0).',
    symptom:
      'Rules by connection state drop the answers of real servers, and masquerading leaves packets to real servers as they are.',
    steps: [setSysctl('net.ipv4.vs.conntrack', 1)],
  }
}

/** The interfaces by which real servers behind NAT are reached. */
function natInterfaces(patient: HostView, family: 'ipv4' | 'ipv6'): readonly Link[] {
  const addresses = patient.remoteDestinations('nat').map(({ destination }) => destination.address)
  const links = addresses
    .filter((address) => familyOf(address) === family)
    .flatMap((address) => patient.outboundLink(address) ?? [])
  return [...new Set(links)]
}
