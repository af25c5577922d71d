import { ArgumentRangeError, ArgumentTypeError } from '../errors.ts'
import { canonicalIPv6, FAMILY_NUMBER, type Family, writeAddress } from '../netlink/address.ts'
import { attributeBlock } from '../netlink/attribute-block.ts'
import type { AttributeSet } from '../netlink/attributes.ts'
import { LITTLE_ENDIAN, type WireWriter } from '../netlink/wire.ts'
import { DESTINATION } from './attributes.ts'
import { byNumber, checkAddress, checkFamily, checkInteger, checkPort, checkWord, wordFor } from './check.ts'
import { KnownFields } from './known-fields.ts'
import { readAddressField, readFamily } from './service-key.ts'
import { readStatistics, type Statistics } from './statistics.ts'
import { checkTunnel, PLAIN_TUNNEL, readTunnel, type Tunnel } from './tunnel.ts'
import { IP_VS_CONN_F_FWD_MASK } from './uapi.ts'

/** Forwarding methods by their number (IP_VS_CONN_F_*). */
export const FORWARDING_METHODS = { nat: 0, local: 1, tun: 2, dr: 3, bypass: 4 } as const satisfies Record<
  ForwardingMethod,
  number
>
/**
 * How packets reach a destination: `dr` direct routing (ipvsadm `-g`), `nat` masquerading (`-m`), `tun` tunnelling (`-i`).
 * The kernel also knows `local` (this host itself) and `bypass`. IPVS_DEST_ATTR_FWD_METHOD.
 */
export type ForwardingMethod = 'dr' | 'nat' | 'tun' | 'local' | 'bypass'

/** What tells one destination of a virtual service from another. */
export interface DestinationKey {
  /** Address of the real server, IPv4 or IPv6. IPVS_DEST_ATTR_ADDR. */
  readonly address: string
  /**
   * Default: the service's port, 0 under a firewall mark. Only `nat` can reach another port than the service's.
   * IPVS_DEST_ATTR_PORT.
   */
  readonly port?: number | undefined
  /** Follows from the address; always there in what was read. IPVS_DEST_ATTR_ADDR_FAMILY. */
  readonly family?: Family | undefined
}

/** What can be chosen about a destination, its way of forwarding apart. */
export interface DestinationLimits {
  /** Share of the connections, 0 to 2147483647; 0 gives it no new ones. Default 1. ipvsadm `-w`; IPVS_DEST_ATTR_WEIGHT. */
  readonly weight?: number | undefined
  /** Connections above which it gets no new ones; 0 for no limit, the default. ipvsadm `-x`; IPVS_DEST_ATTR_U_THRESH. */
  readonly upperThreshold?: number | undefined
  /**
   * Connections below which it gets new ones again, at most `upperThreshold`; 0, the default, stands for three quarters
   * of that. ipvsadm `-y`; IPVS_DEST_ATTR_L_THRESH.
   */
  readonly lowerThreshold?: number | undefined
}

/** How packets reach a destination; only `tun` has a tunnel. */
export type Forwarding =
  | {
      /** Tunnelling. ipvsadm `-i`. */
      readonly forwarding: 'tun'
      /** Default `{ type: 'ipip' }`. */
      readonly tunnel?: Tunnel | null | undefined
    }
  | {
      /** A number is only found in what was read: a method that has no name here. */
      readonly forwarding: Exclude<ForwardingMethod, 'tun'> | number
      /** There is none. */
      readonly tunnel?: null | undefined
    }

/** A destination to be made. */
export type DestinationInput = DestinationKey & DestinationLimits & Forwarding

/** A destination to be changed: only what is named changes. */
export type DestinationChanges = DestinationKey &
  DestinationLimits &
  (
    | Forwarding
    | {
        /** Left as it is. */
        readonly forwarding?: undefined
        /** Only for a destination with forwarding `tun`. */
        readonly tunnel?: Tunnel | null | undefined
      }
  )

/** A destination as it is read; it can be edited and written back. */
export type Destination = Required<DestinationKey> &
  Required<DestinationLimits> &
  Forwarding & {
    /** Port of the real server. */
    readonly port: number
    /** Address family of the real server. */
    readonly family: Family
    /** Share of the connections; 0 when it gets no new ones. */
    readonly weight: number
    /** Connections above which it gets no new ones; 0 for no limit. */
    readonly upperThreshold: number
    /** Connections below which it gets new ones again; 0 for three quarters of `upperThreshold`. */
    readonly lowerThreshold: number
    /** The tunnel with forwarding `tun`, else `null`. */
    readonly tunnel: Tunnel | null
    /** Connections in use (TCP: established). Counted live, and not reset by zeroing. ipvsadm `ActiveConn`. */
    readonly activeConnections: number
    /** Connections in any other state. ipvsadm `InActConn`. */
    readonly inactiveConnections: number
    /** Persistence templates that point here. ipvsadm `PersistConn`. */
    readonly persistentConnections: number
    /** Counters, sampled every two seconds. */
    readonly statistics: Statistics
  }

/** A key with nothing left open. */
export interface CheckedDestinationKey {
  readonly address: string
  readonly port: number
  readonly family: Family
}

const { fields } = DESTINATION

const KNOWN_FIELDS = new KnownFields([
  ...['address', 'port', 'family'],
  ...['forwarding', 'weight', 'upperThreshold', 'lowerThreshold', 'tunnel'],
  ...['activeConnections', 'inactiveConnections', 'persistentConnections', 'statistics'],
])
const FORWARDING_WORDS = byNumber(FORWARDING_METHODS)
const MAXIMUM = 2 ** 31 - 1

/** Checks what identifies a destination; `defaultPort` is that of its service. */
export function checkDestinationKey(key: DestinationKey, defaultPort: number): CheckedDestinationKey {
  KNOWN_FIELDS.check('destination', key)
  const { address, port = defaultPort } = key
  const family = checkAddress('destination.address', address)
  if (key.family !== undefined && checkFamily('destination.family', key.family) !== family) {
    throw new ArgumentRangeError('destination.family', `${family}, as the address is`, key.family)
  }
  const text = family === 'ipv4' ? address : canonicalIPv6(address)
  return { address: text, port: checkPort('destination.port', port), family }
}

/** Whether changes leave nothing open, so that a destination can be set without reading it first. */
export function isWholeDestination(changes: DestinationChanges): changes is DestinationInput {
  const { forwarding, weight, upperThreshold, lowerThreshold, tunnel } = changes
  return (
    forwarding !== undefined &&
    weight !== undefined &&
    upperThreshold !== undefined &&
    lowerThreshold !== undefined &&
    (forwarding !== 'tun' || (tunnel !== undefined && tunnel !== null))
  )
}

/**
 * Settings that are valid if these changes are valid by themselves: with what fits any value in the place of what they
 * leave open.
 */
export function onItsOwn(changes: DestinationChanges): DestinationInput {
  return {
    ...changes,
    forwarding: changes.forwarding === undefined ? 'tun' : changes.forwarding,
    upperThreshold: changes.upperThreshold === undefined ? MAXIMUM : changes.upperThreshold,
  } as DestinationInput
}

/** What a destination becomes when `changes` are made to it; what they do not name stays. */
export function mergeDestination(current: Destination, changes: DestinationChanges): DestinationInput {
  const forwarding = changes.forwarding === undefined ? current.forwarding : changes.forwarding
  const tunnel =
    changes.tunnel === undefined && forwarding === 'tun' ? current.tunnel : (changes.tunnel ?? null)
  return {
    weight: changes.weight ?? current.weight,
    upperThreshold: changes.upperThreshold ?? current.upperThreshold,
    lowerThreshold: changes.lowerThreshold ?? current.lowerThreshold,
    address: current.address,
    port: current.port,
    forwarding,
    tunnel,
  } as DestinationInput
}

const KEY = { address: new Uint8Array(16), port: 0, family: 0 }
const KEY_BLOCK = attributeBlock(DESTINATION, KEY)
const BLOCK = attributeBlock(DESTINATION, {
  ...KEY,
  ...{ forwarding: 0, weight: 0, upperThreshold: 0, lowerThreshold: 0 },
  ...{ tunnelType: 0, tunnelPort: 0, tunnelFlags: 0 },
})

export function writeDestinationKey(writer: WireWriter, key: CheckedDestinationKey): void {
  fillKey(writer.view, writer.append(KEY_BLOCK.bytes), KEY_BLOCK.at, key)
}

function fillKey(
  view: DataView,
  start: number,
  at: (typeof KEY_BLOCK)['at'],
  { address, port, family }: CheckedDestinationKey,
): void {
  writeAddress(view, start + at.address, address, family)
  view.setUint16(start + at.port, port)
  view.setUint16(start + at.family, FAMILY_NUMBER[family], LITTLE_ENDIAN)
}

/** Checks and writes a whole destination (what NEW_DEST and SET_DEST need). */
export function writeDestination(
  writer: WireWriter,
  key: CheckedDestinationKey,
  settings: DestinationLimits & Forwarding,
  serviceFamily: Family,
): void {
  const { forwarding, weight = 1, upperThreshold = 0, lowerThreshold = 0, tunnel } = settings
  const method = checkWord('destination.forwarding', forwarding, FORWARDING_METHODS, IP_VS_CONN_F_FWD_MASK)
  if (key.family !== serviceFamily && method !== FORWARDING_METHODS.tun) {
    throw new ArgumentTypeError(
      'destination.forwarding',
      `'tun': an ${key.family} destination of an ${serviceFamily} service can only be reached through a tunnel`,
      forwarding,
    )
  }
  checkInteger('destination.weight', weight, 0, MAXIMUM)
  checkInteger('destination.upperThreshold', upperThreshold, 0, MAXIMUM)
  checkInteger('destination.lowerThreshold', lowerThreshold, 0, MAXIMUM)
  if (lowerThreshold > upperThreshold) {
    throw new ArgumentRangeError(
      'destination.lowerThreshold',
      `at most upperThreshold (${upperThreshold})`,
      lowerThreshold,
    )
  }
  const { type, port, checksum } = tunnelOf(method, tunnel)
  const { at } = BLOCK
  const start = writer.append(BLOCK.bytes)
  const { view } = writer
  fillKey(view, start, at, key)
  view.setUint32(start + at.forwarding, method, LITTLE_ENDIAN)
  view.setInt32(start + at.weight, weight, LITTLE_ENDIAN)
  view.setUint32(start + at.upperThreshold, upperThreshold, LITTLE_ENDIAN)
  view.setUint32(start + at.lowerThreshold, lowerThreshold, LITTLE_ENDIAN)
  view.setUint8(start + at.tunnelType, type)
  view.setUint16(start + at.tunnelPort, port)
  view.setUint16(start + at.tunnelFlags, checksum, LITTLE_ENDIAN)
}

function tunnelOf(method: number, tunnel: Tunnel | null | undefined) {
  if (tunnel === undefined || tunnel === null) return PLAIN_TUNNEL
  if (method === FORWARDING_METHODS.tun) return checkTunnel(tunnel)
  throw new ArgumentTypeError('destination.tunnel', "left out unless forwarding is 'tun'", tunnel)
}

/** Reads a destination out of a reply, or out of a request. `serviceFamily` counts where it names none. */
export function readDestination(
  destination: AttributeSet<typeof fields>,
  serviceFamily: Family,
): Destination {
  const number = destination.u16(fields.family)
  const family = number === undefined || number === 0 ? serviceFamily : readFamily(number)
  const forwarding = wordFor(
    destination.present(fields.forwarding, destination.u32(fields.forwarding)) & IP_VS_CONN_F_FWD_MASK,
    FORWARDING_WORDS,
  )
  return {
    address: readAddressField(destination, fields.address, family),
    port: destination.present(fields.port, destination.u16be(fields.port)),
    family,
    forwarding,
    weight: destination.present(fields.weight, destination.i32(fields.weight)),
    upperThreshold: destination.u32(fields.upperThreshold) ?? 0,
    lowerThreshold: destination.u32(fields.lowerThreshold) ?? 0,
    tunnel:
      forwarding === 'tun'
        ? readTunnel({
            type: destination.get(fields.tunnelType) ?? 0,
            port: destination.get(fields.tunnelPort) ?? 0,
            checksum: destination.get(fields.tunnelFlags) ?? 0,
          })
        : null,
    activeConnections: destination.u32(fields.activeConnections) ?? 0,
    inactiveConnections: destination.u32(fields.inactiveConnections) ?? 0,
    persistentConnections: destination.u32(fields.persistentConnections) ?? 0,
    statistics: readStatistics(destination, fields.statistics, fields.statistics64),
  } as Destination
}
