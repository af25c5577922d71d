import { ArgumentTypeError } from '../../errors.ts'
import { checkName } from '../../netlink/arguments/check.ts'
import {
  IP_VS_SCHEDNAME_MAXLEN,
  IP_VS_SVC_F_SCHED1,
  IP_VS_SVC_F_SCHED2,
  IP_VS_SVC_F_SCHED3,
} from '../protocol/uapi.ts'

/**
 * The schedulers of the kernel:
 * - `rr` round robin, `wrr` weighted round robin
 * - `lc` least connections, `wlc` weighted least connections
 * - `lblc` locality-based least connections, `lblcr` the same with replication
 * - `dh` destination hashing, `sh` source hashing, `mh` Maglev hashing (since Linux 4.18)
 * - `sed` shortest expected delay, `nq` never queue
 * - `fo` weighted failover (since 3.18), `ovf` weighted overflow (since 4.3)
 *
 * Each is a kernel module `ip_vs_NAME`, loaded at its first use. ipvsadm `-s`; IPVS_SVC_ATTR_SCHED_NAME.
 */
export const SCHEDULERS = [
  'rr',
  'wrr',
  'lc',
  'wlc',
  'lblc',
  'lblcr',
  'dh',
  'sh',
  'sed',
  'nq',
  'fo',
  'ovf',
  'mh',
] as const

/** A scheduler by name: one of {@link SCHEDULERS}, `none`, or a scheduler that was added to the kernel. */
export type Scheduler = (typeof SCHEDULERS)[number] | 'none' | (string & {})

/** The flags of the two schedulers that have named flags, by scheduler. */
const NAMED_FLAGS = {
  sh: { 'sh-fallback': IP_VS_SVC_F_SCHED1, 'sh-port': IP_VS_SVC_F_SCHED2 },
  mh: { 'mh-fallback': IP_VS_SVC_F_SCHED1, 'mh-port': IP_VS_SVC_F_SCHED2 },
} as const

const PLAIN_FLAGS = {
  'flag-1': IP_VS_SVC_F_SCHED1,
  'flag-2': IP_VS_SVC_F_SCHED2,
  'flag-3': IP_VS_SVC_F_SCHED3,
} as const

const ALL_FLAGS = IP_VS_SVC_F_SCHED1 | IP_VS_SVC_F_SCHED2 | IP_VS_SVC_F_SCHED3

/**
 * Flags of a scheduler. `sh-fallback`, `mh-fallback`: use the next destination if the selected one is unavailable; `sh-port`,
 * `mh-port`: hash the source port too; `flag-1` to `flag-3`: the bits of a scheduler whose flags have no names. ipvsadm `-b`;
 * bits 3 to 5 of IPVS_SVC_ATTR_FLAGS.
 */
export type SchedulerFlag =
  | 'sh-fallback'
  | 'sh-port'
  | 'mh-fallback'
  | 'mh-port'
  | 'flag-1'
  | 'flag-2'
  | 'flag-3'

/** A scheduler and its flags. */
export interface Scheduling {
  readonly scheduler: string
  readonly schedulerFlags: readonly SchedulerFlag[]
}

/**
 * The flag with which a hashing scheduler sends clients to another destination if theirs is unavailable: bit
 * IP_VS_SVC_F_SCHED1 of `sh` and `mh`. Other schedulers have none; `dh` would need one.
 */
export function findFallbackFlag(scheduler: string): 'sh-fallback' | 'mh-fallback' | undefined {
  return scheduler === 'sh' || scheduler === 'mh' ? `${scheduler}-fallback` : undefined
}

/**
 * Whether a service refuses the new clients of a destination whose weight was set to 0. `sh`, `mh` and `dh` keep it in their
 * table, and without a fallback flag they select no other (ip_vs_sh_schedule, ip_vs_mh_schedule, ip_vs_dh_schedule).
 */
export function refusesAtWeightZero({ scheduler, schedulerFlags }: Scheduling): boolean {
  const flag = findFallbackFlag(scheduler)
  return flag === undefined ? scheduler === 'dh' : !schedulerFlags.includes(flag)
}

export function checkScheduler(value: unknown): string {
  return checkName('scheduler', value, IP_VS_SCHEDNAME_MAXLEN)
}

/** The bits of the flags, which must belong to the scheduler. */
export function schedulerFlagBits(scheduler: string, flags: unknown): number {
  if (Array.isArray(flags) && flags.length === 0) return 0
  const known: Readonly<Record<string, number>> = { ...namedFlags(scheduler), ...PLAIN_FLAGS }
  const allowed = `an array of flags of the scheduler ${scheduler} (${Object.keys(known).join(', ')})`
  if (!Array.isArray(flags)) throw new ArgumentTypeError('schedulerFlags', allowed, flags)
  let bits = 0
  for (const flag of flags as unknown[]) {
    if (typeof flag !== 'string' || !Object.hasOwn(known, flag)) {
      throw new ArgumentTypeError('schedulerFlags', allowed, flag)
    }
    bits |= known[flag]!
  }
  return bits
}

/** Converts bits to the flags of a scheduler. */
export function schedulerFlagNames(scheduler: string, bits: number): SchedulerFlag[] {
  if ((bits & ALL_FLAGS) === 0) return []
  const named = namedFlags(scheduler)
  const names: SchedulerFlag[] = []
  let rest = bits
  for (const table of [named, PLAIN_FLAGS]) {
    for (const [name, bit] of Object.entries(table)) {
      if ((rest & bit) !== 0) names.push(name as SchedulerFlag)
      rest &= ~bit
    }
  }
  return names
}

function namedFlags(scheduler: string): Readonly<Record<string, number>> {
  return scheduler === 'sh' || scheduler === 'mh' ? NAMED_FLAGS[scheduler] : {}
}
