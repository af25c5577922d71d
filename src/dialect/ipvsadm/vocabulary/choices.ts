import type { SchedulerFlag } from '../../../ipvs/model/scheduler.ts'
import type { TunnelChecksum } from '../../../ipvs/model/tunnel.ts'
import type { OptionCode } from './options.ts'

/**
 * The options that select a protocol, a forwarding method or a tunnel checksum. ipvsadm has no options for the other values.
 */

/** The option that introduces a virtual service of each protocol. */
export const PROTOCOL_OPTIONS = {
  tcp: 'tcp-service',
  udp: 'udp-service',
  sctp: 'sctp-service',
} as const satisfies Readonly<Record<string, OptionCode>>

/** The option of each forwarding method. */
export const FORWARDING_OPTIONS = {
  dr: 'gatewaying',
  tun: 'ipip',
  nat: 'masquerading',
} as const satisfies Readonly<Record<string, OptionCode>>

/** The option of each way in which a tunnel handles checksums. */
export const CHECKSUM_OPTIONS = {
  none: 'tun-nocsum',
  checksum: 'tun-csum',
  remote: 'tun-remcsum',
} as const satisfies Readonly<Record<TunnelChecksum, OptionCode>>

/** The flags that `--sched-flags` accepts. Those that begin with the name of a scheduler belong to it. */
export const SCHEDULER_FLAGS: readonly SchedulerFlag[] = [
  ...(['flag-1', 'flag-2', 'flag-3'] as const),
  ...(['sh-fallback', 'sh-port', 'mh-fallback', 'mh-port'] as const),
]
