import {
  checkPersistence,
  type Persistence,
  type PersistenceState,
  readPersistence,
} from '../ipvs/persistence.ts'
import { schedulerFlagBits, schedulerFlagNames } from '../ipvs/scheduler.ts'
import { type ServiceSettings, writeService } from '../ipvs/service.ts'
import { checkServiceKey, formatEndpoint, formatService, type KnownServiceKey } from '../ipvs/service-key.ts'
import { KnownFields } from '../netlink/known-fields.ts'
import { WireWriter } from '../netlink/wire.ts'
import type { DesiredDestination, DesiredService, StateDefaults } from './desired-state.ts'
import type { Findings } from './findings.ts'
import { checkDestinationDefaults, normaliseDestination, placeOf } from './normalise-destination.ts'
import { formatPath, type StatePath } from './state-error.ts'
import {
  SERVICE_SETTINGS,
  type ServiceSetting,
  type TargetDestination,
  type TargetService,
} from './target.ts'

const FIELDS = new KnownFields(['service', ...SERVICE_SETTINGS, 'defaults', 'destinations'])
const DEFAULTS_FIELDS = new KnownFields(SERVICE_SETTINGS)
const writer = new WireWriter()

/** Refuses defaults with a misspelled field; their values are checked where they are used. */
export function checkServiceDefaults(
  defaults: ServiceSettings | undefined,
  path: StatePath,
  findings: Findings,
): ServiceSettings | undefined {
  if (defaults === undefined) return undefined
  const known = findings.attempt(
    () => DEFAULTS_FIELDS.check('defaults', defaults),
    ([, ...field]) => [...path, ...field],
  )
  return known === undefined ? undefined : defaults
}

/** Checks a service and fills in what it leaves open; undefined when that cannot be done. */
export function normaliseService(
  service: DesiredService,
  path: StatePath,
  defaults: StateDefaults,
  findings: Findings,
): TargetService | undefined {
  const known = findings.attempt(
    () => FIELDS.check('service', service),
    ([, ...field]) => [...path, ...field],
  )
  if (known === undefined && (typeof service !== 'object' || service === null)) return undefined
  const reference = service.service
  const key = findings.attempt(
    () => checkServiceKey(reference),
    (field) => [...path, 'service', ...(typeof reference === 'object' ? withoutFirst('service', field) : [])],
  )
  if (key === undefined) return undefined
  const merged = mergeDefaults(service, defaults.service ?? {})
  const settings = findings.attempt(
    () => normaliseSettings(key, merged),
    (field) => {
      const [name = ''] = field
      const own = service[name as ServiceSetting] !== undefined
      const inherited = defaults.service?.[name as ServiceSetting] !== undefined
      return own || !inherited
        ? [...path, ...withoutFirst('service', field)]
        : ['defaults', 'service', ...field]
    },
  )
  const destinations = destinationsOf(service, key, path, defaults, findings)
  if (settings === undefined) return undefined
  return { key, name: formatService(key), settings, destinations }
}

function mergeDefaults(own: ServiceSettings, defaults: ServiceSettings): ServiceSettings {
  const pick = <N extends ServiceSetting>(name: N) => (own[name] === undefined ? defaults[name] : own[name])
  const scheduler = pick('scheduler')
  const sameScheduler = scheduler === defaults.scheduler
  return {
    scheduler,
    schedulerFlags: sameScheduler ? pick('schedulerFlags') : own.schedulerFlags,
    onePacket: pick('onePacket'),
    persistence: pick('persistence'),
    persistenceEngine: pick('persistenceEngine'),
  }
}

/** The settings as the kernel will show them. Writing them makes every check that a call would make. */
function normaliseSettings(key: KnownServiceKey, settings: ServiceSettings): TargetService['settings'] {
  writer.truncate(0)
  writeService(writer, key, settings)
  const { scheduler = 'wlc', schedulerFlags = [], onePacket = false, persistenceEngine = null } = settings
  return {
    scheduler,
    schedulerFlags: schedulerFlagNames(scheduler, schedulerFlagBits(scheduler, schedulerFlags)),
    onePacket,
    persistence: persistenceOf(settings.persistence, key),
    persistenceEngine,
  }
}

function persistenceOf(
  persistence: Persistence | null | undefined,
  { family }: KnownServiceKey,
): PersistenceState | null {
  if (persistence === null || persistence === undefined) return null
  const { timeout, netmask } = checkPersistence(persistence, family)
  return readPersistence(timeout, netmask, family)
}

function destinationsOf(
  service: DesiredService,
  key: KnownServiceKey,
  path: StatePath,
  defaults: StateDefaults,
  findings: Findings,
): Map<string, TargetDestination> | undefined {
  const { destinations } = service
  const own = checkDestinationDefaults(service.defaults, [...path, 'defaults'], findings)
  if (destinations === undefined) return undefined
  const targets = new Map<string, TargetDestination>()
  if (!Array.isArray(destinations)) {
    findings.add([...path, 'destinations'], 'must be a list of destinations')
    return targets
  }
  const layers = [
    { settings: own ?? {}, path: [...path, 'defaults'] },
    { settings: defaults.destination ?? {}, path: ['defaults', 'destination'] },
  ]
  // A table has a hundred thousand of them: nothing is made for one unless there is something to say about it.
  for (let index = 0; index < destinations.length; index++) {
    const destination = destinations[index] as DesiredDestination
    try {
      const target = normaliseDestination(destination, key, layers)
      const endpoint = formatEndpoint(target.address, target.port)
      if (targets.has(endpoint))
        noteRepeated(endpoint, [...targets.keys()], [...path, 'destinations', index], findings)
      else targets.set(endpoint, target)
    } catch (error) {
      findings.note(error, (field) => placeOf(field, destination, [...path, 'destinations', index], layers))
    }
  }
  return targets
}

function noteRepeated(endpoint: string, earlier: string[], place: StatePath, findings: Findings): void {
  const other = formatPath([...place.slice(0, -1), earlier.indexOf(endpoint)])
  findings.add(place, `is ${endpoint}, as ${other} is; write each destination once`)
}

function withoutFirst(name: string, field: readonly string[]): readonly string[] {
  return field[0] === name ? field.slice(1) : field
}
