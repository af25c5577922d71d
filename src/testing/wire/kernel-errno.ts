import { errorNumber } from '../../netlink/wire/errno.ts'

/** The errors with which the simulated kernel refuses commands and fails system calls. */
export const ERRNO_NAMES = [
  ...([
    'EPERM',
    'ENOENT',
    'ESRCH',
    'EAGAIN',
    'ENOMEM',
    'EBUSY',
    'EEXIST',
    'ENODEV',
    'EINVAL',
    'ERANGE',
  ] as const),
  ...(['EOPNOTSUPP', 'EAFNOSUPPORT', 'ENETUNREACH', 'ENOBUFS', 'ECANCELED'] as const),
] as const

/** An error with which the simulated kernel can refuse a command or fail a system call. */
export type ErrnoName = (typeof ERRNO_NAMES)[number]

/** Thrown where the kernel's own function would return a negative error number. */
export class KernelErrno extends Error {
  /** Positive error number of Linux, whatever system this runs on. */
  readonly errno: number

  constructor(error: ErrnoName | number) {
    super(String(error))
    this.errno = typeof error === 'number' ? error : errorNumber(error)
  }
}
