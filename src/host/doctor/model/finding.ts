import type { FixHost } from '../../facts/host-access.ts'
import type { FixStep } from './fix-step.ts'

/**
 * Severity of a finding. `error`: traffic is lost or goes to the wrong host. `warning`: service is degraded, or will fail under
 * certain conditions. `hint`: may be intended.
 */
export type Severity = 'error' | 'warning' | 'hint'

const SEVERITIES = {
  'vip-missing': 'error',
  'vip-silent': 'error',
  'vip-prefix': 'error',
  'vip-on-interface': 'error',
  'interface-down': 'error',
  'arp-ignore': 'error',
  'arp-announce': 'error',
  'ip-forward': 'error',
  'ipv6-forwarding': 'error',
  'send-redirects': 'warning',
  'nat-same-network': 'warning',
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
  'ipvs-missing': 'error',
  'scheduler-none': 'error',
  'scheduler-missing': 'error',
  'scheduler-fallback': 'warning',
  'port-zero': 'error',
  'persistence-mask': 'warning',
  'conn-reuse-mode': 'warning',
  'expire-nodest-conn': 'hint',
  'expire-quiescent-template': 'hint',
  conntrack: 'warning',
  firewall: 'error',
} as const satisfies Readonly<Record<string, Severity>>

/** Identifies the problem. Stable across versions. */
export type FindingId = keyof typeof SEVERITIES

/** All problems that the doctor finds, with their severity. The guide page "Doctor" explains each of them. */
export const FINDINGS: Readonly<Record<FindingId, Severity>> = SEVERITIES

/** The fix of one problem. It makes no other changes. */
export interface Fix {
  /** Calls of this library with the affected `host` and its `ipvs` in scope, one per line. */
  readonly call: string
  /** The same as shell commands on that host, one per line. */
  readonly shell: string
  /**
   * Makes the calls. Absent if the calls must be made on another host, or if an operator must choose between fixes; `call` then
   * shows one of them.
   */
  readonly run?: () => Promise<void>
}

/** A problem, or a possible problem, of a host. */
export interface Finding {
  /** The kind of problem. */
  readonly id: FindingId
  /** How serious it is. */
  readonly severity: Severity
  /** Name of the host to apply the fix on, as in {@link HostFacts}. */
  readonly host: string
  /** The affected address, interface, service or sysctl. */
  readonly subject: string
  /** The problem, in one sentence. */
  readonly message: string
  /** The effect that users or operators see, in one sentence. */
  readonly symptom: string
  /** How to fix it. */
  readonly fix: Fix
}

/** The result of a check: a finding with the steps of its fix. */
export interface Diagnosis {
  readonly id: FindingId
  /** Default: that of the id. */
  readonly severity?: Severity
  readonly subject: string
  readonly message: string
  readonly symptom: string
  readonly steps: readonly FixStep[]
  /** Whether an operator must choose between fixes. */
  readonly needsDecision?: boolean
}

/** The finding of a diagnosis. `host` is the affected host, if its fix can be run from here. */
export function toFinding(diagnosis: Diagnosis, name: string, host: FixHost | undefined): Finding {
  const { id, severity = FINDINGS[id], subject, message, symptom, needsDecision = false } = diagnosis
  // Several interfaces may need the same step for `all`.
  const steps = [...new Map(diagnosis.steps.map((step) => [step.call, step])).values()]
  const call = steps.map((step) => step.call).join('\n')
  const shell = steps.map((step) => step.shell).join('\n')
  const run = async (host: FixHost) => {
    for (const step of steps) await step.run(host)
  }
  const fix = host === undefined || needsDecision ? { call, shell } : { call, shell, run: () => run(host) }
  return { id, severity, host: name, subject, message, symptom, fix }
}
