import { type DaemonInput, writeDaemon } from '../../ipvs/model/daemon.ts'
import { type TimeoutChanges, writeTimeouts } from '../../ipvs/model/settings.ts'
import { checkObject } from '../../netlink/arguments/check.ts'
import { KnownFields } from '../../netlink/arguments/known-fields.ts'
import { canonicalIPv6 } from '../../netlink/wire/address.ts'
import { WireWriter } from '../../netlink/wire/wire.ts'
import type { DesiredService, DesiredState, StateDefaults } from '../model/desired-state.ts'
import { DesiredStateError, formatPath, type StatePath } from '../model/desired-state-error.ts'
import { DestinationColumns } from '../model/destination-columns.ts'
import type { ResolvedDaemon, ResolvedService, ResolvedState } from '../model/target.ts'
import { endpointOf } from '../model/target-destinations.ts'
import { checkDestinationDefaults } from './normalise-destination.ts'
import { checkServiceDefaults, normaliseService } from './normalise-service.ts'
import { SettingsReader } from './normalise-settings.ts'
import { ProblemCollector } from './problem-collector.ts'

const FIELDS = new KnownFields(['defaults', 'services', 'timeouts', 'daemons'])
const DEFAULTS_FIELDS = new KnownFields(['service', 'destination'])
const DEFAULT_DAEMON = { syncId: 0, group: '224.0.0.81', port: 8848, ttl: 1 } as const

/**
 * Checks a desired state and fills in what it leaves open, so that it can be compared with what is read of a kernel.
 *
 * @throws {DesiredStateError} with everything that is wrong.
 */
export function resolveDesiredState(desired: DesiredState): ResolvedState {
  return finish(normalising(desired))
}

/** The same a service at a time: after each, something else may be done. */
export function* normalising(desired: DesiredState): Generator<void, ResolvedState, void> {
  const findings = new ProblemCollector()
  const target = yield* examining(desired, findings)
  if (findings.problems.length > 0) throw new DesiredStateError(findings.problems)
  return target
}

/** The same as {@link resolveDesiredState}, with problems noted instead of thrown; what has any is not to be used. */
export function collectProblems(desired: DesiredState, findings: ProblemCollector): ResolvedState {
  return finish(examining(desired, findings))
}

function finish<T>(work: Generator<void, T, void>): T {
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
  }
}

function* examining(desired: DesiredState, findings: ProblemCollector): Generator<void, ResolvedState, void> {
  const nothing = { services: undefined, timeouts: {}, daemons: undefined }
  const whole = findings.attempt(
    () => FIELDS.check('document', desired),
    ([, ...field]) => field,
  )
  if (whole === undefined && !isObject(desired)) return nothing
  const defaults = defaultsOf(desired, findings)
  const daemons = daemonsOf(desired, findings)
  const services = yield* servicesOf(desired, defaults, findings)
  if (daemons !== undefined && daemons.length > 0) refuseMixedFamilies(services, findings)
  return { services, timeouts: timeoutsOf(desired, findings), daemons }
}

function defaultsOf({ defaults }: DesiredState, findings: ProblemCollector): StateDefaults {
  if (defaults === undefined) return {}
  const known = findings.attempt(
    () => DEFAULTS_FIELDS.check('defaults', defaults),
    (field) => field,
  )
  if (known === undefined && !isObject(defaults)) return {}
  const { service, destination } = defaults
  return {
    service: checkServiceDefaults(service, ['defaults', 'service'], findings),
    destination: checkDestinationDefaults(destination, ['defaults', 'destination'], findings),
  }
}

function* servicesOf(
  { services }: DesiredState,
  defaults: StateDefaults,
  findings: ProblemCollector,
): Generator<void, Map<string, ResolvedService> | undefined, void> {
  if (services === undefined) return undefined
  const targets = new Map<string, ResolvedService>()
  if (!Array.isArray(services)) {
    findings.add(['services'], 'must be a list of services')
    return targets
  }
  const reader = new SettingsReader(defaults.service ?? {})
  const { length } = services
  const capacity = countDestinations(services)
  const columns = new DestinationColumns(capacity)
  const surroundings = { defaults, reader, columns, findings }
  const places: number[] = []
  for (let index = 0; index < length; index++) {
    if (index > 0) yield
    const path = ['services', index]
    const target = normaliseService(services[index] as DesiredService, targets.size, path, surroundings)
    if (target === undefined) continue
    const { name } = target
    if (targets.has(name)) noteRepeated(name, [...targets.keys()], places, path, findings)
    else {
      targets.set(name, target)
      places.push(index)
    }
  }
  // Who changes it between two turns would have half of the one and half of the other.
  if (services.length !== length || countDestinations(services) !== capacity) {
    findings.add(['services'], 'must stay as it is until it has been gone through')
  }
  return targets
}

/** What is no list of destinations is complained of later. */
function countDestinations(services: readonly (DesiredService | null | undefined)[]): number {
  let count = 0
  for (const service of services) {
    if (Array.isArray(service?.destinations)) count += service.destinations.length
  }
  return count
}

function noteRepeated(
  name: string,
  names: readonly string[],
  places: readonly number[],
  path: StatePath,
  findings: ProblemCollector,
): void {
  const other = formatPath(['services', places[names.indexOf(name)] ?? 0])
  findings.add([...path, 'service'], `is ${name}, as ${other} is; write each service once`)
}

const writer = new WireWriter()

function timeoutsOf({ timeouts }: DesiredState, findings: ProblemCollector): TimeoutChanges {
  if (timeouts === undefined) return {}
  writer.truncate(0)
  findings.attempt(
    () => writeTimeouts(writer, timeouts),
    (field) => field,
  )
  return isObject(timeouts)
    ? Object.fromEntries(Object.entries(timeouts).filter(([, seconds]) => seconds !== undefined))
    : {}
}

function daemonsOf({ daemons }: DesiredState, findings: ProblemCollector): ResolvedDaemon[] | undefined {
  if (daemons === undefined) return undefined
  if (!Array.isArray(daemons)) {
    findings.add(['daemons'], 'must be a list of synchronisation daemons')
    return []
  }
  const targets = new Map<string, ResolvedDaemon>()
  for (const [index, daemon] of daemons.entries()) {
    const path = ['daemons', index]
    const checked = findings.attempt(
      () => normaliseDaemon(daemon),
      (field) => [...path, ...field.filter((name) => name !== 'daemon')],
    )
    if (checked === undefined) continue
    if (targets.has(checked.role)) findings.add(path, `must be of the other role: each runs once`)
    targets.set(checked.role, checked)
  }
  return [...targets.values()]
}

function normaliseDaemon(daemon: DaemonInput): ResolvedDaemon {
  checkObject('daemon', daemon)
  writer.truncate(0)
  writeDaemon(writer, daemon)
  const { role, syncId, maximumLength, group = DEFAULT_DAEMON.group, port, ttl } = daemon
  const v6 = group.includes(':')
  return {
    role,
    interface: daemon.interface,
    syncId: syncId ?? DEFAULT_DAEMON.syncId,
    group: v6 ? canonicalIPv6(group) : group,
    port: port ?? DEFAULT_DAEMON.port,
    ttl: ttl ?? DEFAULT_DAEMON.ttl,
    maximumLength: maximumLength === undefined ? undefined : clampLength(maximumLength, role, v6),
  }
}

/** What the kernel makes of a length: a backup's is at least 1024, and an IPv6 datagram holds less (ip_vs_sync.c). */
function clampLength(length: number, role: string, v6: boolean): number {
  return Math.max(role === 'backup' ? 1024 : 1, Math.min(length, v6 ? 65_487 : 65_507))
}

/** No daemon runs beside a destination of another family than its service's (ip_vs_add_dest, start_sync_thread). */
function refuseMixedFamilies(
  services: ReadonlyMap<string, ResolvedService> | undefined,
  findings: ProblemCollector,
): void {
  for (const { key, name, destinations } of services?.values() ?? []) {
    for (const destination of destinations?.list ?? []) {
      if (destination.family === key.family) continue
      findings.add(
        ['daemons'],
        `must be left out or empty: ${endpointOf(destination)} is of another family than ${name}, and the kernel has no synchronisation daemon beside such a destination`,
      )
    }
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
