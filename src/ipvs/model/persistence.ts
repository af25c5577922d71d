import { ArgumentTypeError } from '../../errors.ts'
import { checkInteger, KnownFields } from '../../netlink/arguments/check.ts'
import { type Family, formatIPv4, parseIPv4 } from '../../netlink/wire/address.ts'
import { LITTLE_ENDIAN, malformed } from '../../netlink/wire/wire.ts'

/** Sends each client to the same destination as before. ipvsadm `-p`, `-M`. */
export interface Persistence {
  /**
   * Seconds for which the kernel remembers a client after its last connection. Default 360, as `-p` without a value in ipvsadm 1.31 (its man
   * page says 300). At most 4294967: the
   * kernel counts ticks in 32 bits, which wrap silently (ip_vs_genl_parse_service). IPVS_SVC_ATTR_TIMEOUT.
   */
  readonly timeout?: number | undefined
  /**
   * The mask of client addresses: clients in the same network count as one. IPv4: a dotted mask or a prefix length, default
   * `255.255.255.255`; IPv6: a prefix length from 1 to 128, default 128. IPVS_SVC_ATTR_NETMASK.
   */
  readonly mask?: string | number | undefined
}

/** Persistence that was read, with all settings and a dotted IPv4 mask. */
export interface PersistenceState extends Persistence {
  readonly timeout: number
  readonly mask: string | number
}

/** The kernel's form: seconds, and the four bytes of the mask attribute. */
export interface PersistenceNumbers {
  readonly timeout: number
  readonly netmask: Uint8Array
}

/** Seconds that persistence without a timeout means: everywhere the value of ipvsadm 1.31 and keepalived 2.2.7. */
export const DEFAULT_PERSISTENCE_TIMEOUT = 360
const MAXIMUM_TIMEOUT = 4_294_967
const KNOWN_FIELDS = new KnownFields(['timeout', 'mask'])

/** Without persistence the mask must be present and cover the whole address; the kernel refuses IPv6 otherwise. */
export function noPersistence(family: Family): PersistenceNumbers {
  return NO_PERSISTENCE[family]
}

export function checkPersistence(persistence: Persistence, family: Family): PersistenceNumbers {
  checkPersistenceFields(persistence)
  const { timeout = DEFAULT_PERSISTENCE_TIMEOUT, mask } = persistence
  checkInteger('persistence.timeout', timeout, 0, MAXIMUM_TIMEOUT)
  return { timeout, netmask: maskBytes(mask, family) }
}

/** Throws for an unknown field. */
export function checkPersistenceFields(persistence: Persistence): void {
  KNOWN_FIELDS.check('persistence', persistence)
}

export function readPersistence(timeout: number, netmask: Uint8Array, family: Family): PersistenceState {
  if (netmask.length < 4) throw malformed(`a netmask of ${netmask.length} bytes`)
  const view = new DataView(netmask.buffer, netmask.byteOffset, 4)
  return {
    timeout,
    mask: family === 'ipv4' ? formatIPv4(view.getUint32(0)) : view.getUint32(0, LITTLE_ENDIAN),
  }
}

/** Whether a mask, as it is read, covers the whole address, so that each client counts by itself. */
export function isWholeMask(mask: string | number): boolean {
  return mask === '255.255.255.255' || mask === 128
}

/** An IPv4 mask is sent in network order, an IPv6 prefix length in host order. */
function maskBytes(mask: string | number | undefined, family: Family): Uint8Array {
  const bytes = new Uint8Array(4)
  const view = new DataView(bytes.buffer)
  if (family === 'ipv6') {
    if (typeof mask === 'string') {
      throw new ArgumentTypeError('persistence.mask', 'a prefix length from 1 to 128', mask)
    }
    view.setUint32(
      0,
      checkInteger('persistence.mask', mask === undefined ? 128 : mask, 1, 128),
      LITTLE_ENDIAN,
    )
    return bytes
  }
  view.setUint32(0, maskNumber(mask === undefined ? 32 : mask))
  return bytes
}

function maskNumber(mask: string | number): number {
  if (typeof mask === 'number') {
    const length = checkInteger('persistence.mask', mask, 0, 32)
    return length === 0 ? 0 : (0xffff_ffff << (32 - length)) >>> 0
  }
  const number = parseIPv4(String(mask))
  if (number !== undefined) return number
  throw new ArgumentTypeError(
    'persistence.mask',
    "an IPv4 mask such as '255.255.255.0' or a prefix length",
    mask,
  )
}

const NO_PERSISTENCE: Readonly<Record<Family, PersistenceNumbers>> = {
  ipv4: { timeout: 0, netmask: maskBytes(undefined, 'ipv4') },
  ipv6: { timeout: 0, netmask: maskBytes(undefined, 'ipv6') },
}
