import { BOOLEAN, choice, integer, LARGEST_INTEGER, type SysctlDefinition } from './definition.ts'

const EXPIRATION = integer(0, 21_474_836)

/**
 * The sysctls of IPVS, `net.ipv4.vs.NAME`. Each network namespace has its own while ip_vs is loaded, initially with the
 * defaults of the kernel. Where the kernel accepts any integer, the range here contains the values with a meaning.
 */
export const IPVS_SYSCTLS = {
  /** One in this many packets is dropped while `drop_packet` is 3; 0 for none. Default 10. */
  am_droprate: integer(0, LARGEST_INTEGER),
  /** Free memory in pages below which the automatic defences start. Default 1024. */
  amemthresh: integer(0, LARGEST_INTEGER),
  /** Whether a node does not schedule while it runs the backup synchronisation daemon. Default 0. */
  backup_only: { ...BOOLEAN, since: '3.9' },
  /** Whether packets go to their original destination if no cache server is available. Default 0. */
  cache_bypass: BOOLEAN,
  /** Load factor of the connection table, as a power of two. Default -4, or -2 outside the initial namespace. */
  conn_lfactor: { ...integer(-8, 8), since: '7.1' },
  /** Maximum number of connections. Default 2^30 on 64-bit machines. */
  conn_max: { ...integer(0, 2 ** 30), since: '7.2' },
  /**
   * How to handle a new connection from a client port with an existing entry: 0 like any packet, 1 schedule it again if that
   * is safe, 2 and 3 also after a FIN. Default 1.
   */
  conn_reuse_mode: { ...integer(0, 3), since: '4.1' },
  /** Whether connections are also tracked by conntrack, as iptables NAT and state matches need. Default 0. */
  conntrack: { ...BOOLEAN, needs: 'a kernel built with CONFIG_IP_VS_NFCT' },
  /** Verbosity of the log. Writable only in the initial namespace. Default 0. */
  debug_level: { ...integer(0, LARGEST_INTEGER), needs: 'a kernel built with CONFIG_IP_VS_DEBUG' },
  /**
   * Defence by dropping connection entries: 0 off, 1 and 2 automatic (the kernel changes 1 to 2 when memory gets low, and back
   * later), 3 always. Default 0.
   */
  drop_entry: integer(0, 3),
  /** Defence by dropping packets, with the levels of `drop_entry`. Default 0. */
  drop_packet: integer(0, 3),
  /** Processors that compute rates: `0-3,8`, `all`, or empty for none. Default: the processors that are not isolated. */
  est_cpulist: { type: 'processors', since: '6.2' },
  /** Nice value of the threads that compute rates. Default 0. */
  est_nice: { ...integer(-20, 19), since: '6.2' },
  /** Whether connections end when their destination is removed, instead of waiting for its return. Default 0. */
  expire_nodest_conn: BOOLEAN,
  /** Whether persistence to a destination with weight 0 ends immediately. Default 0. */
  expire_quiescent_template: BOOLEAN,
  /** Whether tunnelled packets of unknown protocols are ignored. Default 0. */
  ignore_tunneled: { ...BOOLEAN, since: '4.4' },
  /** Seconds after which the scheduler lblc expires an unused entry. Default 86400. */
  lblc_expiration: { ...EXPIRATION, needs: 'the module ip_vs_lblc (modprobe ip_vs_lblc)' },
  /** Seconds after which the scheduler lblcr expires an unused entry. Default 86400. */
  lblcr_expiration: { ...EXPIRATION, needs: 'the module ip_vs_lblcr (modprobe ip_vs_lblcr)' },
  /** Whether IPVS answers packets of unknown connections from real servers behind NAT with an ICMP error. Default 0. */
  nat_icmp_send: BOOLEAN,
  /**
   * Whether IPVS answers oversized packets that must not be fragmented with an ICMP error; 0 fragments them for tunnels.
   * Default 1.
   */
  pmtu_disc: { ...BOOLEAN, since: '3.5' },
  /** Whether rates are computed and counters updated. Default 1. */
  run_estimation: { ...BOOLEAN, since: '5.16' },
  /** Whether ICMP packets that belong to no connection are scheduled. Default 0. */
  schedule_icmp: { ...BOOLEAN, since: '4.4' },
  /** Defence by shorter TCP timeouts, with the levels of `drop_entry`. Default 0. */
  secure_tcp: integer(0, 3),
  /** Whether SCTP connections may be picked up in the middle. Default 0. */
  sloppy_sctp: { ...BOOLEAN, since: '3.11' },
  /** Whether TCP connections may be picked up in the middle, as after a failover. Default 0. */
  sloppy_tcp: { ...BOOLEAN, since: '3.11' },
  /** Whether replies from behind NAT are routed again, by their new source address. Default 1. */
  snat_reroute: BOOLEAN,
  /** Load factor of the table of services, as a power of two. Default -3, or -2 outside the initial namespace. */
  svc_lfactor: { ...integer(-8, 8), since: '7.1' },
  /** Whether only the persistence templates of persistent services are synchronised. Default 0. */
  sync_persist_mode: { ...BOOLEAN, since: '3.11' },
  /**
   * Threads and UDP ports of a synchronisation daemon, a power of two; read when the first daemon starts. The kernel accepts
   * more than 64 but uses 64. Default 1.
   */
  sync_ports: { ...choice(1, 2, 4, 8, 16, 32, 64), since: '3.5' },
  /** Maximum number of queued messages of the synchronisation daemon. Default: depends on memory. */
  sync_qlen_max: { ...integer(0, Number.MAX_SAFE_INTEGER), since: '3.5' },
  /** Change of a connection's timeout in seconds that triggers another synchronisation. Default 0: off. */
  sync_refresh_period: { ...EXPIRATION, since: '3.5' },
  /** Number of repetitions of a synchronisation, at intervals of an eighth of `sync_refresh_period`. Default 0. */
  sync_retries: { ...integer(0, 3), since: '3.5' },
  /** Size of the synchronisation daemon's socket buffers in bytes; 0 for the default of the system. Default 0. */
  sync_sock_size: { ...integer(0, LARGEST_INTEGER), since: '3.5' },
  /**
   * `[count, period]`: a connection is synchronised at packet `count` of every `period` packets; with a period of 0, only once
   * at packet `count`. Default `[3, 50]`.
   */
  sync_threshold: { type: 'pair' },
  /** Version of the synchronisation protocol to send; 0 for kernels before 2.6.39. Default 1. */
  sync_version: integer(0, 1),
} as const satisfies Readonly<Record<string, SysctlDefinition>>

/** The last part of the name of a sysctl of IPVS. */
export type IpvsSysctl = keyof typeof IPVS_SYSCTLS
