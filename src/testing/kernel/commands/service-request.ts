import { COMMAND, SERVICE } from '../../../ipvs/protocol/attributes.ts'
import { AttributeSet } from '../../../netlink/wire/attributes.ts'
import { LITTLE_ENDIAN } from '../../../netlink/wire/wire.ts'
import { inFamily, isFamily, NO_ADDRESS, readInetAddress } from '../../ipvs/inet-address.ts'
import type { NetworkNamespace } from '../../ipvs/namespace.ts'
import type { ServiceIdentity, ServiceRecord, ServiceRecordSettings } from '../../ipvs/service-record.ts'
import { KernelErrno } from '../../wire/kernel-errno.ts'
import { findViolation, SERVICE_POLICY } from '../../wire/policy.ts'

type CommandAttributes = AttributeSet<(typeof COMMAND)['fields']>

const { fields } = SERVICE
const set = new AttributeSet(SERVICE)
const IPPROTO_TCP = 6

/** Reads the key of the service that a request names (ip_vs_genl_parse_service). */
export function readServiceIdentity(command: CommandAttributes): ServiceIdentity {
  const field = COMMAND.fields.service
  const start = command.offsetOf(field)
  const end = start + command.lengthOf(field)
  if (start === 0 || findViolation(command.view, start, end, SERVICE_POLICY) !== undefined) {
    throw new KernelErrno('EINVAL')
  }
  set.read(command.view, start, end)
  const family = set.u16(fields.family)
  const marked = set.has(fields.fwmark)
  const addressed = set.has(fields.protocol) && set.has(fields.address) && set.has(fields.port)
  if (family === undefined || !(marked || addressed)) throw new KernelErrno('EINVAL')
  if (!isFamily(family)) throw new KernelErrno('EAFNOSUPPORT')
  // Mark 0 means TCP 0.0.0.0:0, not a mark.
  if (marked) {
    return {
      family,
      protocol: IPPROTO_TCP,
      address: NO_ADDRESS,
      port: 0,
      fwmark: set.u32(fields.fwmark) ?? 0,
    }
  }
  const address = readInetAddress(set.view, set.offsetOf(fields.address), set.lengthOf(fields.address))
  return {
    family,
    protocol: set.u16(fields.protocol) ?? 0,
    address: inFamily(family, address),
    port: set.u16be(fields.port) ?? 0,
    fwmark: 0,
  }
}

/** A request with all settings of a service, and the existing service with its key. */
export interface ServiceRequest {
  readonly identity: ServiceIdentity
  readonly found: ServiceRecord | undefined
  readonly settings: ServiceRecordSettings
}

/** Reads a request of NEW_SERVICE or SET_SERVICE; missing attributes are refused before anything else is checked. */
export function readServiceRequest(command: CommandAttributes, namespace: NetworkNamespace): ServiceRequest {
  const identity = readServiceIdentity(command)
  const found = namespace.find(identity)
  const timeout = set.u32(fields.timeout)
  const whole = set.has(fields.scheduler) && set.has(fields.flags) && set.has(fields.netmask)
  if (timeout === undefined || !whole) throw new KernelErrno('EINVAL')
  const [flags, mask] = readFlags()
  const before = found?.flags ?? 0
  return {
    identity,
    found,
    settings: {
      scheduler: set.get(fields.scheduler) ?? '',
      persistenceEngine: set.get(fields.persistenceEngine) ?? '',
      flags: ((before & ~mask) | (flags & mask)) >>> 0,
      // The kernel multiplies in 32 bits, and does not check for overflow.
      timeout: Math.imul(timeout, namespace.profile.ticksPerSecond) >>> 0,
      netmask: set.view.getUint32(set.offsetOf(fields.netmask), LITTLE_ENDIAN),
    },
  }
}

/** The flags and the mask of those to set; missing bytes count as zero. */
function readFlags(): [flags: number, mask: number] {
  const padded = new DataView(new ArrayBuffer(8))
  const offset = set.offsetOf(fields.flags)
  for (let index = 0; index < set.lengthOf(fields.flags); index++) {
    padded.setUint8(index, set.view.getUint8(offset + index))
  }
  return [padded.getUint32(0, LITTLE_ENDIAN), padded.getUint32(4, LITTLE_ENDIAN)]
}
