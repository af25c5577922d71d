/** Numbers of <linux/netlink.h> and <linux/genetlink.h>, under the kernel's own names. */

export const NLMSG_HDRLEN = 16
export const NLMSG_NOOP = 1
export const NLMSG_ERROR = 2
export const NLMSG_DONE = 3
/** Lower types are control messages, which do not reach a family. */
export const NLMSG_MIN_TYPE = 16

export const NLM_F_REQUEST = 0x1
export const NLM_F_MULTI = 0x2
export const NLM_F_ACK = 0x4
/** NLM_F_ROOT | NLM_F_MATCH: both bits together request a dump; generic netlink ignores a single one. */
export const NLM_F_DUMP = 0x300
/** In an acknowledgement: the request is not echoed beyond its header. */
export const NLM_F_CAPPED = 0x100
/** In an acknowledgement: attributes follow (extended acknowledgement). */
export const NLM_F_ACK_TLVS = 0x200

export const NLA_HDRLEN = 4
/** Mask of the attribute number; the two bits above are NLA_F_NESTED and NLA_F_NET_BYTEORDER. */
export const NLA_TYPE_MASK = 0x3fff

export const GENL_HDRLEN = 4
export const GENL_ID_CTRL = 16
export const CTRL_CMD_NEWFAMILY = 1
export const CTRL_CMD_GETFAMILY = 3
