import { readFacts } from '../facts/facts-reader.ts'
import type { HostFacts } from '../facts/host-facts.ts'
import type { Host } from '../host.ts'
import { checkConnections } from './checks/check-connections.ts'
import { checkDestinations } from './checks/check-destination.ts'
import { checkForwarding } from './checks/check-forwarding.ts'
import { checkBothActive, checkPassiveNode } from './checks/check-pair.ts'
import { checkDefaultRoute, checkServedVips } from './checks/check-real-server.ts'
import { checkServices } from './checks/check-service.ts'
import { checkTunnelEndpoints, checkTunnelMtu } from './checks/check-tunnel.ts'
import { checkDirectedVips, checkPrefixes } from './checks/check-vip.ts'
import { type Diagnosis, type Finding, toFinding } from './model/finding.ts'
import { HostView } from './model/host-view.ts'
import { checkFacts, checkOptions, type DiagnoseOptions, type DoctorOptions } from './model/options.ts'
import { classifyPeers } from './model/peers.ts'

type Check = (patient: HostView) => Iterable<Diagnosis>

/** What a real server has to be. */
const REAL_SERVER_CHECKS: readonly Check[] = [
  checkServedVips,
  checkPrefixes,
  checkTunnelEndpoints,
  checkDefaultRoute,
]

const ALL_CHECKS: readonly Check[] = [
  checkDirectedVips,
  ...REAL_SERVER_CHECKS,
  checkForwarding,
  checkTunnelMtu,
  checkDestinations,
  checkServices,
  checkConnections,
]

/**
 * Finds what is wrong with a host, from its facts alone: nothing is asked and nothing is changed, so the facts may have
 * come from elsewhere, or from a file. What is found cannot `run` its mend; `call` and `shell` are there.
 *
 * @throws {TypeError} when an option, or what is given for facts, is none.
 */
export function diagnose(facts: HostFacts, options: DiagnoseOptions = {}): Finding[] {
  return runChecks(checkFacts('facts', facts), checkOptions(options), undefined)
}

/** Reads the facts of a host and finds what is wrong; what can be mended from here can be `run`. */
export async function doctor(host: Host, options: DoctorOptions = {}): Promise<Finding[]> {
  const checked = checkOptions(options)
  return runChecks(await readFacts(host, { signal: options.signal }), checked, host)
}

/** What is wrong with a host, given its facts; `host` is there if it can be mended from here. */
export function runChecks(facts: HostFacts, options: DiagnoseOptions, host: Host | undefined): Finding[] {
  const patient = new HostView(facts, options)
  const { nodes, realServers } = classifyPeers(patient)
  const here = [
    ...ALL_CHECKS.flatMap((check) => [...check(patient)]),
    ...checkBothActive(patient, nodes),
    ...checkPassiveNode(patient, nodes),
  ]
  const elsewhere = [
    ...nodes.flatMap((node) => withHostName(node, checkPassiveNode(node, [patient]))),
    ...realServers.flatMap((server) =>
      REAL_SERVER_CHECKS.flatMap((check) => withHostName(server, check(server))),
    ),
  ]
  return [
    ...here.map((diagnosis) => toFinding(diagnosis, facts.name, host)),
    ...elsewhere.map(({ name, diagnosis }) => toFinding(diagnosis, name, undefined)),
  ]
}

function withHostName({ facts }: HostView, diagnoses: Iterable<Diagnosis>) {
  return [...diagnoses].map((diagnosis) => ({ name: facts.name, diagnosis }))
}
