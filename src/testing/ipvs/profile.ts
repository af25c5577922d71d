import { ArgumentTypeError } from '../../errors.ts'

/** Kernels that are known byte for byte. */
export type ProfileName = '6.1' | '6.12' | '7.2'

/** In what one kernel's answers differ from another's. */
export interface KernelProfile {
  /** Release, as `uname -r` begins. */
  readonly release: string
  /** Ticks of the kernel's clock a second (CONFIG_HZ): where timeouts wrap, and what /proc counts in. */
  readonly ticksPerSecond: number
  /**
   * Whether 64-bit counters are aligned by PAD attributes, as by kernels for processors that cannot read unaligned words
   * (without HAVE_EFFICIENT_UNALIGNED_ACCESS), user-mode Linux among them.
   */
  readonly alignsCounters: boolean
  /**
   * `fixed`, up to Linux 7.0: 256 buckets of services for all network namespaces together, which gives a service its place
   * in the list, and a connection table of constant size. `growing`, since 7.1: tables of the namespace's own, in an order
   * that is random and changes as they grow.
   */
  readonly tables: 'fixed' | 'growing'
  /** What the place of a namespace in the kernel's memory adds to the hash of `fixed` tables: a multiple of 8 up to 248. */
  readonly bucketOffset: number
  /**
   * Whether an upper threshold beyond 2147483647 is refused, and new thresholds are held against the connections that a
   * destination has at once, not only with the next one: since 6.1.190 or so, 6.12.110 or so, and 7.2.
   */
  readonly limitsThresholds: boolean
  /** Flags of GET_DEST and GET_DAEMON in the controller's list of operations: 13 up to Linux 6.1, 5 since 6.2. */
  readonly dumpOperationFlags: number
  /** Bytes that a small answer takes of a receive buffer: 768 up to Linux 6.1, 832 to 960 since, as the kernel was built. */
  readonly answerCost: number
  /** Names under which schedulers can be loaded. */
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

/** The kernels by name, as Debian builds them for x86-64. */
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

/** A profile by its name, or as it was given. */
export function profileOf(profile: ProfileName | KernelProfile): KernelProfile {
  if (typeof profile === 'object' && profile !== null) return profile
  if (Object.hasOwn(PROFILES, profile)) return PROFILES[profile]
  const names = Object.keys(PROFILES).join(', ')
  throw new ArgumentTypeError('profile', `one of ${names}, or a KernelProfile`, profile)
}
