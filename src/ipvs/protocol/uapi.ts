/** Numbers of <linux/ip_vs.h>, under the kernel's own names. */

export const IPVS_GENL_NAME = 'IPVS'
export const IPVS_GENL_VERSION = 1

export const IPVS_CMD = {
  NEW_SERVICE: 1,
  SET_SERVICE: 2,
  DEL_SERVICE: 3,
  GET_SERVICE: 4,
  NEW_DEST: 5,
  SET_DEST: 6,
  DEL_DEST: 7,
  GET_DEST: 8,
  NEW_DAEMON: 9,
  DEL_DAEMON: 10,
  GET_DAEMON: 11,
  SET_CONFIG: 12,
  GET_CONFIG: 13,
  SET_INFO: 14,
  GET_INFO: 15,
  ZERO: 16,
  FLUSH: 17,
} as const

export const IP_VS_SVC_F_PERSISTENT = 0x01
/** Set by the kernel for a service in its table: in every reply, ignored in requests. */
export const IP_VS_SVC_F_HASHED = 0x02
export const IP_VS_SVC_F_ONEPACKET = 0x04
export const IP_VS_SVC_F_SCHED1 = 0x08
export const IP_VS_SVC_F_SCHED2 = 0x10
export const IP_VS_SVC_F_SCHED3 = 0x20

/** The bits of the forwarding method in the connection flags of a destination. */
export const IP_VS_CONN_F_FWD_MASK = 0x7

export const IP_VS_STATE_MASTER = 1
export const IP_VS_STATE_BACKUP = 2

/** Lengths of names without the terminating NUL. */
export const IP_VS_SCHEDNAME_MAXLEN = 15
export const IP_VS_PENAME_MAXLEN = 16
export const IP_VS_IFNAME_MAXLEN = 15
