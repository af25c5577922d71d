import type { Family } from '../../netlink/wire/address.ts'
import type { Statistics } from './statistics.ts'
import type { Tunnel } from './tunnel.ts'

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

/** Identifies a destination of a virtual service. */
export interface DestinationKey {
  /** Address of the real server, IPv4 or IPv6. IPVS_DEST_ATTR_ADDR. */
  readonly address: string
  /**
   * Default: the service's port, 0 under a firewall mark. Only `nat` can reach a port other than the service's.
   * IPVS_DEST_ATTR_PORT.
   */
  readonly port?: number | undefined
  /** Derived from the address; always present in a destination that was read. IPVS_DEST_ATTR_ADDR_FAMILY. */
  readonly family?: Family | undefined
}

/** The settings of a destination except for forwarding. */
export interface DestinationLimits {
  /** Share of the connections, 0 to 2147483647; with 0 it gets no new ones. Default 1. ipvsadm `-w`; IPVS_DEST_ATTR_WEIGHT. */
  readonly weight?: number | undefined
  /**
   * Number of connections above which it gets no new ones; 0, the default, means no limit. ipvsadm `-x`;
   * IPVS_DEST_ATTR_U_THRESH.
   */
  readonly upperThreshold?: number | undefined
  /**
   * Number of connections below which it gets new ones again, at most `upperThreshold`; 0, the default, means three quarters of
   * `upperThreshold`. ipvsadm `-y`; IPVS_DEST_ATTR_L_THRESH.
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
      /** A number occurs only in a destination that was read: a method for which this library has no name. */
      readonly forwarding: Exclude<ForwardingMethod, 'tun'> | number
      /** Not used by this variant. */
      readonly tunnel?: null | undefined
    }

/** A destination to add. */
export type DestinationInput = DestinationKey & DestinationLimits & Forwarding

/** Changes of a destination; omitted settings keep their values. */
export type DestinationChanges = DestinationKey &
  DestinationLimits &
  (
    | Forwarding
    | {
        /** Unchanged. */
        readonly forwarding?: undefined
        /** Only for a destination with forwarding `tun`. */
        readonly tunnel?: Tunnel | null | undefined
      }
  )

/** A destination that was read; it can be edited and written back. */
export type Destination = Required<DestinationKey> &
  Required<DestinationLimits> &
  Forwarding & {
    /** Port of the real server. */
    readonly port: number
    /** Address family of the real server. */
    readonly family: Family
    /** Share of the connections; with 0 it gets no new ones. */
    readonly weight: number
    /** Number of connections above which it gets no new ones; 0 for no limit. */
    readonly upperThreshold: number
    /** Number of connections below which it gets new ones again; 0 for three quarters of `upperThreshold`. */
    readonly lowerThreshold: number
    /** The tunnel with forwarding `tun`, else `null`. */
    readonly tunnel: Tunnel | null
    /** Connections in use (TCP: established). Counted live, and not reset by `zero`. ipvsadm `ActiveConn`. */
    readonly activeConnections: number
    /** Connections in any other state. ipvsadm `InActConn`. */
    readonly inactiveConnections: number
    /** Persistence templates that point here. ipvsadm `PersistConn`. */
    readonly persistentConnections: number
    /** Counters, sampled every two seconds. */
    readonly statistics: Statistics
  }

/** The largest weight and threshold. */
export const MAXIMUM = 2 ** 31 - 1

/** A key with all fields. */
export interface CheckedDestinationKey {
  readonly address: string
  readonly port: number
  readonly family: Family
}
