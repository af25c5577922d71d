import type { ServiceSettings } from '../../ipvs/model/service.ts'
import { checkServiceKey, formatService, type ResolvedServiceKey } from '../../ipvs/model/service-key.ts'
import { KnownFields } from '../../netlink/arguments/known-fields.ts'
import type { DesiredDestination, DesiredService, StateDefaults } from '../model/desired-state.ts'
import { formatPath, type StatePath } from '../model/desired-state-error.ts'
import type { DestinationColumns } from '../model/destination-columns.ts'
import { type ResolvedService, SERVICE_SETTINGS, type ServiceSetting } from '../model/target.ts'
import { endpointOf, ResolvedDestinations } from '../model/target-destinations.ts'
import {
  checkDestinationDefaults,
  destinationBase,
  normaliseDestination,
  placeOf,
} from './normalise-destination.ts'
import type { SettingsReader } from './normalise-settings.ts'
import type { ProblemCollector } from './problem-collector.ts'

const FIELDS = new KnownFields(['service', ...SERVICE_SETTINGS, 'defaults', 'destinations'])
const DEFAULTS_FIELDS = new KnownFields(SERVICE_SETTINGS)

/** Refuses defaults with a misspelled field; their values are checked where they are used. */
export function checkServiceDefaults(
  defaults: ServiceSettings | undefined,
  path: StatePath,
  findings: ProblemCollector,
): ServiceSettings | undefined {
  if (defaults === undefined) return undefined
  const known = findings.attempt(
    () => DEFAULTS_FIELDS.check('defaults', defaults),
    ([, ...field]) => [...path, ...field],
  )
  return known === undefined ? undefined : defaults
}

/** What the services of a document have in common. */
export interface ServiceSurroundings {
  readonly defaults: StateDefaults
  readonly reader: SettingsReader
  readonly columns: DestinationColumns
  readonly findings: ProblemCollector
}

/** Checks a service and fills in what it leaves open; undefined when that cannot be done. */
export function normaliseService(
  service: DesiredService,
  place: number,
  path: StatePath,
  surroundings: ServiceSurroundings,
): ResolvedService | undefined {
  const { defaults, reader, findings } = surroundings
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
  const settings = findings.attempt(
    () => reader.read(key, service),
    (field) => {
      const [name = ''] = field
      const own = service[name as ServiceSetting] !== undefined
      const inherited = defaults.service?.[name as ServiceSetting] !== undefined
      return own || !inherited
        ? [...path, ...withoutFirst('service', field)]
        : ['defaults', 'service', ...field]
    },
  )
  const destinations = destinationsOf(service, key, path, surroundings)
  if (settings === undefined) return undefined
  return { place, key, name: formatService(key), settings, destinations }
}

function destinationsOf(
  service: DesiredService,
  key: ResolvedServiceKey,
  path: StatePath,
  { defaults, columns, findings }: ServiceSurroundings,
): ResolvedDestinations | undefined {
  const { destinations } = service
  const own = checkDestinationDefaults(service.defaults, [...path, 'defaults'], findings)
  if (destinations === undefined) return undefined
  const targets = new ResolvedDestinations(columns)
  if (!Array.isArray(destinations)) {
    findings.add([...path, 'destinations'], 'must be a list of destinations')
    return targets
  }
  const layers = [
    { settings: own ?? {}, path: [...path, 'defaults'] },
    { settings: defaults.destination ?? {}, path: ['defaults', 'destination'] },
  ]
  const base = destinationBase(key, layers)
  const places: number[] = []
  // A table has a hundred thousand of them: nothing is made for one unless there is something to say about it.
  for (let index = 0; index < destinations.length; index++) {
    const destination = destinations[index] as DesiredDestination
    try {
      const target = normaliseDestination(destination, key, base)
      const place = targets.add(target)
      if (place === places.length) places.push(index)
      else noteRepeated(endpointOf(target), places[place] ?? 0, [...path, 'destinations', index], findings)
    } catch (error) {
      findings.addError(error, (field) =>
        placeOf(field, destination, [...path, 'destinations', index], layers),
      )
    }
  }
  return targets
}

function noteRepeated(endpoint: string, earlier: number, place: StatePath, findings: ProblemCollector): void {
  const other = formatPath([...place.slice(0, -1), earlier])
  findings.add(place, `is ${endpoint}, as ${other} is; write each destination once`)
}

function withoutFirst(name: string, field: readonly string[]): readonly string[] {
  return field[0] === name ? field.slice(1) : field
}
