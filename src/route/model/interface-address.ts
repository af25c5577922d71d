import { EnumMap } from '../../netlink/arguments/enum-map.ts'
import type { Family } from '../../netlink/wire/address.ts'

/** How far an address or a route reaches, by number (RT_SCOPE_*). */
export const SCOPES = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 } as const satisfies Record<
  Scope,
  number
>
/**
 * How far an address or a route reaches: `global` everywhere, `link` the network of its interface, `host` this host. The
 * obsolete `site` is found with IPv6 addresses fec0::/10, `nowhere` with nothing.
 */
export type Scope = 'global' | 'site' | 'link' | 'host' | 'nowhere'

/** The same, both ways. */
export const SCOPE_ENUM = new EnumMap<Scope>(SCOPES)

/** What the kernel notes about an address, by bit (IFA_F_*). */
export const ADDRESS_FLAGS = {
  secondary: 0x01,
  nodad: 0x02,
  optimistic: 0x04,
  dadfailed: 0x08,
  homeaddress: 0x10,
  deprecated: 0x20,
  tentative: 0x40,
  permanent: 0x80,
  mngtmpaddr: 0x100,
  noprefixroute: 0x200,
  autojoin: 0x400,
  'stable-privacy': 0x800,
} as const satisfies Record<AddressFlag, number>
/**
 * What the kernel notes about an address, as ip(8) shows it:
 * - `secondary`: IPv4: not the first of its subnet (it goes with the first one); IPv6: temporary, for privacy
 * - `tentative`: IPv6: duplicate address detection is under way, the address cannot be used yet
 * - `dadfailed`: IPv6: another host has it
 * - `nodad`: IPv6: used without duplicate address detection
 * - `permanent`: it does not expire
 * - `deprecated`: not chosen for new connections any more
 * - and `optimistic`, `homeaddress`, `mngtmpaddr`, `noprefixroute`, `autojoin`, `stable-privacy`
 */
export type AddressFlag =
  | 'secondary'
  | 'nodad'
  | 'optimistic'
  | 'dadfailed'
  | 'homeaddress'
  | 'deprecated'
  | 'tentative'
  | 'permanent'
  | 'mngtmpaddr'
  | 'noprefixroute'
  | 'autojoin'
  | 'stable-privacy'

/** Which address of which interface. */
export interface InterfaceAddressKey {
  /** IPv4 or IPv6 address, alone or with its prefix length, as in `192.0.2.10/32`. IFA_LOCAL. */
  readonly address: string
  /** Length of the network's prefix in bits. Default: that in `address`, else 32 or 128. */
  readonly prefixLength?: number | undefined
  /** Name of the network interface, such as `lo`. */
  readonly interface: string
  /** Address of the other end of a point-to-point link, in the family of `address`. Default: none. IFA_ADDRESS. */
  readonly peer?: string | undefined
}

/** An address to be given to an interface: `ip address add`. */
export interface InterfaceAddressInput extends InterfaceAddressKey {
  /**
   * IPv4 only: the name under which ifconfig(8) shows it, at most 15 bytes: the interface's, or that with a colon and more
   * behind it, such as `lo:0`. Default: the interface's name. IFA_LABEL.
   */
  readonly label?: string | undefined
  /**
   * How far it reaches. Default: `host` for 127.0.0.0/8, else `global`. With IPv6 it follows from the address and may only
   * be given as that.
   */
  readonly scope?: Scope | number | undefined
  /**
   * IPv6 only: use it at once, without duplicate address detection, as an address that several hosts have needs. Default
   * false. IFA_F_NODAD.
   */
  readonly nodad?: boolean | undefined
  /** IPv4 only: broadcast address of the network. Default: none, as with ip(8). IFA_BROADCAST. */
  readonly broadcast?: string | undefined
  /**
   * Seconds after which it is `deprecated`, 0 to 4294967294: from then on packets to it are taken in, but this host's own
   * connections have another source. 0 is what a virtual address of IPv6 wants: without it the newest address of an interface
   * is the one that the kernel chooses (ipv6_link_dev_addr). Default: `validLifetime`. `preferred_lft` of ip(8).
   */
  readonly preferredLifetime?: number | undefined
  /** Seconds after which it is removed, 1 to 4294967294. Default: for ever. `valid_lft` of ip(8); IFA_CACHEINFO. */
  readonly validLifetime?: number | undefined
}

/** An address of an interface as it is read; it can be edited and written back. */
export interface InterfaceAddress {
  /** The address alone. IFA_LOCAL. */
  readonly address: string
  /** Length of the network's prefix in bits. */
  readonly prefixLength: number
  /** Name of the network interface. */
  readonly interface: string
  /** Follows from the address. */
  readonly family: Family
  /** How far it reaches; a number if that has no name here. */
  readonly scope: Scope | number
  /** IPv4: the interface's name unless another label was given. IFA_LABEL. */
  readonly label?: string | undefined
  /** Address of the other end of a point-to-point link. IFA_ADDRESS. */
  readonly peer?: string | undefined
  /** IPv4: broadcast address of the network. IFA_BROADCAST. */
  readonly broadcast?: string | undefined
  /** Seconds until it is `deprecated`; absent if never. IFA_CACHEINFO. */
  readonly preferredLifetime?: number | undefined
  /** Seconds until it is removed; absent if never. IFA_CACHEINFO. */
  readonly validLifetime?: number | undefined
  /** What the kernel notes about it. IFA_FLAGS. */
  readonly flags: readonly AddressFlag[]
}

/** Which addresses to list; what is left out does not matter. */
export interface AddressFilter {
  /** Those of this network interface. */
  readonly interface?: string | undefined
  /** Those of this family. */
  readonly family?: Family | undefined
}
