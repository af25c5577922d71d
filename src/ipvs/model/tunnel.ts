import { ArgumentTypeError } from '../../errors.ts'
import { checkInteger, EnumMap, KnownFields } from '../../netlink/arguments/check.ts'

/** Encapsulations by their number (IP_VS_CONN_F_TUNNEL_TYPE_*). */
export const TUNNEL_TYPES = { ipip: 0, gue: 1, gre: 2 } as const satisfies Record<TunnelType, number>
/** `ipip`: IP in IP; `gue`: generic UDP encapsulation (since Linux 5.2); `gre` (since 5.3). ipvsadm `--tun-type`. */
export type TunnelType = 'ipip' | 'gue' | 'gre'

/** Checksum modes by their number (IP_VS_TUNNEL_ENCAP_FLAG_*). */
export const TUNNEL_CHECKSUMS = { none: 0, checksum: 1, remote: 2 } as const satisfies Record<
  TunnelChecksum,
  number
>
/**
 * The outer checksum of `gue` and `gre` (since Linux 5.3): `none` (ipvsadm `--tun-nocsum`), `checksum` (`--tun-csum`),
 * `remote`: remote checksum offload, `gue` only (`--tun-remcsum`).
 */
export type TunnelChecksum = 'none' | 'checksum' | 'remote'

/** The tunnel to a destination with forwarding `tun`. */
export type Tunnel =
  | {
      /** IP in IP. */
      readonly type: 'ipip'
      /** Not used by this variant. */
      readonly port?: undefined
      /** Not used by this variant. */
      readonly checksum?: undefined
    }
  | {
      /** Generic UDP encapsulation. */
      readonly type: 'gue'
      /** UDP port of the receiving end, 1 to 65535. ipvsadm `--tun-port`; IPVS_DEST_ATTR_TUN_PORT. */
      readonly port: number
      /** Default `none`. */
      readonly checksum?: TunnelChecksum | undefined
    }
  | {
      /** Generic routing encapsulation. */
      readonly type: 'gre'
      /** Not used by this variant. */
      readonly port?: undefined
      /** Default `none`. */
      readonly checksum?: Exclude<TunnelChecksum, 'remote'> | undefined
    }
  | {
      /** A tunnel that was read and for which this library has no names. */
      readonly type: number
      /** UDP port; 0 for none. */
      readonly port: number
      /** The checksum mode. */
      readonly checksum: TunnelChecksum | number
    }

/** The kernel's form. */
export interface TunnelNumbers {
  readonly type: number
  readonly port: number
  readonly checksum: number
}

export const PLAIN_TUNNEL: TunnelNumbers = { type: TUNNEL_TYPES.ipip, port: 0, checksum: 0 }
const TYPE_ENUM = new EnumMap<TunnelType>(TUNNEL_TYPES)
const CHECKSUM_ENUM = new EnumMap<TunnelChecksum>(TUNNEL_CHECKSUMS)
const KNOWN_FIELDS = new KnownFields(['type', 'port', 'checksum'])

export function checkTunnel(tunnel: Tunnel): TunnelNumbers {
  KNOWN_FIELDS.check('tunnel', tunnel)
  const { type: givenType, port, checksum: givenChecksum } = tunnel
  const checksum = givenChecksum === undefined ? 'none' : givenChecksum
  if (typeof givenType === 'number') {
    return {
      type: checkInteger('tunnel.type', givenType, 0, 255),
      port: checkInteger('tunnel.port', port, 0, 65535),
      checksum: CHECKSUM_ENUM.parse('tunnel.checksum', checksum, 65535),
    }
  }
  const type = TYPE_ENUM.parse('tunnel.type', givenType, 255)
  if (type === TUNNEL_TYPES.ipip) {
    if (port !== undefined) throw new ArgumentTypeError('tunnel.port', 'omitted: ipip has no port', port)
    if (givenChecksum !== undefined) {
      throw new ArgumentTypeError('tunnel.checksum', 'omitted: ipip has no checksum', checksum)
    }
    return PLAIN_TUNNEL
  }
  if (type === TUNNEL_TYPES.gre && port !== undefined) {
    throw new ArgumentTypeError('tunnel.port', 'omitted: gre has no port', port)
  }
  const mode = CHECKSUM_ENUM.parse('tunnel.checksum', checksum, 65535)
  if (type === TUNNEL_TYPES.gre && mode === TUNNEL_CHECKSUMS.remote) {
    throw new ArgumentTypeError(
      'tunnel.checksum',
      "'none' or 'checksum': only gue has remote checksums",
      checksum,
    )
  }
  return {
    type,
    port: type === TUNNEL_TYPES.gre ? 0 : checkInteger('tunnel.port', port, 1, 65535),
    checksum: mode,
  }
}

/** A combination without names keeps its numbers. */
export function readTunnel({ type, port, checksum }: TunnelNumbers): Tunnel {
  const mode = CHECKSUM_ENUM.nameOf(checksum)
  if (type === TUNNEL_TYPES.ipip && port === 0 && checksum === 0) return { type: 'ipip' }
  if (typeof mode === 'string') {
    if (type === TUNNEL_TYPES.gue && port > 0) return { type: 'gue', port, checksum: mode }
    if (type === TUNNEL_TYPES.gre && port === 0 && mode !== 'remote') return { type: 'gre', checksum: mode }
  }
  return { type, port, checksum: mode }
}
