import { EnumMap } from '../../netlink/arguments/check.ts'
import type { Family } from '../../netlink/wire/address.ts'

/** Numbers of scopes (RT_SCOPE_*). */
export const SCOPES = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 } as const satisfies Record<
  Scope,
  number
>
/**
 * The scope of an address or a route: `global` any network, `link` the network of its interface, `host` this host. IPv6
 * addresses fec0::/10 have the obsolete `site`; `nowhere` is reserved for destinations that do not exist.
 */
export type Scope = 'global' | 'site' | 'link' | 'host' | 'nowhere'

/** Converts between scopes and their numbers. */
export const SCOPE_ENUM = new EnumMap<Scope>(SCOPES)

/** Bits of the flags of an address (IFA_F_*). */
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
 * A flag of an address, named as in ip(8):
 * - `secondary`: IPv4: not the first address of its subnet (removed together with that one); IPv6: a temporary privacy address
 * - `tentative`: IPv6: duplicate address detection is in progress, the address is not usable yet
 * - `dadfailed`: IPv6: another host has the address
 * - `nodad`: IPv6: no duplicate address detection
 * - `permanent`: it does not expire
 * - `deprecated`: not used as the source address of new connections
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

/** Identifies an address of an interface. */
export interface InterfaceAddressKey {
  /** IPv4 or IPv6 address, alone or with its prefix length, as in `192.0.2.10/32`. IFA_LOCAL. */
  readonly address: string
  /** Prefix length in bits. Default: the one in `address`, otherwise 32 or 128. */
  readonly prefixLength?: number | undefined
  /** Name of the network interface, such as `lo`. */
  readonly interface: string
  /** Address of the peer on a point-to-point link, of the same family as `address`. Default: none. IFA_ADDRESS. */
  readonly peer?: string | undefined
}

/** An address to add to an interface: `ip address add`. */
export interface InterfaceAddressInput extends InterfaceAddressKey {
  /**
   * IPv4 only: the name that ifconfig(8) shows, at most 15 bytes: that of the interface, alone or followed by a colon and a
   * suffix, such as `lo:0`. Default: the name of the interface. IFA_LABEL.
   */
  readonly label?: string | undefined
  /**
   * The scope. Default: `host` for 127.0.0.0/8, otherwise `global`. For IPv6 the address determines it, and no other value is
   * accepted.
   */
  readonly scope?: Scope | number | undefined
  /**
   * IPv6 only: skip duplicate address detection, as needed for an address that several hosts have. Default false.
   * IFA_F_NODAD.
   */
  readonly nodad?: boolean | undefined
  /** IPv4 only: broadcast address of the network. Default: none, as with ip(8). IFA_BROADCAST. */
  readonly broadcast?: string | undefined
  /**
   * Seconds after which the address is `deprecated`, 0 to 4294967294: it still receives packets, but new connections of this
   * host use another source address. Set 0 for virtual IPv6 addresses: otherwise the kernel prefers the newest address of an
   * interface (ipv6_link_dev_addr). Default: `validLifetime`. `preferred_lft` of ip(8).
   */
  readonly preferredLifetime?: number | undefined
  /** Seconds after which the address is removed, 1 to 4294967294. Default: never. `valid_lft` of ip(8); IFA_CACHEINFO. */
  readonly validLifetime?: number | undefined
}

/** An address of an interface, as read. It may be edited and written back. */
export interface InterfaceAddress {
  /** The address without prefix length. IFA_LOCAL. */
  readonly address: string
  /** Prefix length in bits. */
  readonly prefixLength: number
  /** Name of the network interface. */
  readonly interface: string
  /** The family of the address. */
  readonly family: Family
  /** The scope; a number if it is unknown to this library. */
  readonly scope: Scope | number
  /** IPv4: the label; that of the interface by default. IFA_LABEL. */
  readonly label?: string | undefined
  /** Address of the peer on a point-to-point link. IFA_ADDRESS. */
  readonly peer?: string | undefined
  /** IPv4: broadcast address of the network. IFA_BROADCAST. */
  readonly broadcast?: string | undefined
  /** Seconds until the address is `deprecated`; absent if never. IFA_CACHEINFO. */
  readonly preferredLifetime?: number | undefined
  /** Seconds until the address is removed; absent if never. IFA_CACHEINFO. */
  readonly validLifetime?: number | undefined
  /** The flags. IFA_FLAGS. */
  readonly flags: readonly AddressFlag[]
}

/** Selects addresses; an omitted field matches any. */
export interface AddressFilter {
  /** Name of the network interface. */
  readonly interface?: string | undefined
  /** Address family. */
  readonly family?: Family | undefined
}
