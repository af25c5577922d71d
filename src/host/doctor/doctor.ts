import type { HostFacts } from '../facts/host-facts.ts'
import { readFacts } from '../facts/facts-reader.ts'
import type { Host } from '../host.ts'
import { checkConnections } from './checks/check-connections.ts'
import { checkDestinations } from './checks/check-destination.ts'
import { checkForwarding } from './checks/check-forwarding.ts'
import { checkActivity, checkRest } from './checks/check-pair.ts'
import { checkDefaultRoute, checkServedVips } from './checks/check-real-server.ts'
import { checkServices } from './checks/check-service.ts'
import { checkTunnelEnds, checkTunnelMtu } from './checks/check-tunnel.ts'
import { checkDirectedVips, checkPrefixes } from './checks/check-vip.ts'
import { type Diagnosis, type Finding, findingOf } from './model/finding.ts'
import { checkFacts, checkOptions, type DiagnoseOptions, type DoctorOptions } from './model/options.ts'
import { Patient } from './model/host-view.ts'
import { meetPeers } from './model/peers.ts'

type Check = (patient: Patient) => Iterable<Diagnosis>

/** What a real server has to be. */
const REAL_SERVER: readonly Check[] = [checkServedVips, checkPrefixes, checkTunnelEnds, checkDefaultRoute]

const ALL: readonly Check[] = [
  checkDirectedVips,
  ...REAL_SERVER,
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
  return examine(checkFacts('facts', facts), checkOptions(options), undefined)
}

/** Reads the facts of a host and finds what is wrong; what can be mended from here can be `run`. */
export async function doctor(host: Host, options: DoctorOptions = {}): Promise<Finding[]> {
  const checked = checkOptions(options)
  return examine(await readFacts(host, { signal: options.signal }), checked, host)
}

/** What is wrong with a host, given its facts; `host` is there if it can be mended from here. */
export function examine(facts: HostFacts, options: DiagnoseOptions, host: Host | undefined): Finding[] {
  const patient = new Patient(facts, options)
  const { nodes, realServers } = meetPeers(patient)
  const here = [
    ...ALL.flatMap((check) => [...check(patient)]),
    ...checkActivity(patient, nodes),
    ...checkRest(patient, nodes),
  ]
  const elsewhere = [
    ...nodes.flatMap((node) => withName(node, checkRest(node, [patient]))),
    ...realServers.flatMap((server) => REAL_SERVER.flatMap((check) => withName(server, check(server)))),
  ]
  return [
    ...here.map((diagnosis) => findingOf(diagnosis, facts.name, host)),
    ...elsewhere.map(({ name, diagnosis }) => findingOf(diagnosis, name, undefined)),
  ]
}

function withName({ facts }: Patient, diagnoses: Iterable<Diagnosis>) {
  return [...diagnoses].map((diagnosis) => ({ name: facts.name, diagnosis }))
}
