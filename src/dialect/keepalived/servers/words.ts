/** The keywords of keepalived.conf(5) that concern virtual servers. */

/** Top level: blocks that determine the table. */
export const TABLE_BLOCKS = new Set(['virtual_server', 'virtual_server_group', 'global_defs'])

/** Top level: statements that are returned uninterpreted. */
export const PRESERVED_BLOCKS = words(`
  net_namespace net_namespace_ipvs namespace_with_ipsets instance use_pid_dir linkbeat_use_polling child_wait_time
  include_check config_copy_directory
  linkbeat_interfaces interface_up_down_delays track_group static_ipaddress static_routes static_rules static_addresses
  bfd_instance vrrp_sync_group vrrp_instance vrrp_script vrrp_track_process vrrp_track_file track_process track_file
  garp_group SSL`)

/** In a virtual server: the flags of schedulers. */
export const SCHEDULER_FLAGS = [
  ...(['flag-1', 'flag-2', 'flag-3'] as const),
  ...(['sh-port', 'sh-fallback', 'mh-port', 'mh-fallback'] as const),
]

/** In a virtual server: statements that determine the table. */
export const SERVER_WORDS = new Set([
  ...['lvs_sched', 'lb_algo', 'lvs_method', 'lb_kind', 'protocol', 'ops', 'ip_family', 'weight'],
  ...[
    'persistence_timeout',
    'persistence_granularity',
    'persistence_engine',
    'quorum',
    'hysteresis',
    'real_server',
  ],
  ...['sorry_server', 'sorry_server_inhibit', 'sorry_server_lvs_method', 'inhibit_on_failure'],
  ...SCHEDULER_FLAGS,
])

/** In a virtual server: statements that are returned uninterpreted; `nat_mask` is obsolete. */
export const PRESERVED_SERVER_WORDS = words(`
  delay_loop delay_before_retry retry connect_timeout warmup virtualhost alpha omega smtp_alert quorum_up
  quorum_down ha_suspend snmp_name nat_mask`)

/** In a real server: statements that determine the table. */
export const REAL_SERVER_WORDS = words('weight lvs_method lb_kind uthreshold lthreshold inhibit_on_failure')

/** In a real server: checks and other statements that are returned uninterpreted. */
export const PRESERVED_REAL_SERVER_WORDS = words(`
  HTTP_GET SSL_GET TCP_CHECK SMTP_CHECK DNS_CHECK MISC_CHECK BFD_CHECK UDP_CHECK PING_CHECK FILE_CHECK
  notify_up notify_down smtp_alert virtualhost snmp_name alpha connect_timeout retry delay_before_retry warmup
  delay_loop`)

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}
