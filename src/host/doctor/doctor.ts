import { readFacts } from '../facts/facts-reader.ts'
import type { FactsHost, FixHost } from '../facts/host-access.ts'
import type { HostFacts } from '../facts/host-facts.ts'
import { checkConnections } from './checks/check-connections.ts'
import { checkDestinations } from './checks/check-destination.ts'
import { checkFirewall } from './checks/check-firewall.ts'
import { checkForwarding } from './checks/check-forwarding.ts'
import { checkModule } from './checks/check-module.ts'
import { checkNatNetworks } from './checks/check-nat-network.ts'
import { checkBothActive, checkPassiveNode } from './checks/check-pair.ts'
import { checkDefaultRoute, checkServedVips } from './checks/check-real-server.ts'
import { checkServices } from './checks/check-service.ts'
import { checkTunnelEndpoints, checkTunnelMtu } from './checks/check-tunnel.ts'
import { checkDirectedVips, checkDownInterfaces, checkPrefixes } from './checks/check-vip.ts'
import { type Diagnosis, type Finding, toFinding } from './model/finding.ts'
import { HostView } from './model/host-view.ts'
import {
  checkFacts,
  checkInterface,
  checkOptions,
  type DiagnoseOptions,
  type DoctorOptions,
} from './model/options.ts'
import { classifyPeers } from './model/peers.ts'

type Check = (view: HostView) => Iterable<Diagnosis>

/** Checks of a real server. */
const REAL_SERVER_CHECKS: readonly Check[] = [
  checkServedVips,
  checkPrefixes,
  checkTunnelEndpoints,
  checkDefaultRoute,
]

const ALL_CHECKS: readonly Check[] = [
  checkModule,
  checkDownInterfaces,
  checkDirectedVips,
  ...REAL_SERVER_CHECKS,
  checkForwarding,
  checkFirewall,
  checkNatNetworks,
  checkTunnelMtu,
  checkDestinations,
  checkServices,
  checkConnections,
]

/**
 * Finds problems of a host from its facts alone. It queries and changes nothing, so the facts may come from another host or from
 * a file. The fixes have `call` and `shell`, and no `run`.
 *
 * @throws {TypeError} if an option is invalid, or `facts` are not facts of a host.
 */
export function diagnose(facts: HostFacts, options: DiagnoseOptions = {}): Finding[] {
  return runChecks(checkFacts('facts', facts), checkOptions(options), undefined)
}

/** Reads the facts of a host and finds its problems. Fixes of this host have `run`. */
export async function doctor(host: FactsHost & FixHost, options: DoctorOptions = {}): Promise<Finding[]> {
  const checked = checkOptions(options)
  return runChecks(await readFacts(host, { signal: options.signal }), checked, host)
}

/** Runs all checks on the facts of a host. `host` is that host, if its fixes can be run from here. */
export function runChecks(facts: HostFacts, options: DiagnoseOptions, host: FixHost | undefined): Finding[] {
  checkInterface(facts, options)
  const view = new HostView(facts, options)
  const { nodes, realServers } = classifyPeers(view)
  const here = [
    ...ALL_CHECKS.flatMap((check) => [...check(view)]),
    ...checkBothActive(view, nodes),
    ...checkPassiveNode(view, nodes),
  ]
  const elsewhere = [
    ...nodes.flatMap((node) => withHostName(node, checkPassiveNode(node, [view]))),
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
