import { isPlainObject, KnownFields } from '../../netlink/arguments/check.ts'
import type { DestinationChanges } from './destination.ts'

/** The fields of a destination, as given by a caller or as read. */
export const DESTINATION_FIELDS = new KnownFields([
  ...['address', 'port', 'family'],
  ...['forwarding', 'weight', 'upperThreshold', 'lowerThreshold', 'tunnel'],
  ...['activeConnections', 'inactiveConnections', 'persistentConnections', 'statistics'],
])

/**
 * Copies a destination, so that each field of the caller's object is read once: the checked value must be the one that is sent.
 *
 * @throws {UnknownFieldError} for a field that a destination does not have.
 */
export function copyDestination<T extends DestinationChanges>(given: T): T {
  return (isPlainObject(given) ? copyPlainObject(given) : copyAnyObject(given)) as T
}

/** Getters of a class are not enumerable, so they are read by name. */
function copyAnyObject(given: DestinationChanges) {
  DESTINATION_FIELDS.check('destination', given)
  const { address, port, family, forwarding, weight, upperThreshold, lowerThreshold, tunnel } = given
  return {
    ...{ address, port, family, forwarding, weight, upperThreshold, lowerThreshold },
    tunnel: typeof tunnel === 'object' && tunnel !== null ? { ...tunnel } : tunnel,
  }
}

/**
 * Reads only the fields that the object has. Objects of callers have many hidden classes, so that V8 looks up each field by name
 * (`docs/design/performance.md`).
 */
function copyPlainObject(given: DestinationChanges) {
  let address: unknown
  let port: unknown
  let family: unknown
  let forwarding: unknown
  let weight: unknown
  let upperThreshold: unknown
  let lowerThreshold: unknown
  let tunnel: unknown
  for (const name in given) {
    const value: unknown = given[name as keyof DestinationChanges]
    switch (name) {
      case 'address':
        address = value
        break
      case 'port':
        port = value
        break
      case 'family':
        family = value
        break
      case 'forwarding':
        forwarding = value
        break
      case 'weight':
        weight = value
        break
      case 'upperThreshold':
        upperThreshold = value
        break
      case 'lowerThreshold':
        lowerThreshold = value
        break
      case 'tunnel':
        tunnel = typeof value === 'object' && value !== null ? { ...value } : value
        break
      default:
        DESTINATION_FIELDS.checkName('destination', name)
    }
  }
  return { address, port, family, forwarding, weight, upperThreshold, lowerThreshold, tunnel }
}
