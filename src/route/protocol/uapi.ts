/** Constants of <linux/rtnetlink.h>, <linux/if.h>, <linux/if_addr.h> and <linux/if_tunnel.h>, with the kernel's names. */

/** Message types: the two low bits are the operation (new, delete, get), the others the kind of object. */
export const RTM = {
  NEWLINK: 16,
  DELLINK: 17,
  GETLINK: 18,
  NEWADDR: 20,
  DELADDR: 21,
  GETADDR: 22,
  NEWROUTE: 24,
  DELROUTE: 25,
  GETROUTE: 26,
  NEWNEIGH: 28,
  DELNEIGH: 29,
  GETNEIGH: 30,
} as const

/** Flags of a message that creates an object. */
export const NLM_F_EXCL = 0x200
export const NLM_F_CREATE = 0x400
/** Set in the messages of a dump if the table changed during the dump. */
export const NLM_F_DUMP_INTR = 0x10

export const IFF_UP = 0x1
export const IFF_RUNNING = 0x40
export const IFF_NOARP = 0x80

export const IFA_F_NODAD = 0x02

/** In a lookup: report the table in which the route was found. */
export const RTM_F_LOOKUP_TABLE = 0x1000

export const NTF_ROUTER = 0x80

/** Size of struct rtnexthop, a next hop of a multipath route. */
export const RTNEXTHOP_BYTES = 8

/** Flag of a tunnel over IPv6: do not add a destination option with the encapsulation limit. */
export const IP6_TNL_F_IGN_ENCAP_LIMIT = 0x1
