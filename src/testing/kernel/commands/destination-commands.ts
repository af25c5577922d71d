import { FORWARDING_METHODS } from '../../../ipvs/model/destination.ts'
import type { COMMAND } from '../../../ipvs/protocol/attributes.ts'
import type { AttributeSet } from '../../../netlink/wire/attributes.ts'
import { isUnicast } from '../../ipvs/address-type.ts'
import {
  type DestinationIdentity,
  DestinationRecord,
  type DestinationSettings,
} from '../../ipvs/destination-record.ts'
import type { NetworkNamespace } from '../../ipvs/namespace.ts'
import type { ServiceRecord } from '../../ipvs/service-record.ts'
import { KernelErrno } from '../../wire/kernel-errno.ts'
import { readDestinationIdentity, readDestinationRequest } from './destination-request.ts'
import { namedService } from './service-commands.ts'

type CommandAttributes = AttributeSet<(typeof COMMAND)['fields']>
type WholeDestination = DestinationIdentity & DestinationSettings

/** IP_VS_CONN_F_TUNNEL_TYPE_GUE. */
const GUE = 1
const INT_MAX = 0x7fff_ffff

/** NEW_DEST (ip_vs_add_dest). A destination that was removed recently is restored without a check of its address. */
export function addDestination(namespace: NetworkNamespace, command: CommandAttributes): void {
  const service = namedService(namespace, command)
  const whole = readChecked(namespace, service, command)
  const { family, address, port } = whole
  if (service.find(family, address, port) !== undefined) throw new KernelErrno('EEXIST')
  const kept = namespace.trash.take(service, family, address, port)
  if (kept !== undefined) {
    // Counters belong to the service for which they were counted; connections continue.
    if (kept.owner !== service) kept.counters = undefined
    kept.owner = service
  } else if (!isUnicast(family, address, namespace.networks)) {
    throw new KernelErrno('EINVAL')
  }
  const destination = kept ?? new DestinationRecord(service, whole)
  destination.set(whole, namespace.profile)
  destination.lastWeight = whole.weight
  namespace.addDestination(service, destination)
}

/** SET_DEST (ip_vs_edit_dest): replaces all settings, and keeps the position in the list. */
export function setDestination(namespace: NetworkNamespace, command: CommandAttributes): void {
  const service = namedService(namespace, command)
  const whole = readChecked(namespace, service, command)
  const { family, address, port } = whole
  const destination = service.find(family, address, port)
  if (destination === undefined) throw new KernelErrno('ENOENT')
  destination.set(whole, namespace.profile)
  service.schedulerState?.changed?.()
}

/** DEL_DEST (ip_vs_del_dest). */
export function removeDestination(namespace: NetworkNamespace, command: CommandAttributes): void {
  const service = namedService(namespace, command)
  const { family, address, port } = readDestinationIdentity(command, service)
  const destination = service.find(family, address, port)
  if (destination === undefined) throw new KernelErrno('ENOENT')
  namespace.removeDestination(service, destination)
}

/** Reads a request, with the checks that NEW_DEST and SET_DEST make before they look for the destination. */
function readChecked(
  namespace: NetworkNamespace,
  service: ServiceRecord,
  command: CommandAttributes,
): WholeDestination {
  const whole = readDestinationRequest(command, service)
  const { family, forwarding, weight, upperThreshold, lowerThreshold, tunnelType, tunnelPort } = whole
  if (family !== service.family) {
    // Messages between daemons have room for one family only.
    if (namespace.daemons.length > 0) throw new KernelErrno('EINVAL')
    if (forwarding !== FORWARDING_METHODS.tun) throw new KernelErrno('EINVAL')
  }
  if (weight < 0) throw new KernelErrno('ERANGE')
  if (lowerThreshold > upperThreshold) throw new KernelErrno('ERANGE')
  if (namespace.profile.limitsThresholds && upperThreshold > INT_MAX) throw new KernelErrno('EINVAL')
  if (tunnelType === GUE && tunnelPort === 0) throw new KernelErrno('EINVAL')
  return whole
}
