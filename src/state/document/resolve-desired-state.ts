import { checkDaemon, type DaemonInput } from '../../ipvs/model/daemon.ts'
import { checkTimeouts, type TimeoutChanges } from '../../ipvs/model/settings.ts'
import { KnownFields } from '../../netlink/arguments/check.ts'
import { canonicalIPv6 } from '../../netlink/wire/address.ts'
import type { DesiredService, DesiredState, StateDefaults } from '../model/desired-state.ts'
import type { ResolvedDaemon, ResolvedService, ResolvedState } from '../model/resolved-state.ts'
import { DesiredStateError, formatPath, ProblemCollector, type StateProblem } from './problems.ts'
import { checkDefaults, DESTINATION_DEFAULTS, resolveService, SERVICE_DEFAULTS } from './resolve-service.ts'

const FIELDS = new KnownFields(['defaults', 'services', 'timeouts', 'daemons'])
const DEFAULTS_FIELDS = new KnownFields(['service', 'destination'])
const DEFAULT_DAEMON = { syncId: 0, group: '224.0.0.81', port: 8848, ttl: 1 } as const

/**
 * Validates a desired state and fills in the defaults, so that it can be compared with the table.
 *
 * @throws {DesiredStateError} with all problems.
 */
export function resolveDesiredState(desired: DesiredState): ResolvedState {
  const problems = new ProblemCollector()
  const resolved = resolveDocument(desired, problems)
  if (problems.problems.length > 0) throw new DesiredStateError(problems.problems)
  return resolved
}

/** Returns the problems of a desired state; none if it is valid. */
export function findProblems(desired: DesiredState): readonly StateProblem[] {
  const problems = new ProblemCollector()
  resolveDocument(desired, problems)
  return problems.problems
}

function resolveDocument(desired: DesiredState, problems: ProblemCollector): ResolvedState {
  problems.attempt('document', [], () => FIELDS.check('document', desired))
  if (!isObject(desired)) return { services: undefined, timeouts: {}, daemons: undefined }
  const defaults = checkStateDefaults(desired.defaults, problems)
  const services = resolveServices(desired.services, defaults, problems)
  const timeouts = resolveTimeouts(desired.timeouts, problems)
  const daemons = resolveDaemons(desired.daemons, problems)
  if (daemons !== undefined && daemons.length > 0) rejectMixedFamilies(services, problems)
  return { services, timeouts, daemons }
}

function checkStateDefaults(defaults: StateDefaults | undefined, problems: ProblemCollector): StateDefaults {
  if (defaults === undefined) return {}
  problems.attempt('', [], () => DEFAULTS_FIELDS.check('defaults', defaults))
  if (!isObject(defaults)) return {}
  return {
    service: checkDefaults(SERVICE_DEFAULTS, defaults.service, ['defaults', 'service'], problems),
    destination: checkDefaults(
      DESTINATION_DEFAULTS,
      defaults.destination,
      ['defaults', 'destination'],
      problems,
    ),
  }
}

function resolveServices(
  services: DesiredState['services'],
  defaults: StateDefaults,
  problems: ProblemCollector,
): Map<string, ResolvedService> | undefined {
  if (services === undefined) return undefined
  const resolved = new Map<string, ResolvedService>()
  if (!Array.isArray(services)) {
    problems.add(['services'], ' must be a list of services')
    return resolved
  }
  const indexes = new Map<string, number>()
  for (const [index, desired] of (services as readonly DesiredService[]).entries()) {
    const path = ['services', index]
    const service = resolveService(desired, path, defaults, problems)
    if (service === undefined) continue
    const first = indexes.get(service.name)
    if (first === undefined) {
      indexes.set(service.name, index)
      resolved.set(service.name, service)
    } else {
      const other = formatPath(['services', first])
      problems.add([...path, 'service'], ` is ${service.name}, which ${other} describes already`)
    }
  }
  return resolved
}

function resolveTimeouts(timeouts: TimeoutChanges | undefined, problems: ProblemCollector): TimeoutChanges {
  if (timeouts === undefined) return {}
  const checked = problems.attempt('', [], () => checkTimeouts(timeouts))
  return Object.fromEntries(Object.entries(checked ?? {}).filter(([, seconds]) => seconds !== undefined))
}

function resolveDaemons(
  daemons: DesiredState['daemons'],
  problems: ProblemCollector,
): ResolvedDaemon[] | undefined {
  if (daemons === undefined) return undefined
  if (!Array.isArray(daemons)) {
    problems.add(['daemons'], ' must be a list of synchronisation daemons')
    return []
  }
  const resolved = new Map<string, ResolvedDaemon>()
  for (const [index, desired] of (daemons as readonly DaemonInput[]).entries()) {
    const path = ['daemons', index]
    const daemon = problems.attempt('daemon', path, () => resolveDaemon(desired))
    if (daemon === undefined) continue
    if (resolved.has(daemon.role)) problems.add(path, ' must have the other role: each role runs one daemon')
    resolved.set(daemon.role, daemon)
  }
  return [...resolved.values()]
}

function resolveDaemon(daemon: DaemonInput): ResolvedDaemon {
  const { role, maximumLength, group = DEFAULT_DAEMON.group, syncId, port, ttl } = checkDaemon(daemon)
  const isIPv6 = group.includes(':')
  return {
    role,
    interface: daemon.interface,
    syncId: syncId ?? DEFAULT_DAEMON.syncId,
    group: isIPv6 ? canonicalIPv6(group) : group,
    port: port ?? DEFAULT_DAEMON.port,
    ttl: ttl ?? DEFAULT_DAEMON.ttl,
    maximumLength: maximumLength === undefined ? undefined : clampLength(maximumLength, role, isIPv6),
  }
}

/**
 * Clamps a length as the kernel does: to at least 1024 for a backup, and to the smaller capacity of an IPv6 datagram
 * (ip_vs_sync.c).
 */
function clampLength(length: number, role: string, isIPv6: boolean): number {
  return Math.max(role === 'backup' ? 1024 : 1, Math.min(length, isIPv6 ? 65_487 : 65_507))
}

/** The kernel runs no daemon beside a destination of another family than its service (ip_vs_add_dest, start_sync_thread). */
function rejectMixedFamilies(
  services: ReadonlyMap<string, ResolvedService> | undefined,
  problems: ProblemCollector,
): void {
  for (const { key, name, destinations } of services?.values() ?? []) {
    for (const [endpoint, { family }] of destinations ?? []) {
      if (family === key.family) continue
      problems.add(
        ['daemons'],
        ` must be omitted or empty: ${endpoint} and ${name} have different address families, and the kernel runs no synchronisation daemon with such a destination`,
      )
    }
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
