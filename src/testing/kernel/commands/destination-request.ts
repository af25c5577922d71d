import { COMMAND, DESTINATION } from '../../../ipvs/protocol/attributes.ts'
import { IP_VS_CONN_F_FWD_MASK } from '../../../ipvs/protocol/uapi.ts'
import { AttributeSet } from '../../../netlink/wire/attributes.ts'
import type { DestinationIdentity, DestinationSettings } from '../../ipvs/destination-record.ts'
import { inFamily, isFamily, readInetAddress } from '../../ipvs/inet-address.ts'
import type { ServiceRecord } from '../../ipvs/service-record.ts'
import { KernelErrno } from '../../wire/kernel-errno.ts'
import { DESTINATION_POLICY, findViolation } from '../../wire/policy.ts'

type CommandAttributes = AttributeSet<(typeof COMMAND)['fields']>

const { fields } = DESTINATION
const set = new AttributeSet(DESTINATION)

/** Reads what DEL_DEST needs (ip_vs_genl_parse_dest, ip_vs_genl_set_cmd). */
export function readDestinationIdentity(
  command: CommandAttributes,
  service: ServiceRecord,
): DestinationIdentity {
  read(command)
  return identity(service)
}

/** Reads what NEW_DEST and SET_DEST need. */
export function readDestinationRequest(
  command: CommandAttributes,
  service: ServiceRecord,
): DestinationIdentity & DestinationSettings {
  read(command)
  const forwarding = set.u32(fields.forwarding)
  const weight = set.i32(fields.weight)
  const upperThreshold = set.u32(fields.upperThreshold)
  const lowerThreshold = set.u32(fields.lowerThreshold)
  if (
    forwarding === undefined ||
    weight === undefined ||
    upperThreshold === undefined ||
    lowerThreshold === undefined
  ) {
    throw new KernelErrno('EINVAL')
  }
  const { family, address, port } = identity(service)
  return {
    family,
    address,
    port,
    forwarding: forwarding & IP_VS_CONN_F_FWD_MASK,
    weight,
    upperThreshold,
    lowerThreshold,
    tunnelType: set.get(fields.tunnelType) ?? 0,
    tunnelPort: set.get(fields.tunnelPort) ?? 0,
    tunnelFlags: set.get(fields.tunnelFlags) ?? 0,
  }
}

function read(command: CommandAttributes): void {
  const field = COMMAND.fields.destination
  const start = command.offsetOf(field)
  const end = start + command.lengthOf(field)
  if (start === 0 || findViolation(command.view, start, end, DESTINATION_POLICY) !== undefined) {
    throw new KernelErrno('EINVAL')
  }
  set.read(command.view, start, end)
  if (!set.has(fields.address) || !set.has(fields.port)) throw new KernelErrno('EINVAL')
}

/** A family that is 0 or missing is that of the service. */
function identity(service: ServiceRecord): DestinationIdentity {
  const family = set.u16(fields.family) || service.family
  if (!isFamily(family)) throw new KernelErrno('EAFNOSUPPORT')
  const address = readInetAddress(set.view, set.offsetOf(fields.address), set.lengthOf(fields.address))
  return { family, address: inFamily(family, address), port: set.u16be(fields.port) ?? 0 }
}
