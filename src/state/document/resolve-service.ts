import type { DestinationLimits, Forwarding } from '../../ipvs/model/destination.ts'
import {
  checkDestinationAddress,
  checkDestinationSettings,
  FORWARDING_ENUM,
} from '../../ipvs/model/destination-message.ts'
import { checkPersistence, type Persistence, readPersistence } from '../../ipvs/model/persistence.ts'
import { checkScheduler, schedulerFlagBits, schedulerFlagNames } from '../../ipvs/model/scheduler.ts'
import { checkPersistenceEngine, type ServiceSettings } from '../../ipvs/model/service.ts'
import {
  checkServiceKey,
  formatEndpoint,
  formatService,
  type ResolvedServiceKey,
} from '../../ipvs/model/service-key.ts'
import { checkTunnel, PLAIN_TUNNEL, readTunnel, type Tunnel } from '../../ipvs/model/tunnel.ts'
import { checkBoolean, checkPort, KnownFields } from '../../netlink/arguments/check.ts'
import { canonicalIPv6, type Family } from '../../netlink/wire/address.ts'
import type {
  DesiredDestination,
  DesiredService,
  DestinationDefaults,
  StateDefaults,
} from '../model/desired-state.ts'
import {
  DESTINATION_SETTINGS,
  type ResolvedDestination,
  type ResolvedService,
  SERVICE_SETTINGS,
  type ServiceSetting,
} from '../model/resolved-state.ts'
import { formatPath, type ProblemCollector, type StatePath } from './problems.ts'

const SERVICE_FIELDS = new KnownFields(['service', ...SERVICE_SETTINGS, 'defaults', 'destinations'])
const DESTINATION_FIELDS = new KnownFields(['address', 'port', 'family', ...DESTINATION_SETTINGS])
/** The fields of defaults for services. */
export const SERVICE_DEFAULTS = new KnownFields(SERVICE_SETTINGS)
/** The fields of defaults for destinations. */
export const DESTINATION_DEFAULTS = new KnownFields(['port', ...DESTINATION_SETTINGS])

/** Rejects unknown fields of defaults. The values are validated with the services and destinations that use them. */
export function checkDefaults<T extends object>(
  fields: KnownFields,
  defaults: T | undefined,
  path: StatePath,
  problems: ProblemCollector,
): T | undefined {
  if (defaults === undefined) return undefined
  const checked = problems.attempt('defaults', path, () => fields.check('defaults', defaults))
  return checked === undefined ? undefined : defaults
}

/** Validates a service and fills in the defaults. Returns undefined if its key or its settings are invalid. */
export function resolveService(
  service: DesiredService,
  path: StatePath,
  defaults: StateDefaults,
  problems: ProblemCollector,
): ResolvedService | undefined {
  problems.attempt('service', path, () => SERVICE_FIELDS.check('service', service))
  if (typeof service !== 'object' || service === null) return undefined
  const reference = service.service
  const keyPath = [...path, 'service']
  const key = problems.attempt(
    'service',
    keyPath,
    () => checkServiceKey(reference),
    // The parts of a key in text have no place of their own.
    typeof reference === 'object' ? undefined : () => keyPath,
  )
  if (key === undefined) return undefined
  const settings = problems.attempt(
    'service',
    path,
    () => resolveSettings(withDefaults(service, defaults.service), key.family),
    ([name = '', ...rest]) => {
      const setting = name as ServiceSetting
      const isInherited = service[setting] === undefined && defaults.service?.[setting] !== undefined
      return [...(isInherited ? ['defaults', 'service'] : path), name, ...rest]
    },
  )
  const destinations = resolveDestinations(service, key, path, defaults, problems)
  if (settings === undefined) return undefined
  return { key, name: formatService(key), settings, destinations }
}

/** Flags belong to a scheduler: a service with another scheduler does not inherit them. */
function withDefaults(own: ServiceSettings, defaults: ServiceSettings = {}): ServiceSettings {
  const pick = <N extends ServiceSetting>(name: N) => (own[name] === undefined ? defaults[name] : own[name])
  const scheduler = pick('scheduler')
  return {
    scheduler,
    schedulerFlags: scheduler === defaults.scheduler ? pick('schedulerFlags') : own.schedulerFlags,
    onePacket: pick('onePacket'),
    persistence: pick('persistence'),
    persistenceEngine: pick('persistenceEngine'),
  }
}

/** Validates settings and spells them as the kernel reports them. */
function resolveSettings(settings: ServiceSettings, family: Family): ResolvedService['settings'] {
  const scheduler = checkScheduler(settings.scheduler === undefined ? 'wlc' : settings.scheduler)
  const { schedulerFlags = [], onePacket = false, persistence = null, persistenceEngine = null } = settings
  return {
    scheduler,
    schedulerFlags: schedulerFlagNames(scheduler, schedulerFlagBits(scheduler, schedulerFlags)),
    onePacket: checkBoolean('onePacket', onePacket),
    persistence: persistence === null ? null : resolvePersistence(persistence, family),
    persistenceEngine: persistenceEngine === null ? null : checkPersistenceEngine(persistenceEngine),
  }
}

function resolvePersistence(
  persistence: Persistence,
  family: Family,
): ResolvedService['settings']['persistence'] {
  const { timeout, netmask } = checkPersistence(persistence, family)
  return readPersistence(timeout, netmask, family)
}

/** Validates the destinations of a service and fills in the defaults. Returns undefined if the service has no list. */
function resolveDestinations(
  { destinations, defaults: own }: DesiredService,
  key: ResolvedServiceKey,
  path: StatePath,
  defaults: StateDefaults,
  problems: ProblemCollector,
): Map<string, ResolvedDestination> | undefined {
  const ownPath = [...path, 'defaults']
  const layers: readonly DefaultsLayer[] = [
    { settings: checkDefaults(DESTINATION_DEFAULTS, own, ownPath, problems) ?? {}, path: ownPath },
    { settings: defaults.destination ?? {}, path: ['defaults', 'destination'] },
  ]
  if (destinations === undefined) return undefined
  const resolved = new Map<string, ResolvedDestination>()
  const listPath = [...path, 'destinations']
  if (!Array.isArray(destinations)) {
    problems.add(listPath, ' must be a list of destinations')
    return resolved
  }
  const merged = mergeLayers(layers, key)
  const indexes = new Map<string, number>()
  for (const [index, desired] of (destinations as readonly DesiredDestination[]).entries()) {
    const place = [...listPath, index]
    const destination = problems.attempt(
      'destination',
      place,
      () => resolveDestination(desired, key.family, merged),
      (field) => [...findLayer(field[0] ?? '', desired, place, layers), ...field],
    )
    if (destination === undefined) continue
    const endpoint = formatEndpoint(destination.address, destination.port)
    const first = indexes.get(endpoint)
    if (first === undefined) {
      indexes.set(endpoint, index)
      resolved.set(endpoint, destination)
    } else {
      const other = formatPath([...listPath, first])
      problems.add(place, ` is ${endpoint}, which ${other} describes already`)
    }
  }
  return resolved
}

/** Defaults and their place in the document. */
interface DefaultsLayer {
  readonly settings: DestinationDefaults
  readonly path: StatePath
}

/** Merges layers of defaults, once for all destinations of a service; the first layer that has a setting wins. */
function mergeLayers(
  layers: readonly DefaultsLayer[],
  { port = 0 }: ResolvedServiceKey,
): DestinationDefaults {
  const pick = <N extends keyof DestinationDefaults>(name: N) =>
    layers.find(({ settings }) => settings[name] !== undefined)?.settings[name]
  return {
    port: orElse(pick('port'), port),
    forwarding: pick('forwarding'),
    weight: orElse(pick('weight'), 1),
    upperThreshold: orElse(pick('upperThreshold'), 0),
    lowerThreshold: orElse(pick('lowerThreshold'), 0),
    tunnel: pick('tunnel'),
  }
}

/** Returns the path of the object that a setting of a destination comes from: the destination or a layer of defaults. */
function findLayer(
  name: string,
  destination: unknown,
  path: StatePath,
  layers: readonly DefaultsLayer[],
): StatePath {
  const has = (settings: unknown) => (settings as Record<string, unknown> | null)?.[name] !== undefined
  if (has(destination)) return path
  return layers.find(({ settings }) => has(settings))?.path ?? path
}

function resolveDestination(
  own: DesiredDestination,
  serviceFamily: Family,
  defaults: DestinationDefaults,
): ResolvedDestination {
  DESTINATION_FIELDS.check('destination', own)
  const family = checkDestinationAddress(own.address, own.family)
  const port = checkPort('destination.port', orElse(own.port, defaults.port))
  const given = orElse(own.forwarding, defaults.forwarding)
  const forwarding = typeof given === 'number' ? FORWARDING_ENUM.nameOf(given) : given
  const destination = {
    address: family === 'ipv4' ? own.address : canonicalIPv6(own.address),
    port,
    family,
    forwarding,
    weight: orElse(own.weight, defaults.weight),
    upperThreshold: orElse(own.upperThreshold, defaults.upperThreshold),
    lowerThreshold: orElse(own.lowerThreshold, defaults.lowerThreshold),
    // A default tunnel applies only to destinations with forwarding tun.
    tunnel: forwarding === 'tun' ? resolveTunnel(orElse(own.tunnel, defaults.tunnel)) : (own.tunnel ?? null),
  }
  checkDestinationSettings(destination as DestinationLimits & Forwarding, family, serviceFamily)
  return destination as ResolvedDestination
}

/** Unlike `??` it keeps null, which validation rejects where a setting cannot be null. */
function orElse<T>(value: T | undefined, otherwise: T): T {
  return value === undefined ? otherwise : value
}

function resolveTunnel(tunnel: Tunnel | null | undefined): Tunnel {
  return readTunnel(tunnel === undefined || tunnel === null ? PLAIN_TUNNEL : checkTunnel(tunnel))
}
