import { ArgumentTypeError } from '../../errors.ts'

/** Kernels that the simulation matches byte for byte. */
export type ProfileName = '6.1' | '6.12' | '7.2'

/** Properties in which kernels differ. */
export interface KernelProfile {
  /** Release, such as `6.12.117`: the start of `uname -r`. */
  readonly release: string
  /** Clock ticks per second (CONFIG_HZ). They determine where timeouts wrap, and are the unit of times in /proc. */
  readonly ticksPerSecond: number
  /**
   * Whether PAD attributes align 64-bit counters, as in kernels without HAVE_EFFICIENT_UNALIGNED_ACCESS, user-mode Linux
   * included.
   */
  readonly alignsCounters: boolean
  /**
   * `fixed`, up to Linux 7.0: all network namespaces share 256 buckets of services, which determine the order of a listing,
   * and the connection table has a constant size. `growing`, since 7.1: each namespace has its own tables, whose order is
   * random and changes as they grow.
   */
  readonly tables: 'fixed' | 'growing'
  /** The offset that the memory address of a namespace adds to the hash of `fixed` tables: a multiple of 8 up to 248. */
  readonly bucketOffset: number
  /**
   * Whether the kernel refuses an upper threshold above 2147483647, and compares new thresholds with the connections of a
   * destination at once instead of with the next connection: since about 6.1.190, about 6.12.110, and 7.2.
   */
  readonly limitsThresholds: boolean
  /** Flags of GET_DEST and GET_DAEMON in the controller's list of operations: 13 up to Linux 6.1, 5 since 6.2. */
  readonly dumpOperationFlags: number
  /** Bytes of the receive buffer that a small reply uses: 768 up to Linux 6.1, 832 to 960 since, depending on the build. */
  readonly answerCost: number
  /** The schedulers that the kernel can load, by name. */
  readonly schedulers: readonly string[]
}

const SCHEDULERS = ['rr', 'wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'dh', 'sh', 'sed', 'nq', 'fo', 'ovf', 'mh']

const DEBIAN = {
  ticksPerSecond: 250,
  alignsCounters: false,
  bucketOffset: 0,
  limitsThresholds: true,
  dumpOperationFlags: 0x05,
  answerCost: 960,
  schedulers: SCHEDULERS,
} as const

/** The known kernels, as Debian builds them for x86-64. */
export const PROFILES: Readonly<Record<ProfileName, KernelProfile>> = {
  '6.1': {
    ...DEBIAN,
    release: '6.1.192',
    tables: 'fixed',
    dumpOperationFlags: 0x0d,
    answerCost: 768,
  },
  '6.12': { ...DEBIAN, release: '6.12.117', tables: 'fixed', schedulers: [...SCHEDULERS, 'twos'] },
  '7.2': { ...DEBIAN, release: '7.2.13', tables: 'growing', schedulers: [...SCHEDULERS, 'twos'] },
}

/** Returns a profile by its name, or the given profile. */
export function profileOf(profile: ProfileName | KernelProfile): KernelProfile {
  if (typeof profile === 'object' && profile !== null) return profile
  if (Object.hasOwn(PROFILES, profile)) return PROFILES[profile]
  const names = Object.keys(PROFILES).join(', ')
  throw new ArgumentTypeError('profile', `one of ${names}, or a KernelProfile`, profile)
}
