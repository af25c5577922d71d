import type { COMMAND } from '../../ipvs/protocol/attributes.ts'
import { FORWARDING_METHODS } from '../../ipvs/model/destination.ts'
import type { AttributeSet } from '../../netlink/wire/attributes.ts'
import { isUnicast } from '../ipvs/address-type.ts'
import {
  type DestinationIdentity,
  DestinationRecord,
  type DestinationSettings,
} from '../ipvs/destination-record.ts'
import { readDestinationIdentity, readWholeDestination } from './destination-request.ts'
import type { Namespace } from '../ipvs/namespace.ts'
import { Refused } from '../wire/kernel-errno.ts'
import { namedService } from './service-commands.ts'
import type { ServiceRecord } from '../ipvs/service-record.ts'

type CommandAttributes = AttributeSet<(typeof COMMAND)['fields']>
type WholeDestination = DestinationIdentity & DestinationSettings

/** IP_VS_CONN_F_TUNNEL_TYPE_GUE. */
const GUE = 1
const INT_MAX = 0x7fff_ffff

/** NEW_DEST (ip_vs_add_dest). One that was removed a short while ago comes back, its address unchecked. */
export function addDestination(namespace: Namespace, command: CommandAttributes): void {
  const service = namedService(namespace, command)
  const whole = readChecked(namespace, service, command)
  const { family, address, port } = whole
  if (service.find(family, address, port) !== undefined) throw new Refused('EEXIST')
  const kept = namespace.trash.take(service, family, address, port)
  if (kept !== undefined) {
    // Counters belong to the service that they were counted for; connections go on.
    if (kept.owner !== service) kept.counters = undefined
    kept.owner = service
  } else if (!isUnicast(family, address, namespace.networks)) {
    throw new Refused('EINVAL')
  }
  const destination = kept ?? new DestinationRecord(service, whole)
  destination.set(whole, namespace.profile)
  destination.lastWeight = whole.weight
  namespace.addDestination(service, destination)
}

/** SET_DEST (ip_vs_edit_dest): replaces everything, keeps the place in the list. */
export function setDestination(namespace: Namespace, command: CommandAttributes): void {
  const service = namedService(namespace, command)
  const whole = readChecked(namespace, service, command)
  const { family, address, port } = whole
  const destination = service.find(family, address, port)
  if (destination === undefined) throw new Refused('ENOENT')
  destination.set(whole, namespace.profile)
  service.schedulerState?.changed?.()
}

/** DEL_DEST (ip_vs_del_dest). */
export function removeDestination(namespace: Namespace, command: CommandAttributes): void {
  const service = namedService(namespace, command)
  const { family, address, port } = readDestinationIdentity(command, service)
  const destination = service.find(family, address, port)
  if (destination === undefined) throw new Refused('ENOENT')
  namespace.removeDestination(service, destination)
}

/** What NEW_DEST and SET_DEST look at before they look for the destination. */
function readChecked(
  namespace: Namespace,
  service: ServiceRecord,
  command: CommandAttributes,
): WholeDestination {
  const whole = readWholeDestination(command, service)
  const { family, forwarding, weight, upperThreshold, lowerThreshold, tunnelType, tunnelPort } = whole
  if (family !== service.family) {
    // Messages between daemons have room for one family only.
    if (namespace.daemons.length > 0) throw new Refused('EINVAL')
    if (forwarding !== FORWARDING_METHODS.tun) throw new Refused('EINVAL')
  }
  if (weight < 0) throw new Refused('ERANGE')
  if (lowerThreshold > upperThreshold) throw new Refused('ERANGE')
  if (namespace.profile.limitsThresholds && upperThreshold > INT_MAX) throw new Refused('EINVAL')
  if (tunnelType === GUE && tunnelPort === 0) throw new Refused('EINVAL')
  return whole
}
