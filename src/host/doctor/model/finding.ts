import type { Host } from '../../host.ts'
import type { FixStep } from './fix-step.ts'

/**
 * How much a finding matters: with an `error` traffic is lost or goes astray; with a `warning` it works badly, or only
 * until something happens; a `hint` may be as you want it.
 */
export type Severity = 'error' | 'warning' | 'hint'

const SEVERITIES = {
  'vip-missing': 'error',
  'vip-silent': 'error',
  'vip-prefix': 'error',
  'vip-on-interface': 'error',
  'arp-ignore': 'error',
  'arp-announce': 'error',
  'ip-forward': 'error',
  'ipv6-forwarding': 'error',
  'send-redirects': 'warning',
  'default-route': 'error',
  'tunnel-missing': 'error',
  'tunnel-down': 'error',
  'rp-filter': 'error',
  'tunnel-mtu': 'hint',
  'destination-port': 'error',
  'destination-gateway': 'error',
  'destination-unanswered': 'error',
  'no-destination': 'error',
  'backup-forwards': 'error',
  'both-active': 'error',
  'scheduler-none': 'error',
  'scheduler-missing': 'error',
  'port-zero': 'error',
  'persistence-mask': 'warning',
  'conn-reuse-mode': 'warning',
  'expire-nodest-conn': 'hint',
  'expire-quiescent-template': 'hint',
  conntrack: 'warning',
} as const satisfies Readonly<Record<string, Severity>>

/** Which of the things a doctor knows was found. It stays the same from one version to the next. */
export type FindingId = keyof typeof SEVERITIES

/** Everything a doctor can find, with how much it matters. The guide page "Doctor" explains each. */
export const FINDINGS: Readonly<Record<FindingId, Severity>> = SEVERITIES

/** How to put a thing right: no more than that thing. */
export interface Fix {
  /** Calls of this library, with the `host` concerned and its `ipvs` in scope, one a line. */
  readonly call: string
  /** The same for a shell on that host, one command a line. */
  readonly shell: string
  /**
   * Makes the calls. Absent where they have to be made on another host, or where somebody has to decide first: the
   * calls are one way then.
   */
  readonly run?: () => Promise<void>
}

/** Something that is wrong with a host, or may be. */
export interface Finding {
  /** What was found. */
  readonly id: FindingId
  /** How much it matters. */
  readonly severity: Severity
  /** Name of the host on which it is to be mended, as {@link HostFacts} has it. */
  readonly host: string
  /** What it is about: an address, an interface, a service, a sysctl. */
  readonly subject: string
  /** What is wrong. One sentence. */
  readonly message: string
  /** How it shows to those who do not know. One sentence. */
  readonly symptom: string
  /** How to put it right. */
  readonly fix: Fix
}

/** What a check has found: a finding whose mend is still in pieces. */
export interface Diagnosis {
  readonly id: FindingId
  /** Default: that of the id. */
  readonly severity?: Severity
  readonly subject: string
  readonly message: string
  readonly symptom: string
  readonly steps: readonly FixStep[]
  /** Whether somebody has to decide before the steps are taken. */
  readonly needsDecision?: boolean
}

/** The finding for a diagnosis; it can be mended from here if the host it was made on is at hand. */
export function toFinding(diagnosis: Diagnosis, name: string, host: Host | undefined): Finding {
  const { id, severity = FINDINGS[id], subject, message, symptom, needsDecision: decide = false } = diagnosis
  // What several interfaces need of `all` is done once.
  const steps = [...new Map(diagnosis.steps.map((step) => [step.call, step])).values()]
  const call = steps.map((step) => step.call).join('\n')
  const shell = steps.map((step) => step.shell).join('\n')
  const run = async (host: Host) => {
    for (const step of steps) await step.run(host)
  }
  const mend = host === undefined || decide ? { call, shell } : { call, shell, run: () => run(host) }
  return { id, severity, host: name, subject, message, symptom, fix: mend }
}
