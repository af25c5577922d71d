import type { Diagnosis } from '../model/finding.ts'
import { setSysctl } from '../model/fix-step.ts'
import type { HostView } from '../model/host-view.ts'

/** Checks how IPVS treats connections whose destination is removed, and client ports that are reused. */
export function* checkConnections(view: HostView): Generator<Diagnosis> {
  const { services } = view.facts
  if (view.role === 'real-server' || services.length === 0) return
  yield* checkReuse(view)
  yield* checkExpiry(view)
}

/**
 * See `conn_reuse_mode` in Documentation/networking/ipvs-sysctl.rst. Before Linux 5.9 the kernel drops the first packet before it
 * reschedules a connection from a port in use, if conntrack tracks it (ip_vs_in).
 */
function* checkReuse(view: HostView): Generator<Diagnosis> {
  const mode = view.sysctl('net.ipv4.vs.conn_reuse_mode')
  if (mode === undefined) return
  const dropsFirst = isBefore(view.facts.release, 5, 9)
  const expires = view.sysctl('net.ipv4.vs.expire_nodest_conn') !== 0
  const expire = expires ? [] : [setSysctl('net.ipv4.vs.expire_nodest_conn', 1)]
  const subject = 'net.ipv4.vs.conn_reuse_mode'
  if (mode === 0 && !expires) {
    yield {
      id: 'conn-reuse-mode',
      subject,
      message:
        'With conn_reuse_mode 0 and expire_nodest_conn 0, a client that reuses a port is sent to its previous real server, even if that server has weight 0.',
      symptom:
        'A drained real server keeps receiving connections from busy clients, such as proxies, and never becomes idle.',
      steps: dropsFirst ? expire : [setSysctl(subject, 1)],
    }
  } else if (mode !== 0 && dropsFirst && view.sysctl('net.ipv4.vs.conntrack') === 1) {
    yield {
      id: 'conn-reuse-mode',
      subject,
      message: `With conn_reuse_mode ${mode} and conntrack 1 this kernel (${view.facts.release}, before 5.9) drops the first packet of a client that reuses a port.`,
      symptom: 'Under load, some connections take an extra second to open.',
      steps: [...expire, setSysctl(subject, 0)],
    }
  }
}

/** UDP connections have no end, so those to a removed destination last until they expire. */
function* checkExpiry(view: HostView): Generator<Diagnosis> {
  const { services } = view.facts
  const hasConnections = services.some(({ protocol, onePacket }) => protocol === 'udp' && !onePacket)
  if (!hasConnections || view.sysctl('net.ipv4.vs.expire_nodest_conn') !== 0) return
  yield {
    id: 'expire-nodest-conn',
    subject: 'net.ipv4.vs.expire_nodest_conn',
    message:
      'When a destination of a UDP service is removed, packets of its clients are dropped until their connections expire (expire_nodest_conn is 0).',
    symptom:
      'After a real server is removed, some clients get no replies for up to five minutes, while other clients are served immediately.',
    steps: [setSysctl('net.ipv4.vs.expire_nodest_conn', 1)],
  }
}

function isBefore(release: string, major: number, minor: number): boolean {
  const [runningMajor = 0, runningMinor = 0] = release.split('.').map((part) => Number.parseInt(part, 10))
  return runningMajor < major || (runningMajor === major && runningMinor < minor)
}
