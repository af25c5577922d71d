import { KnownFields } from '../../netlink/arguments/known-fields.ts'
import type { Family } from '../../netlink/wire/address.ts'
import type { Persistence } from './persistence.ts'
import type { Scheduler, SchedulerFlag } from './scheduler.ts'
import type { ServiceSettings } from './service.ts'
import type { Protocol, ServiceKey } from './service-key.ts'

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

/** What a service may be given, in an object of one shape. */
class ServiceFields {
  protocol: Protocol | number | undefined
  address: string | undefined
  port: number | undefined
  fwmark: number | undefined
  family: Family | undefined
  scheduler: Scheduler | undefined
  schedulerFlags: readonly SchedulerFlag[] | undefined
  onePacket: boolean | undefined
  persistence: Persistence | null | undefined
  persistenceEngine: string | null | undefined
}

/**
 * The fields of a service, of which none is misspelled. Of an object that was made as `{ ...key, scheduler }` V8 has to find
 * each field anew, for each such object has a hidden class of its own: one walk takes a fourth of the time of asking for one
 * after another. Other objects than plain ones may hide what they have from a walk.
 */
export function readServiceFields(given: ServiceSettings): ServiceSettings & Partial<ServiceKey> {
  if (typeof given !== 'object' || given === null || Object.getPrototypeOf(given) !== Object.prototype) {
    KNOWN_FIELDS.check('service', given)
    return given
  }
  const fields = new ServiceFields()
  for (const name in given) {
    if (Object.hasOwn(fields, name))
      fields[name as keyof ServiceFields] = given[name as keyof ServiceSettings] as never
    else KNOWN_FIELDS.check('service', given)
  }
  return fields as ServiceSettings & Partial<ServiceKey>
}
