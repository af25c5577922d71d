import type { Destination } from '../../../ipvs/model/destination.ts'
import type { Family } from '../../../netlink/wire/address.ts'
import type { Link } from '../../../route/model/link.ts'
import { isTunnelKind, TUNNEL_KINDS, type TunnelKind } from '../../../route/model/tunnel-link.ts'

interface TunnelTraits {
  /** Families of the inner packets. */
  readonly inner: readonly Family[]
  /** The device that accepts packets from any address. The kernel module creates it, except for ip6tnl. */
  readonly standard: string
}

/** The kinds of tunnels, the most common ones first. */
const TUNNELS = {
  ipip: { inner: ['ipv4'], standard: 'tunl0' },
  sit: { inner: ['ipv6'], standard: 'sit0' },
  ip6tnl: { inner: ['ipv4', 'ipv6'], standard: 'lvs-ip6tnl' },
  gre: { inner: ['ipv4', 'ipv6'], standard: 'gre0' },
  ip6gre: { inner: ['ipv4', 'ipv6'], standard: 'ip6gre0' },
} as const satisfies Record<TunnelKind, TunnelTraits>

const KINDS = Object.keys(TUNNELS) as TunnelKind[]

/** The kinds of tunnels that carry a family in packets of the outer family, or of any family if the outer family is unknown. */
export function tunnelKinds(inner: Family, outer: Family | undefined): TunnelKind[] {
  return KINDS.filter((kind) => {
    const traits: TunnelTraits = TUNNELS[kind]
    return traits.inner.includes(inner) && (outer === undefined || TUNNEL_KINDS[kind] === outer)
  })
}

/** Whether an interface is a tunnel of one of these kinds and accepts packets. */
export function acceptsPackets({ kind, name }: Link, kinds: readonly TunnelKind[]): boolean {
  // The device that the module ip6_tunnel creates accepts nothing because it has no remote address (ip6_tnl_rcv_ctl).
  return isTunnelKind(kind) && kinds.includes(kind) && name !== 'ip6tnl0'
}

/** The name of the standard device of a kind. */
export function standardDevice(kind: TunnelKind): string {
  return TUNNELS[kind].standard
}

const IP_HEADER = { ipv4: 20, ipv6: 40 } as const satisfies Record<Family, number>
/** A UDP header and the GUE header, with its option for remote checksums (ipvs_gue_encap_len()). */
const GUE_HEADER = { plain: 8 + 4, remote: 8 + 4 + 4 + 4 } as const
const GRE_HEADER = { plain: 4, checksum: 8 } as const

/** Number of bytes that IPVS adds to a packet for a destination. */
export function tunnelOverhead({ family, tunnel }: Destination): number {
  const outer = IP_HEADER[family]
  if (tunnel?.type === 'gue')
    return outer + (tunnel.checksum === 'remote' ? GUE_HEADER.remote : GUE_HEADER.plain)
  if (tunnel?.type === 'gre')
    return outer + (tunnel.checksum === 'checksum' ? GRE_HEADER.checksum : GRE_HEADER.plain)
  return outer
}
