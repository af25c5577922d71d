import type { Diagnosis } from '../model/finding.ts'
import { setSysctl } from '../model/fix-step.ts'
import type { HostView } from '../model/host-view.ts'

/** What becomes of connections whose destination goes away, and of client ports that come back. */
export function* checkConnections(patient: HostView): Generator<Diagnosis> {
  const { services } = patient.facts
  if (patient.role === 'real-server' || services.length === 0) return
  yield* checkReuse(patient)
  yield* checkExpiry(patient)
}

/**
 * `conn_reuse_mode` of Documentation/networking/ipvs-sysctl.rst. Before Linux 5.9 a connection from a known port, if
 * conntrack knows it too, is scheduled anew only after its first packet has been dropped (ip_vs_in).
 */
function* checkReuse(patient: HostView): Generator<Diagnosis> {
  const mode = patient.sysctl('net.ipv4.vs.conn_reuse_mode')
  if (mode === undefined) return
  const dropsFirst = isBefore(patient.facts.release, 5, 9)
  const expires = patient.sysctl('net.ipv4.vs.expire_nodest_conn') !== 0
  const expire = expires ? [] : [setSysctl('net.ipv4.vs.expire_nodest_conn', 1)]
  const subject = 'net.ipv4.vs.conn_reuse_mode'
  if (mode === 0 && !expires) {
    yield {
      id: 'conn-reuse-mode',
      subject,
      message:
        'With conn_reuse_mode 0 and expire_nodest_conn 0 a client that uses a port again is sent to the real server it had, even if that has weight 0.',
      symptom:
        'A drained real server goes on getting connections from busy clients, such as proxies, and never becomes empty.',
      steps: dropsFirst ? expire : [setSysctl(subject, 1)],
    }
  } else if (mode !== 0 && dropsFirst && patient.sysctl('net.ipv4.vs.conntrack') === 1) {
    yield {
      id: 'conn-reuse-mode',
      subject,
      message: `With conn_reuse_mode ${mode} and conntrack 1 this kernel (${patient.facts.release}, before 5.9) drops the first packet of a client that uses a port again.`,
      symptom: 'Under load some connections take a second longer to open.',
      steps: [...expire, setSysctl(subject, 0)],
    }
  }
}

/** UDP says nothing when it ends, so only the clock ends what leads to a destination that is gone. */
function* checkExpiry(patient: HostView): Generator<Diagnosis> {
  const { services } = patient.facts
  const isKept = services.some(({ protocol, onePacket }) => protocol === 'udp' && !onePacket)
  if (!isKept || patient.sysctl('net.ipv4.vs.expire_nodest_conn') !== 0) return
  yield {
    id: 'expire-nodest-conn',
    subject: 'net.ipv4.vs.expire_nodest_conn',
    message:
      'When a destination of a UDP service is removed, what its clients send is dropped until their connections run out (expire_nodest_conn is 0).',
    symptom:
      'After a real server is taken out, some clients get no answers for up to five minutes, others do at once.',
    steps: [setSysctl('net.ipv4.vs.expire_nodest_conn', 1)],
  }
}

function isBefore(release: string, major: number, minor: number): boolean {
  const [runningMajor = 0, runningMinor = 0] = release.split('.').map((part) => Number.parseInt(part, 10))
  return runningMajor < major || (runningMajor === major && runningMinor < minor)
}
