import { BOOLEAN, choice, integer, LARGEST_INTEGER, type SysctlDefinition } from './definition.ts'

const EXPIRATION = integer(0, 21_474_836)

/**
 * The sysctls of IPVS, `net.ipv4.vs.NAME`. Each network namespace has its own, from the moment when ip_vs is loaded;
 * a new one begins with the defaults of the kernel. Where the kernel takes any integer, what is allowed here is what
 * has a meaning.
 */
export const IPVS_SYSCTLS = {
  /** Of how many packets one is dropped while `drop_packet` is 3; 0 for none. Default 10. */
  am_droprate: integer(0, LARGEST_INTEGER),
  /** Free memory, in pages, below which the automatic defences begin. Default 1024. */
  amemthresh: integer(0, LARGEST_INTEGER),
  /** Whether a node directs nothing while it runs as a backup of connections. Default 0. */
  backup_only: { ...BOOLEAN, since: '3.9' },
  /** Whether packets go to their original destination where no cache server is left. Default 0. */
  cache_bypass: BOOLEAN,
  /** Load factor of the connection table, as a power of two. Default -4, or -2 outside of the first namespace. */
  conn_lfactor: { ...integer(-8, 8), since: '7.1' },
  /** Connections that there may be. Default 2^30 on a machine of 64 bits. */
  conn_max: { ...integer(0, 2 ** 30), since: '7.2' },
  /**
   * What to do with a new connection from a port that is known already: 0 nothing special, 1 schedule it anew where that is
   * safe, 2 and 3 also after a FIN. Default 1.
   */
  conn_reuse_mode: { ...integer(0, 3), since: '4.1' },
  /** Whether connections are kept in conntrack too, which NAT by iptables and connection states need. Default 0. */
  conntrack: { ...BOOLEAN, needs: 'a kernel built with CONFIG_IP_VS_NFCT' },
  /** How much is logged. Can be written in the first namespace only. Default 0. */
  debug_level: { ...integer(0, LARGEST_INTEGER), needs: 'a kernel built with CONFIG_IP_VS_DEBUG' },
  /**
   * Defence by dropping connection entries: 0 off, 1 and 2 automatic (the kernel itself makes 2 of 1 when memory gets
   * low, and 1 of 2 later), 3 always. Default 0.
   */
  drop_entry: integer(0, 3),
  /** Defence by dropping packets, with the levels of `drop_entry`. Default 0. */
  drop_packet: integer(0, 3),
  /** Processors that compute rates: `0-3,8`, `all`, or nothing for none. Default: those not isolated. */
  est_cpulist: { type: 'processors', since: '6.2' },
  /** Niceness of the threads that compute rates. Default 0. */
  est_nice: { ...integer(-20, 19), since: '6.2' },
  /** Whether a connection ends with its destination, instead of waiting for it to come back. Default 0. */
  expire_nodest_conn: BOOLEAN,
  /** Whether persistence to a destination of weight 0 ends at once. Default 0. */
  expire_quiescent_template: BOOLEAN,
  /** Whether tunnelled packets of unknown protocols are left alone. Default 0. */
  ignore_tunneled: { ...BOOLEAN, since: '4.4' },
  /** Seconds after which the scheduler lblc forgets an unused entry. Default 86400. */
  lblc_expiration: { ...EXPIRATION, needs: 'the module ip_vs_lblc (modprobe ip_vs_lblc)' },
  /** Seconds after which the scheduler lblcr forgets an unused entry. Default 86400. */
  lblcr_expiration: { ...EXPIRATION, needs: 'the module ip_vs_lblcr (modprobe ip_vs_lblcr)' },
  /** Whether real servers behind NAT are told (ICMP) that a connection is unknown. Default 0. */
  nat_icmp_send: BOOLEAN,
  /** Whether too large packets that may not be fragmented are answered (ICMP); 0 fragments them for tunnels. Default 1. */
  pmtu_disc: { ...BOOLEAN, since: '3.5' },
  /** Whether rates are computed and counters brought up to date. Default 1. */
  run_estimation: { ...BOOLEAN, since: '5.16' },
  /** Whether ICMP packets that belong to no connection are scheduled as others are. Default 0. */
  schedule_icmp: { ...BOOLEAN, since: '4.4' },
  /** Defence by shorter timeouts of TCP, with the levels of `drop_entry`. Default 0. */
  secure_tcp: integer(0, 3),
  /** Whether SCTP connections may begin in the middle. Default 0. */
  sloppy_sctp: { ...BOOLEAN, since: '3.11' },
  /** Whether TCP connections may begin in the middle, as after a failover. Default 0. */
  sloppy_tcp: { ...BOOLEAN, since: '3.11' },
  /** Whether answers from behind NAT are routed by their new source address. Default 1. */
  snat_reroute: BOOLEAN,
  /** Load factor of the table of services, as a power of two. Default -3, or -2 outside of the first namespace. */
  svc_lfactor: { ...integer(-8, 8), since: '7.1' },
  /** Whether of persistent services only the persistence is synchronised. Default 0. */
  sync_persist_mode: { ...BOOLEAN, since: '3.11' },
  /**
   * Threads and UDP ports of a synchronisation daemon, a power of two; read when the first one starts. The kernel takes
   * more than 64 and uses 64. Default 1.
   */
  sync_ports: { ...choice(1, 2, 4, 8, 16, 32, 64), since: '3.5' },
  /** Messages that may wait to be sent by the synchronisation daemon. Default: by memory. */
  sync_qlen_max: { ...integer(0, Number.MAX_SAFE_INTEGER), since: '3.5' },
  /** Seconds by which a connection's timeout must have moved for it to be synchronised again. Default 0: off. */
  sync_refresh_period: { ...EXPIRATION, since: '3.5' },
  /** How often a synchronisation is repeated, at an eighth of `sync_refresh_period`. Default 0. */
  sync_retries: { ...integer(0, 3), since: '3.5' },
  /** Bytes of the synchronisation daemon's socket buffers; 0 for the system's default. Default 0. */
  sync_sock_size: { ...integer(0, LARGEST_INTEGER), since: '3.5' },
  /**
   * `[count, period]`: a connection is synchronised when of `period` packets number `count` comes. With a period of 0
   * only packet number `count`. Default `[3, 50]`.
   */
  sync_threshold: { type: 'pair' },
  /** Version of the synchronisation protocol that is sent; 0 is for kernels before 2.6.39. Default 1. */
  sync_version: integer(0, 1),
} as const satisfies Readonly<Record<string, SysctlDefinition>>

/** The last part of the name of a sysctl of IPVS. */
export type IpvsSysctl = keyof typeof IPVS_SYSCTLS
