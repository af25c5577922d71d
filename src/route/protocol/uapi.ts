/** Numbers of <linux/rtnetlink.h>, <linux/if.h>, <linux/if_addr.h> and <linux/if_tunnel.h>, under the kernel's own names. */

/** Of the types of messages the two low bits say what is done (new, delete, get), the others to what. */
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

/** Flags of a message that makes something. */
export const NLM_F_EXCL = 0x200
export const NLM_F_CREATE = 0x400
/** In the messages of a dump: the table changed meanwhile. */
export const NLM_F_DUMP_INTR = 0x10

export const IFF_UP = 0x1
export const IFF_RUNNING = 0x40
export const IFF_NOARP = 0x80

export const IFA_F_NODAD = 0x02

/** In a lookup: say in which table the answer was found. */
export const RTM_F_LOOKUP_TABLE = 0x1000

export const NTF_ROUTER = 0x80

/** Bytes of struct rtnexthop, a way of a route that has several. */
export const RTNEXTHOP_BYTES = 8

/** Flag of a tunnel into IPv6: no header that limits how often packets are put into tunnels. */
export const IP6_TNL_F_IGN_ENCAP_LIMIT = 0x1
