import type { Diagnosis } from '../model/finding.ts'
import { loadIpvs } from '../model/fix-step.ts'
import type { HostView } from '../model/host-view.ts'

/** Every kernel with IPVS has this sysctl in a namespace in which IPVS is loaded, whatever its configuration. */
const IPVS_SYSCTL = 'net.ipv4.vs.conn_reuse_mode'

/** Checks whether a host that is or becomes a director has IPVS. */
export function* checkModule(view: HostView): Generator<Diagnosis> {
  const { facts, options } = view
  const isDirector = view.role !== 'real-server' || (options.services ?? []).length > 0
  const { loaded, available } = facts.modules
  const isLoaded =
    facts.services.length > 0 || loaded.includes('ip_vs') || view.sysctl(IPVS_SYSCTL) !== undefined
  if (!isDirector || isLoaded) return
  const isAvailable = available?.includes('ip_vs')
  const reason =
    isAvailable === undefined
      ? 'IPVS is not loaded, and this host does not show whether its kernel has the module'
      : isAvailable
        ? 'IPVS is not loaded'
        : `The kernel ${facts.release} does not have the module ip_vs`
  yield {
    id: 'ipvs-missing',
    // The first use loads a module that is available.
    severity: isAvailable ? 'hint' : 'error',
    subject: 'ip_vs',
    message: `${reason}, so this host has no virtual services.`,
    symptom: isAvailable
      ? 'Connections to the VIPs are refused until virtual services are added.'
      : 'Virtual services cannot be added, and connections to the VIPs are refused.',
    steps: [loadIpvs()],
    needsDecision: isAvailable === false,
  }
}
