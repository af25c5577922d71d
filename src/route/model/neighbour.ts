import type { Family } from '../../netlink/wire/address.ts'

/** Bits of the state of a neighbour (NUD_*). */
export const NEIGHBOUR_STATES = {
  none: 0x00,
  incomplete: 0x01,
  reachable: 0x02,
  stale: 0x04,
  delay: 0x08,
  probe: 0x10,
  failed: 0x20,
  noarp: 0x40,
  permanent: 0x80,
} as const satisfies Record<NeighbourState, number>
/**
 * The state of a neighbour: `reachable` confirmed recently; `stale`, `delay`, `probe` known, and confirmed with the next
 * packets; `incomplete` being resolved; `failed` sent no answer; `permanent` set by an administrator; `noarp` needs no
 * resolution.
 */
export type NeighbourState =
  | 'none'
  | 'incomplete'
  | 'reachable'
  | 'stale'
  | 'delay'
  | 'probe'
  | 'failed'
  | 'noarp'
  | 'permanent'

/** An entry of the neighbour table: ARP for IPv4, neighbour discovery for IPv6. `ip neighbour`. */
export interface Neighbour {
  /** The IP address. NDA_DST. */
  readonly address: string
  /** Name of the network interface. */
  readonly interface: string
  /** The hardware address, if known. NDA_LLADDR. */
  readonly linkAddress?: string | undefined
  /** The state; a number if it is unknown to this library. */
  readonly state: NeighbourState | number
  /** The family of the address. */
  readonly family: Family
  /** Whether it advertises itself as a router (IPv6). NTF_ROUTER. */
  readonly router: boolean
}

/** Selects neighbours; an omitted field matches any. */
export interface NeighbourFilter {
  /** Name of the network interface. */
  readonly interface?: string | undefined
  /** Address family. */
  readonly family?: Family | undefined
}
