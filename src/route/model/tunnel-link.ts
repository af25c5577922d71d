import { ArgumentRangeError, ArgumentTypeError } from '../../errors.ts'
import { checkBoolean, checkInteger } from '../../netlink/arguments/check.ts'
import type { Family } from '../../netlink/wire/address.ts'
import { AttributeSet, writeAttribute } from '../../netlink/wire/attributes.ts'
import type { WireWriter } from '../../netlink/wire/wire.ts'
import { GRE_TUNNEL, IP_TUNNEL, LINK_INFO } from '../protocol/attributes.ts'
import { IP6_TNL_F_IGN_ENCAP_LIMIT } from '../protocol/uapi.ts'
import { checkAddressOfFamily } from './prefix.ts'

/** Kinds of tunnel with the family of their endpoints. */
export const TUNNEL_KINDS = {
  ipip: 'ipv4',
  sit: 'ipv4',
  ip6tnl: 'ipv6',
  gre: 'ipv4',
  ip6gre: 'ipv6',
} as const satisfies Record<TunnelKind, Family>
/**
 * Kinds of tunnel: `ipip` IPv4 in IPv4, `sit` IPv6 (or IPv4) in IPv4, `ip6tnl` IPv4 or IPv6 in IPv6, `gre` anything in IPv4,
 * `ip6gre` anything in IPv6. Each kind is a kernel module of the same name (`gre`: `ip_gre`, `ip6gre`: `ip6_gre`, `ip6tnl`:
 * `ip6_tunnel`), which the kernel loads with the first tunnel of the kind.
 */
export type TunnelKind = 'ipip' | 'sit' | 'ip6tnl' | 'gre' | 'ip6gre'

/** The endpoints and settings of a tunnel. */
export interface TunnelSettings {
  /** Local address. Default: any address of this host. IFLA_IPTUN_LOCAL, IFLA_GRE_LOCAL. */
  readonly local?: string | undefined
  /**
   * Remote address. Default: any address, which a real server needs in order to receive packets from all its directors.
   * IFLA_IPTUN_REMOTE.
   */
  readonly remote?: string | undefined
  /**
   * Time to live of the outer packet, 1 to 255; 0, the default, copies it from the inner packet. IFLA_IPTUN_TTL, IFLA_GRE_TTL.
   */
  readonly ttl?: number | undefined
  /** Whether each packet carries its own endpoints (`external`, collect metadata). IFLA_IPTUN_COLLECT_METADATA. */
  readonly external?: boolean | undefined
}

const ANY_ADDRESS: Readonly<Record<Family, string>> = { ipv4: '0.0.0.0', ipv6: '::' }

/** Whether a kind of link is a tunnel. */
export function isTunnelKind(kind: string | undefined): kind is TunnelKind {
  return kind !== undefined && Object.hasOwn(TUNNEL_KINDS, kind)
}

/** Checks the settings of a tunnel; other kinds of link must have none. Returns the addresses in canonical form. */
export function checkTunnel(kind: string, { local, remote, ttl, external }: TunnelSettings): TunnelSettings {
  if (!isTunnelKind(kind)) {
    const given = Object.entries({ local, remote, ttl, external }).find(([, value]) => value !== undefined)
    if (given === undefined) return {}
    throw new ArgumentTypeError(
      `link.${given[0]}`,
      `omitted with the kind '${kind}', which is not a tunnel`,
      given[1],
    )
  }
  const family = TUNNEL_KINDS[kind]
  if (external !== undefined && checkBoolean('link.external', external) && (local ?? remote) !== undefined) {
    throw new ArgumentRangeError('link.external', 'false with link.local or link.remote', external)
  }
  return {
    ...(local === undefined ? {} : { local: checkAddressOfFamily('link.local', local, family) }),
    ...(remote === undefined ? {} : { remote: checkAddressOfFamily('link.remote', remote, family) }),
    ...(ttl === undefined ? {} : { ttl: checkInteger('link.ttl', ttl, 0, 255) }),
    external: external ?? false,
  }
}

/** Writes the settings of a tunnel of a kind. */
export function writeTunnel(writer: WireWriter, kind: TunnelKind, settings: TunnelSettings): void {
  const { fields } = tunnelAttributes(kind).table
  const { local, remote, ttl = 0, external = false } = settings
  const nest = writer.beginNest(LINK_INFO.fields.data.type)
  if (local !== undefined) writeAttribute(writer, fields.local, local)
  if (remote !== undefined) writeAttribute(writer, fields.remote, remote)
  if (ttl !== 0) writeAttribute(writer, fields.ttl, ttl)
  if (external) writeAttribute(writer, fields.external, true)
  // Otherwise the kernel adds to every packet a destination option, which takes space and makes some hosts drop the packet
  // (ip6_tnl_xmit).
  if (TUNNEL_KINDS[kind] === 'ipv6') writeAttribute(writer, fields.flags, IP6_TNL_F_IGN_ENCAP_LIMIT)
  writer.endNest(nest)
}

const ipTunnel = new AttributeSet(IP_TUNNEL)
const greTunnel = new AttributeSet(GRE_TUNNEL)

function tunnelAttributes(kind: TunnelKind) {
  return kind === 'gre' || kind === 'ip6gre' ? greTunnel : ipTunnel
}

/** Reads the settings of a tunnel of a kind. */
export function readTunnel(info: AttributeSet<typeof LINK_INFO.fields>, kind: TunnelKind): TunnelSettings {
  const start = info.offsetOf(LINK_INFO.fields.data)
  const set = tunnelAttributes(kind).readStrictly(
    info.view,
    start,
    start + info.lengthOf(LINK_INFO.fields.data),
  )
  const { fields } = set.table
  const any = ANY_ADDRESS[TUNNEL_KINDS[kind]]
  const local = set.get(fields.local) ?? any
  const remote = set.get(fields.remote) ?? any
  return {
    ...(local === any ? {} : { local }),
    ...(remote === any ? {} : { remote }),
    ttl: set.get(fields.ttl) ?? 0,
    external: set.has(fields.external),
  }
}
