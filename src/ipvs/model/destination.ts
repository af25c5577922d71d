import { ArgumentRangeError, ArgumentTypeError } from '../../errors.ts'
import { checkAddress, checkFamily, checkInteger, checkPort } from '../../netlink/arguments/check.ts'
import { EnumMap } from '../../netlink/arguments/enum-map.ts'
import { KnownFields } from '../../netlink/arguments/known-fields.ts'
import { canonicalIPv6, type Family } from '../../netlink/wire/address.ts'
import { IP_VS_CONN_F_FWD_MASK } from '../protocol/uapi.ts'
import type { Statistics } from './statistics.ts'
import { checkTunnel, PLAIN_TUNNEL, type Tunnel, type TunnelNumbers } from './tunnel.ts'

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

/** The same, both ways. */
export const FORWARDING_ENUM = new EnumMap<ForwardingMethod>(FORWARDING_METHODS)

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

/** What a destination may have, as it is given or as it was read. */
export const DESTINATION_FIELDS = new KnownFields([
  ...['address', 'port', 'family'],
  ...['forwarding', 'weight', 'upperThreshold', 'lowerThreshold', 'tunnel'],
  ...['activeConnections', 'inactiveConnections', 'persistentConnections', 'statistics'],
])
/** The largest weight and threshold. */
export const MAXIMUM = 2 ** 31 - 1

/** Checks the address of a destination whose fields have been checked, and gives its family. */
export function checkDestinationAddress(key: DestinationKey): Family {
  const family = checkAddress('destination.address', key.address)
  if (key.family !== undefined && checkFamily('destination.family', key.family) !== family) {
    throw new ArgumentRangeError('destination.family', `${family}, as the address is`, key.family)
  }
  return family
}

/** Checks what identifies a destination; `defaultPort` is that of its service. */
export function checkDestinationKey(key: DestinationKey, defaultPort: number): CheckedDestinationKey {
  DESTINATION_FIELDS.check('destination', key)
  const family = checkDestinationAddress(key)
  const { address, port = defaultPort } = key
  const text = family === 'ipv4' ? address : canonicalIPv6(address)
  return { address: text, port: checkPort('destination.port', port), family }
}

/** The settings of a destination as they go to the kernel. */
export interface DestinationNumbers {
  readonly method: number
  readonly weight: number
  readonly upperThreshold: number
  readonly lowerThreshold: number
  readonly tunnel: TunnelNumbers
}

/** Checks the settings of a destination, each by itself and those that must go together. */
export function checkDestinationSettings(
  settings: DestinationLimits & Forwarding,
  family: Family,
  serviceFamily: Family,
): DestinationNumbers {
  const { forwarding, weight = 1, upperThreshold = 0, lowerThreshold = 0, tunnel } = settings
  const method = FORWARDING_ENUM.parse('destination.forwarding', forwarding, IP_VS_CONN_F_FWD_MASK)
  const plain = tunnel === undefined || tunnel === null
  if (method !== FORWARDING_METHODS.tun) {
    if (family !== serviceFamily) {
      throw new ArgumentTypeError(
        'destination.forwarding',
        `'tun': an ${family} destination of an ${serviceFamily} service can only be reached through a tunnel`,
        forwarding,
      )
    }
    if (!plain)
      throw new ArgumentTypeError('destination.tunnel', "left out unless forwarding is 'tun'", tunnel)
  }
  checkWeight(weight)
  checkInteger('destination.upperThreshold', upperThreshold, 0, MAXIMUM)
  checkInteger('destination.lowerThreshold', lowerThreshold, 0, MAXIMUM)
  if (lowerThreshold > upperThreshold) {
    throw new ArgumentRangeError(
      'destination.lowerThreshold',
      `at most upperThreshold (${upperThreshold})`,
      lowerThreshold,
    )
  }
  return {
    method,
    weight,
    upperThreshold,
    lowerThreshold,
    tunnel: plain ? PLAIN_TUNNEL : checkTunnel(tunnel),
  }
}

export function checkWeight(weight: unknown): number {
  return checkInteger('destination.weight', weight, 0, MAXIMUM)
}

/** Whether changes leave nothing open, so that a destination can be set without reading it first. */
export function isCompleteDestination(changes: DestinationChanges): changes is DestinationInput {
  if (typeof changes !== 'object' || changes === null) return false
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
export function withPlaceholders(changes: DestinationChanges): DestinationInput {
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
