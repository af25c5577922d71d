import type { Family } from '../netlink/address.ts'
import { KnownFields } from '../netlink/known-fields.ts'
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
  const values = given as Readonly<Record<string, unknown>>
  for (const name in values) {
    switch (name) {
      case 'protocol':
        fields.protocol = values[name] as Protocol
        break
      case 'address':
        fields.address = values[name] as string
        break
      case 'port':
        fields.port = values[name] as number
        break
      case 'fwmark':
        fields.fwmark = values[name] as number
        break
      case 'family':
        fields.family = values[name] as Family
        break
      case 'scheduler':
        fields.scheduler = values[name] as Scheduler
        break
      case 'schedulerFlags':
        fields.schedulerFlags = values[name] as SchedulerFlag[]
        break
      case 'onePacket':
        fields.onePacket = values[name] as boolean
        break
      case 'persistence':
        fields.persistence = values[name] as Persistence
        break
      case 'persistenceEngine':
        fields.persistenceEngine = values[name] as string
        break
      default:
        KNOWN_FIELDS.check('service', given)
    }
  }
  return fields as ServiceSettings & Partial<ServiceKey>
}
