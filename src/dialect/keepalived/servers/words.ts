import type { SchedulerFlag } from '../../../ipvs/model/scheduler.ts'
import { type BlockGrammar, OPAQUE } from '../source/statement.ts'
import { ConfigurationProblems } from './problems.ts'
import { readEndpoint, readServiceAddress } from './service-address.ts'

/** The keywords of keepalived 2.2 that concern virtual servers. */

/** Top level: the names of network namespaces. */
export const NAMESPACE_WORDS = {
  net_namespace: 'net_namespace',
  net_namespace_ipvs: 'net_namespace_ipvs',
} as const

/** Top level: statements without a block. */
const TOP_LINES = words(`
  net_namespace net_namespace_ipvs namespace_with_ipsets instance use_pid_dir linkbeat_use_polling child_wait_time
  include_check config_copy_directory`)

/** Top level: blocks that do not concern virtual servers. */
const OPAQUE_BLOCKS = words(`
  linkbeat_interfaces interface_up_down_delays track_group static_ipaddress static_routes static_rules static_addresses
  bfd_instance vrrp_sync_group vrrp_instance vrrp_script vrrp_track_process vrrp_track_file track_process track_file
  garp_group SSL`)

/** In a virtual server: the flags of schedulers. */
export const SCHEDULER_FLAGS: ReadonlySet<string> = new Set<SchedulerFlag>([
  ...(['flag-1', 'flag-2', 'flag-3'] as const),
  ...(['sh-port', 'sh-fallback', 'mh-port', 'mh-fallback'] as const),
])

/** In a virtual server: statements that determine the table. */
const SERVER_LINES = [
  ...words(`lvs_sched lb_algo lvs_method lb_kind protocol ops ip_family weight
    persistence_timeout persistence_granularity persistence_engine quorum hysteresis
    sorry_server sorry_server_inhibit sorry_server_lvs_method inhibit_on_failure`),
  ...SCHEDULER_FLAGS,
]

/** In a virtual server: statements that are returned uninterpreted; `nat_mask` is obsolete. */
export const PRESERVED_SERVER_WORDS = words(`
  delay_loop delay_before_retry retry connect_timeout warmup virtualhost alpha omega smtp_alert quorum_up
  quorum_down ha_suspend snmp_name nat_mask`)

/** In a real server: statements that determine the table. `lb_kind` is not one of them. */
const REAL_SERVER_LINES = words('weight lvs_method uthreshold lthreshold inhibit_on_failure')

/** In a real server: checks. */
export const CHECKS = words(`
  HTTP_GET SSL_GET TCP_CHECK SMTP_CHECK DNS_CHECK MISC_CHECK BFD_CHECK UDP_CHECK PING_CHECK FILE_CHECK`)

/** In a real server: other statements that are returned uninterpreted. */
const PRESERVED_REAL_SERVER_LINES = words(`
  notify_up notify_down smtp_alert virtualhost snmp_name alpha connect_timeout retry delay_before_retry warmup
  delay_loop`)

export const PRESERVED_REAL_SERVER_WORDS: ReadonlySet<string> = new Set([
  ...CHECKS,
  ...PRESERVED_REAL_SERVER_LINES,
])

const REAL_SERVER: BlockGrammar = {
  place: 'in a real_server',
  isSkipped: (statement) => readEndpoint(statement, new ConfigurationProblems()) === undefined,
  blocks: opaque(CHECKS),
  keywords: new Set([...REAL_SERVER_LINES, ...PRESERVED_REAL_SERVER_LINES]),
}

const VIRTUAL_SERVER: BlockGrammar = {
  place: 'in a virtual_server',
  isSkipped: (statement) =>
    statement.words[1] !== 'group' &&
    readServiceAddress(statement, new ConfigurationProblems()) === undefined,
  blocks: new Map([['real_server', REAL_SERVER]]),
  keywords: new Set([...SERVER_LINES, ...PRESERVED_SERVER_WORDS]),
}

const LINES: BlockGrammar = { place: 'in a group', blocks: new Map(), keywords: undefined }

/** The statements of a keepalived.conf. */
export const CONFIGURATION: BlockGrammar = {
  place: 'at the top level',
  blocks: new Map([
    ['virtual_server', VIRTUAL_SERVER],
    ['virtual_server_group', LINES],
    // Read by another process than the virtual servers, which only counts its braces.
    ['global_defs', OPAQUE],
    ...opaque(OPAQUE_BLOCKS),
  ]),
  keywords: TOP_LINES,
}

function opaque(names: Iterable<string>): Map<string, BlockGrammar> {
  return new Map([...names].map((name) => [name, OPAQUE]))
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}
