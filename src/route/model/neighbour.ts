import type { Family } from '../../netlink/wire/address.ts'

/** What is known of a neighbour, by bit (NUD_*). */
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
 * What is known of a neighbour: `reachable` confirmed lately; `stale`, `delay`, `probe` known and to be confirmed with the
 * next packets; `incomplete` being asked for; `failed` did not answer; `permanent` set by hand; `noarp` needs no asking.
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

/** An entry of the table of neighbours: ARP for IPv4, neighbour discovery for IPv6. `ip neighbour`. */
export interface Neighbour {
  /** Its IP address. NDA_DST. */
  readonly address: string
  /** Name of the network interface. */
  readonly interface: string
  /** Its hardware address (MAC), where it is known. NDA_LLADDR. */
  readonly linkAddress?: string | undefined
  /** What is known of it; a number if that has no name here. */
  readonly state: NeighbourState | number
  /** Follows from the address. */
  readonly family: Family
  /** Whether it says that it is a router (IPv6). NTF_ROUTER. */
  readonly router: boolean
}

/** Which neighbours to list; what is left out does not matter. */
export interface NeighbourFilter {
  /** Those on this network interface. */
  readonly interface?: string | undefined
  /** Those of this family. */
  readonly family?: Family | undefined
}
