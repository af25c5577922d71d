import { IpvsadmError } from '../../../cli/ipvsadm/complaint.ts'
import type { SchedulerFlag } from '../../../ipvs/model/scheduler.ts'

const FLAGS: readonly SchedulerFlag[] = [
  ...(['flag-1', 'flag-2', 'flag-3'] as const),
  ...(['sh-fallback', 'sh-port', 'mh-fallback', 'mh-port'] as const),
]
/** What the third bit of a scheduler's flags is called; sh and mh have no name for it, and nor has ipvsadm. */
const THIRD = 'flag-3' satisfies SchedulerFlag

const NONE: readonly SchedulerFlag[] = []

/** Reads a list of flags, separated by commas; empty ones do not count. Those with a scheduler's name are its own. */
export function readSchedulerFlags(text: string, scheduler: string): readonly SchedulerFlag[] {
  if (text === '') return NONE
  return text
    .split(',')
    .filter((word) => word !== '')
    .map((word) => {
      const flag = FLAGS.find((each) => each === word)
      if (flag === undefined) throw new IpvsadmError(`invalid scheduler flag \`${word}'`)
      const owner = flag.slice(0, 2)
      if (owner !== 'fl' && owner !== scheduler)
        throw new IpvsadmError(`incompatible scheduler flag \`${word}'`)
      return flag
    })
}

/** Flags as ipvsadm prints them; undefined without any. */
export function printSchedulerFlags(scheduler: string, flags: readonly SchedulerFlag[]): string | undefined {
  if (flags.length === 0) return undefined
  const unnamed = scheduler === 'sh' || scheduler === 'mh'
  return flags.filter((flag) => !(unnamed && flag === THIRD)).join(',')
}
