import type { COMMAND } from '../../../ipvs/protocol/attributes.ts'
import { IP_VS_SVC_F_HASHED } from '../../../ipvs/protocol/uapi.ts'
import type { AttributeSet } from '../../../netlink/wire/attributes.ts'
import { AF_INET6 } from '../../ipvs/inet-address.ts'
import type { NetworkNamespace } from '../../ipvs/namespace.ts'
import { type ServiceIdentity, ServiceRecord, type ServiceRecordSettings } from '../../ipvs/service-record.ts'
import { MAGLEV_PLACES } from '../../schedulers/maglev.ts'
import { SCHEDULER_FACTORIES } from '../../schedulers/table.ts'
import { KernelErrno } from '../../wire/kernel-errno.ts'
import { readServiceIdentity, readServiceRequest } from './service-request.ts'

type CommandAttributes = AttributeSet<(typeof COMMAND)['fields']>

/** `sip` is the only persistence engine. */
const PERSISTENCE_ENGINES = new Set(['', 'sip'])

/** Finds the service that a request names (ip_vs_genl_set_cmd). */
export function namedService(namespace: NetworkNamespace, command: CommandAttributes): ServiceRecord {
  const service = namespace.find(readServiceIdentity(command))
  if (service === undefined) throw new KernelErrno('ESRCH')
  return service
}

/** NEW_SERVICE (ip_vs_add_service). The kernel checks whether the service exists before it checks the settings. */
export function addService(namespace: NetworkNamespace, command: CommandAttributes): void {
  const { identity, found, settings } = readServiceRequest(command, namespace)
  if (found !== undefined) throw new KernelErrno('EEXIST')
  check(namespace, identity, settings)
  const service = new ServiceRecord(identity, hashed(settings))
  namespace.add(service)
  service.schedulerState = SCHEDULER_FACTORIES.get(settings.scheduler)?.(service)
}

/** SET_SERVICE (ip_vs_edit_service). */
export function setService(namespace: NetworkNamespace, command: CommandAttributes): void {
  const { identity, found, settings } = readServiceRequest(command, namespace)
  if (found === undefined) throw new KernelErrno('ESRCH')
  check(namespace, identity, settings)
  if (settings.scheduler === 'mh' && found.scheduler !== 'mh' && found.destinationCount > MAGLEV_PLACES) {
    throw new KernelErrno('EINVAL')
  }
  const another = settings.scheduler !== found.scheduler
  Object.assign(found, hashed(settings))
  if (another) found.schedulerState = SCHEDULER_FACTORIES.get(settings.scheduler)?.(found)
}

function check(
  namespace: NetworkNamespace,
  { family }: ServiceIdentity,
  settings: ServiceRecordSettings,
): void {
  const { scheduler, persistenceEngine, netmask } = settings
  if (scheduler !== 'none' && !namespace.profile.schedulers.includes(scheduler))
    throw new KernelErrno('ENOENT')
  if (!PERSISTENCE_ENGINES.has(persistenceEngine)) throw new KernelErrno('ENOENT')
  if (family === AF_INET6 && (netmask < 1 || netmask > 128)) throw new KernelErrno('EINVAL')
}

/** Adds the flag of a service that is in the table. */
function hashed(settings: ServiceRecordSettings): ServiceRecordSettings {
  return { ...settings, flags: (settings.flags | IP_VS_SVC_F_HASHED) >>> 0 }
}

/** DEL_SERVICE (ip_vs_del_service). */
export function removeService(namespace: NetworkNamespace, command: CommandAttributes): void {
  namespace.remove(namedService(namespace, command))
}

/** ZERO: resets the counters of one service and its destinations, or of all with the totals. */
export function zero(namespace: NetworkNamespace, command: CommandAttributes, one: boolean): void {
  const services = one ? [namedService(namespace, command)] : namespace.services
  for (const service of services) zeroService(service)
  if (!one) namespace.totals.zero()
}

function zeroService(service: ServiceRecord): void {
  service.counters?.zero()
  for (const destination of service.destinations) destination.counters?.zero()
}

/** FLUSH: removes every service, and keeps daemons, timeouts and connections. */
export function flush(namespace: NetworkNamespace): void {
  for (const service of namespace.services) namespace.remove(service)
}
