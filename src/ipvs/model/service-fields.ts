import { KnownFields } from '../../netlink/arguments/known-fields.ts'
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
const KNOWN_FIELDS = new KnownFields([
  ...['protocol', 'address', 'port', 'fwmark', 'family'],
  ...SETTINGS,
  ...['statistics', 'destinations'],
])

/** Refuses a misspelled setting. */
export function checkServiceFields(settings: unknown): void {
  KNOWN_FIELDS.check('service', settings)
}

/** The fields of a service, of which none is misspelled. */
export function readServiceFields(given: ServiceSettings): ServiceSettings & Partial<ServiceKey> {
  KNOWN_FIELDS.check('service', given)
  return given
}
