import { ArgumentTypeError } from '../../errors.ts'
import { isPlainObject, KnownFields } from '../../netlink/arguments/check.ts'
import type { ServiceSettings } from './service.ts'
import type { ServiceKey } from './service-key.ts'

/** The settings of a service by name. */
export const SETTINGS = [
  'scheduler',
  'schedulerFlags',
  'onePacket',
  'persistence',
  'persistenceEngine',
] as const

const SERVICE_FIELDS = new KnownFields([
  ...['protocol', 'address', 'port', 'fwmark', 'family'],
  ...SETTINGS,
  ...['statistics', 'destinations'],
])

/** A service or changes, as a caller gives them: any part of the key and any settings. */
export type ServiceFields = ServiceSettings & Partial<ServiceKey>

/**
 * Copies the key and the settings of a service or of changes, so that each field of the caller's object is read once: the checked
 * value must be the one that is sent.
 *
 * @throws {UnknownFieldError} for a field that a service does not have.
 */
export function copyService(given: ServiceSettings): ServiceFields {
  return (isPlainObject(given) ? copyPlainObject(given, false) : copyAnyObject(given)) as ServiceFields
}

/**
 * The same for a service that is added. A service as read has destinations, which the command cannot add.
 *
 * @throws {ArgumentTypeError} for destinations other than an empty list.
 */
export function copyNewService(given: ServiceSettings): ServiceFields {
  if (isPlainObject(given)) return copyPlainObject(given, true) as ServiceFields
  const fields = copyAnyObject(given) as ServiceFields
  checkNoDestinations((given as { readonly destinations?: unknown }).destinations)
  return fields
}

function checkNoDestinations(destinations: unknown): void {
  if (destinations === undefined || (Array.isArray(destinations) && destinations.length === 0)) return
  const accepted = 'omitted or empty: add each with addDestination, or pass the service to apply'
  throw new ArgumentTypeError('destinations', accepted, destinations)
}

/** Getters of a class are not enumerable, so they are read by name. */
function copyAnyObject(given: ServiceFields) {
  SERVICE_FIELDS.check('service', given)
  const { protocol, address, port, fwmark, family } = given
  const { scheduler, schedulerFlags, onePacket, persistence, persistenceEngine } = given
  const key = { protocol, address, port, fwmark, family }
  return { ...key, scheduler, schedulerFlags, onePacket, persistence, persistenceEngine }
}

/**
 * Reads only the fields that the object has. Objects of callers have many hidden classes, so that V8 looks up each field by name
 * (`docs/design/performance.md`).
 */
function copyPlainObject(given: ServiceFields, isNew: boolean) {
  let protocol: unknown
  let address: unknown
  let port: unknown
  let fwmark: unknown
  let family: unknown
  let scheduler: unknown
  let schedulerFlags: unknown
  let onePacket: unknown
  let persistence: unknown
  let persistenceEngine: unknown
  for (const name in given) {
    const value: unknown = given[name as keyof ServiceFields]
    switch (name) {
      case 'protocol':
        protocol = value
        break
      case 'address':
        address = value
        break
      case 'port':
        port = value
        break
      case 'fwmark':
        fwmark = value
        break
      case 'family':
        family = value
        break
      case 'scheduler':
        scheduler = value
        break
      case 'schedulerFlags':
        schedulerFlags = value
        break
      case 'onePacket':
        onePacket = value
        break
      case 'persistence':
        persistence = value
        break
      case 'persistenceEngine':
        persistenceEngine = value
        break
      default:
        if (isNew && name === 'destinations') checkNoDestinations(value)
        else SERVICE_FIELDS.checkName('service', name)
    }
  }
  return {
    protocol,
    address,
    port,
    fwmark,
    family,
    scheduler,
    schedulerFlags,
    onePacket,
    persistence,
    persistenceEngine,
  }
}
